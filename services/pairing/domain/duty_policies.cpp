#include "services/pairing/domain/duty_policies.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {
namespace {

// The first window that begins on `day` or later; end() when there is none.
auto FirstFrom(const std::vector<CadenceWindow>& windows, absl::Time day) {
  return std::find_if(windows.begin(), windows.end(),
                      [day](const CadenceWindow& one) { return one.window.start >= day; });
}

absl::Time StartOf(absl::CivilDay day) {
  return day == absl::CivilDay::min() ? absl::InfinitePast() : clock::StartOf(day);
}

// The version of one scope that holds on `day`, which is not before the first one's first day.
const DutyPolicy& LastBy(Versions versions, absl::CivilDay day) {
  auto version = versions.rbegin();
  while (version->effective_from > day) ++version;
  return *version;
}

// Whether the window with the name is among the windows, and begins before `start`.
bool BeginsSooner(const std::vector<CadenceWindow>& windows, const std::string& name, absl::Time start) {
  return std::any_of(windows.begin(), windows.end(),
                     [&](const CadenceWindow& one) { return one.name == name && one.window.start < start; });
}

bool IsBeforeFestivals(const DutyPolicy& version) { return version.cadence.period == Period::kFestival; }

// The windows that are owed so far, version after version. Those before festivals may overlap anyway: they
// neither wait for others nor hold them up, so that no festival is lost where versions meet.
struct Taken {
  std::vector<OwedWindow> owed;
  absl::Time end = absl::InfinitePast();  // of those that are not before festivals
  std::set<std::string> festivals;        // the names of those that are

  // A festival is owed once, by whichever version had it first.
  void Take(const CadenceWindow& window, const DutyPolicy& version) {
    if (!IsBeforeFestivals(version))
      end = std::max(end, window.window.end);
    else if (!festivals.insert(window.name).second)
      return;
    owed.push_back({window, &version});
  }
  // From when a version's own windows may begin.
  absl::Time FirstStart(const DutyPolicy& version) const {
    const absl::Time first = StartOf(version.effective_from);
    return version.beside || IsBeforeFestivals(version) ? first : std::max(first, end);
  }
};

}  // namespace

const DutyPolicy& VersionAt(Versions versions, absl::Time time) {
  // From the newest back to the built-in one, which holds from always.
  auto version = versions.rbegin();
  while (StartOf(version->effective_from) > time) ++version;
  return *version;
}

Versions FromNowOn(Versions versions, absl::Time now) {
  size_t first = versions.size();
  while (first > 0 && StartOf(versions[first - 1].effective_from) > now) --first;
  if (first > 0 && !versions[first - 1].withdrawn) --first;
  return versions.subspan(first);
}

void Policies::Add(std::string county, DutyKind kind, DutyPolicy policy) {
  for (const ContactKind by : policy.fulfilled_by) {
    if (!policy.scope.IsCounty() || Counts(RuleOf(kind).built_in, by)) continue;
    std::vector<DutyKind>& also = also_counts_[{county, by}];
    if (std::find(also.begin(), also.end(), kind) == also.end()) also.push_back(kind);
  }
  policy.origin = county == kOfProvince ? PolicyOrigin::kProvince : PolicyOrigin::kCounty;
  Scopes outer = Outer(county, kind);
  Scopes& scopes = set_[{std::move(county), kind}];
  if (scopes.empty()) scopes = outer;
  std::vector<DutyPolicy>& versions = scopes[policy.scope];
  const absl::CivilDay day = policy.effective_from;
  while (!versions.empty() && versions.back().effective_from >= day) versions.pop_back();
  if (!policy.withdrawn) {
    versions.push_back(std::move(policy));
    return;
  }
  // What is withdrawn leaves what holds where nothing was put.
  const std::vector<DutyPolicy>& left = outer[policy.scope];
  const bool begun = !left.empty() && left.front().effective_from <= day;
  versions.push_back(begun ? LastBy(left, day) : std::move(policy));
  versions.back().effective_from = day;
  std::copy_if(left.begin(), left.end(), std::back_inserter(versions),
               [day](const DutyPolicy& one) { return one.effective_from > day; });
}

const Policies::Scopes* Policies::Find(const std::string& county, DutyKind kind) const {
  auto found = set_.find(std::pair(county, kind));
  if (found == set_.end()) found = set_.find(std::pair(std::string(kOfProvince), kind));
  return found == set_.end() ? nullptr : &found->second;
}

Policies::Scopes Policies::Outer(const std::string& county, DutyKind kind) const {
  const auto province = set_.find(std::pair(std::string(kOfProvince), kind));
  if (county != kOfProvince && province != set_.end()) return province->second;
  return {{PolicyScope(), {RuleOf(kind).built_in}}};
}

Versions Policies::Of(const std::string& county, DutyKind kind) const {
  const Scopes* scopes = Find(county, kind);
  return scopes == nullptr ? absl::MakeConstSpan(&RuleOf(kind).built_in, 1) : scopes->at(PolicyScope());
}

