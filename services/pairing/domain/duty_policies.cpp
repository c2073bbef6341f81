#include "services/pairing/domain/duty_policies.h"

#include <algorithm>

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

}  // namespace

const DutyPolicy& VersionAt(Versions versions, absl::Time time) {
  // From the newest back to the built-in one, which holds from always.
  auto version = versions.rbegin();
  while (StartOf(version->effective_from) > time) ++version;
  return *version;
}

void Policies::Add(std::string county, DutyKind kind, DutyPolicy policy) {
  std::vector<DutyPolicy>& versions = set_[{std::move(county), kind}];
  if (versions.empty()) versions.push_back(RuleOf(kind).built_in);
  while (versions.back().effective_from >= policy.effective_from && versions.size() > 1) versions.pop_back();
  versions.push_back(std::move(policy));
}

Versions Policies::Of(const std::string& county, DutyKind kind) const {
  const auto found = set_.find(std::pair(county, kind));
  return found == set_.end() ? absl::MakeConstSpan(&RuleOf(kind).built_in, 1) : found->second;
}

absl::Duration Policies::LongestWindow(const std::string& county, DutyKind kind) const {
  int days = 0;
  for (const DutyPolicy& version : Of(county, kind)) days = std::max(days, LongestWindowOf(version.cadence));
  return absl::Hours(24 * days);
}

bool Policies::MayOverlap(const std::string& county, DutyKind kind) const {
  const Versions versions = Of(county, kind);
  return !std::all_of(versions.begin(), versions.end(),
                      [](const DutyPolicy& one) { return IsSameForAllSchools(one.cadence); });
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

  std::vector<OwedWindow> owed;
  absl::Time free = absl::InfinitePast();  // where the windows taken so far end
  for (size_t v = 0; v < versions.size(); ++v) {
    const bool is_last = v + 1 == versions.size();
    const absl::Time next = is_last ? absl::InfiniteFuture() : StartOf(versions[v + 1].effective_from);
    const absl::Time second =
        v + 2 < versions.size() ? StartOf(versions[v + 2].effective_from) : absl::InfiniteFuture();
    auto window = FirstFrom(all[v], std::max(free, StartOf(versions[v].effective_from)));
    const auto take = [&] {
      free = window->window.end;
      owed.push_back({*window++, &versions[v]});
    };
    while (window != all[v].end() && window->window.start < next) take();
    // A version that owes nothing ends what was owed on its first day.
    if (is_last || versions[v + 1].cadence.times == 0) continue;
    const auto first = FirstFrom(all[v + 1], std::max(free, next));
    const absl::Time until =
        std::min(second, first == all[v + 1].end() ? absl::InfiniteFuture() : first->window.start);
    while (window != all[v].end() && window->window.end <= until) take();
  }
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
  if (policy.effective_from <= today || policy.effective_from > today + kFarthestPolicyDays) {
    return refusal::Invalid("EFFECTIVE_FROM_OUT_OF_RANGE", "policy.effective_from",
                            "effective_from must be tomorrow or later, at most 400 days ahead",
                            "生效日期应为明天或以后，最远400天");
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