Versions Policies::OfScope(const std::string& county, DutyKind kind, const PolicyScope& scope) const {
  if (scope.IsCounty()) return Of(county, kind);
  const Scopes* scopes = Find(county, kind);
  if (scopes == nullptr) return {};
  const auto versions = scopes->find(scope);
  return versions == scopes->end() ? Versions() : versions->second;
}

std::vector<PolicyScope> Policies::Refinements(const std::string& county, DutyKind kind) const {
  std::vector<PolicyScope> refined;
  const Scopes* scopes = Find(county, kind);
  if (scopes == nullptr) return refined;
  for (const auto& [scope, versions] : *scopes) {
    if (!scope.IsCounty()) refined.push_back(scope);
  }
  return refined;
}

bool Policies::Refines(const std::string& county) const {
  return std::any_of(DutyRules().begin(), DutyRules().end(), [&](const DutyRule& rule) {
    const Scopes* scopes = Find(county, rule.kind);
    return scopes != nullptr && scopes->size() > 1;
  });
}

const DutyPolicy& Policies::Holding(const Scopes& scopes, const Standing& standing,
                                    absl::CivilDay day) const {
  // The one for these children: of their school, else of any; nullptr when there is none.
  const auto of = [&](CareLevel level, Guardianship guardianship) -> const DutyPolicy* {
    for (const std::string& school : {standing.school_id, std::string()}) {
      const auto versions = scopes.find({school, level, guardianship});
      if (versions == scopes.end() || versions->second.front().effective_from > day) continue;
      const DutyPolicy& holding = LastBy(versions->second, day);
      if (!holding.withdrawn) return &holding;
    }
    return nullptr;
  };
  constexpr CareLevel kAnyLevel = CareLevel::kUnspecified;
  constexpr Guardianship kAnyGuardianship = Guardianship::kUnspecified;
  const bool has_level = standing.care_level != kAnyLevel,
             has_guardianship = standing.guardianship != kAnyGuardianship;
  const DutyPolicy* both =
      has_level && has_guardianship ? of(standing.care_level, standing.guardianship) : nullptr;
  if (both != nullptr) return *both;
  const DutyPolicy* level = has_level ? of(standing.care_level, kAnyGuardianship) : nullptr;
  const DutyPolicy* guardianship = has_guardianship ? of(kAnyLevel, standing.guardianship) : nullptr;
  if (level == nullptr && guardianship == nullptr) return *of(kAnyLevel, kAnyGuardianship);
  if (level == nullptr || guardianship == nullptr) return level == nullptr ? *guardianship : *level;
  return AsksForMore(guardianship->cadence, level->cadence) ? *guardianship : *level;
}

std::vector<DutyPolicy> Policies::For(const std::string& county, DutyKind kind,
                                      absl::Span<const Standing> standings) const {
  const Versions own = Of(county, kind);
  const Scopes* scopes = Find(county, kind);
  if (scopes == nullptr || scopes->size() == 1) return {own.begin(), own.end()};
  std::set<absl::CivilDay> days;
  for (const auto& [scope, versions] : *scopes) {
    for (const DutyPolicy& version : versions) days.insert(version.effective_from);
  }
  for (const Standing& standing : standings) days.insert(standing.from);
  std::vector<DutyPolicy> timeline;
  const DutyPolicy* last = nullptr;
  for (const absl::CivilDay day : days) {
    auto standing = standings.end() - 1;
    while (standing != standings.begin() && standing->from > day) --standing;
    const DutyPolicy& holding = Holding(*scopes, *standing, day);
    // Lateness and what counts are the county's for all children.
    const DutyPolicy& of_county = LastBy(own, day);
    if (&holding == last && timeline.back().late_report_after == of_county.late_report_after &&
        timeline.back().fulfilled_by == of_county.fulfilled_by)
      continue;
    timeline.push_back(holding);
    timeline.back().effective_from = day;
    timeline.back().late_report_after = of_county.late_report_after;
    timeline.back().fulfilled_by = of_county.fulfilled_by;
    timeline.back().beside = last != nullptr && &holding != last && standing->from == day;
    last = &holding;
  }
  return timeline;
}

absl::Duration Policies::LongestWindow(const std::string& county, DutyKind kind) const {
  int days = 0;
  for (const DutyPolicy& version : Of(county, kind)) days = std::max(days, LongestWindowOf(version.cadence));
  for (const PolicyScope& scope : Refinements(county, kind)) {
    for (const DutyPolicy& version : OfScope(county, kind, scope))
      days = std::max(days, LongestWindowOf(version.cadence));
  }
  return absl::Hours(24 * days);
}

std::vector<DutyKind> Policies::CountsFor(const std::string& county, ContactKind kind) const {
  std::vector<DutyKind> kinds;
  if (const std::optional<DutyKind> built_in = FulfilledBy(kind); built_in.has_value())
    kinds.push_back(*built_in);
  if (also_counts_.empty()) return kinds;
  for (const std::string& of : {std::string(kOfProvince), county}) {
    const auto also = also_counts_.find(std::pair(of, kind));
    if (also == also_counts_.end()) continue;
    std::copy_if(also->second.begin(), also->second.end(), std::back_inserter(kinds),
                 [&](DutyKind one) { return std::find(kinds.begin(), kinds.end(), one) == kinds.end(); });
  }
  return kinds;
}

bool Policies::MayOverlap(const std::string& county, DutyKind kind) const {
  const Versions versions = Of(county, kind);
  return !Refinements(county, kind).empty() ||
         !std::all_of(versions.begin(), versions.end(),
                      [](const DutyPolicy& one) { return AreApart(one.cadence); });
}

bool IsOwedBy(const DutyPolicy& policy, PairingRole role) {
  return std::find(policy.owed_by.begin(), policy.owed_by.end(), role) != policy.owed_by.end();
}

std::vector<OwedWindow> OwedWindows(Versions versions, const calendar::SchoolCalendar& calendar,
                                    absl::CivilDay from, absl::CivilDay to) {
  // Windows are followed from before the range, so that one that reaches into the range is known, and beyond,
  // so that the first whole window of a later version is. One version alone needs neither.
  const int around = versions.size() == 1 ? 0 : kLongestWindowDays;
  std::vector<std::vector<CadenceWindow>> all;
  for (const DutyPolicy& version : versions)
    all.push_back(WindowsOf(version.cadence, calendar, from - around, to + around));

  Taken taken;
  for (size_t v = 0; v < versions.size(); ++v) {
    const bool is_last = v + 1 == versions.size();
    const absl::Time next = is_last ? absl::InfiniteFuture() : StartOf(versions[v + 1].effective_from);
    const absl::Time second =
        v + 2 < versions.size() ? StartOf(versions[v + 2].effective_from) : absl::InfiniteFuture();
    auto window = FirstFrom(all[v], taken.FirstStart(versions[v]));
    for (; window != all[v].end() && window->window.start < next; ++window) taken.Take(*window, versions[v]);
    // A version that owes nothing ends what was owed on its first day.
    if (is_last || versions[v + 1].cadence.times == 0) continue;
    const absl::Time start = taken.FirstStart(versions[v + 1]);
    if (IsBeforeFestivals(versions[v + 1])) {
      // So does one before festivals, which owes nothing in between. But a festival that both have, for which
      // the next would have had to begin sooner, is not lost.
      for (; window != all[v].end() && window->window.start < second; ++window) {
        if (BeginsSooner(all[v + 1], window->name, start)) taken.Take(*window, versions[v]);
      }
      continue;
    }
    const auto first = FirstFrom(all[v + 1], start);
    const absl::Time until =
        std::min(second, first == all[v + 1].end() ? absl::InfiniteFuture() : first->window.start);
    for (; window != all[v].end() && window->window.end <= until; ++window) taken.Take(*window, versions[v]);
  }
  std::vector<OwedWindow> owed = std::move(taken.owed);
  std::stable_sort(owed.begin(), owed.end(), [](const OwedWindow& a, const OwedWindow& b) {
    return a.at.window.start < b.at.window.start;
  });
  const absl::Time begin = clock::StartOf(from), end = clock::StartOf(to + 1);
  std::erase_if(
      owed, [&](const OwedWindow& one) { return one.at.window.end <= begin || one.at.window.start >= end; });
  return owed;
}

absl::Status CheckPolicy(const DutyPolicy& policy, absl::CivilDay today) {
  if (policy.report_grace < absl::ZeroDuration() || policy.report_grace > absl::Hours(24 * 14)) {
    return refusal::Invalid("POLICY_OUT_OF_RANGE", "policy.report_grace",
                            "report_grace must be 0 s to 14 days", "补报宽限期应为0至14天");
  }
  if (policy.late_report_after < absl::Hours(1) || policy.late_report_after > absl::Hours(24 * 14)) {
    return refusal::Invalid("POLICY_OUT_OF_RANGE", "policy.late_report_after",
                            "late_report_after must be 1 hour to 14 days", "迟报时限应为1小时至14天");
  }
  absl::Status cadence = CheckCadence(policy.cadence, "policy.cadence");
  if (!cadence.ok()) return cadence;
  if (policy.owed_by.empty()) {
    return refusal::Invalid("OWED_BY_NOBODY", "policy.owed_by", "owed_by must name at least one role",
                            "请至少选择一种负责人身份，例如班主任");
  }
  return CheckFirstDay(policy.effective_from, today, "policy.effective_from");
}

absl::Status CheckFirstDay(absl::CivilDay effective_from, absl::CivilDay today, std::string_view field) {
  if (effective_from > today && effective_from <= today + kFarthestPolicyDays) return absl::OkStatus();
  return refusal::Invalid("EFFECTIVE_FROM_OUT_OF_RANGE", field,
                          "effective_from must be tomorrow or later, at most 400 days ahead",
                          "生效日期应为明天或以后，最远400天");
}

}  // namespace tonghu::pairing
