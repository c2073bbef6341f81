#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/duties.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/app/policy_draft.h"
#include "services/pairing/domain/policy_trial.h"
#include "services/pairing/postgres/policy_store.h"
#include "services/pairing/postgres/trial_store.h"

namespace tonghu::pairing {
namespace {

constexpr int kChildrenAtOnce = 2000;  // some 20 MB with a year's weekly contacts

absl::StatusOr<absl::CivilDay> DayIn(const std::string& text, const char* field, absl::CivilDay otherwise) {
  if (text.empty()) return otherwise;
  auto day = calendar::ParseDay(text);
  if (day.ok()) return day;
  return refusal::Invalid("DATE_MALFORMED", field, "a day is written YYYY-MM-DD",
                          "日期格式应为 YYYY-MM-DD，例如 2026-09-01");
}

// The days asked for. Errors: refusals.
absl::StatusOr<TrialDays> DaysOf(const v1::TryDutyPolicyRequest& request, absl::CivilDay today) {
  TrialDays days;
  ASSIGN_OR_RETURN(days.last, DayIn(request.last_day(), "last_day", today));
  ASSIGN_OR_RETURN(days.first, DayIn(request.first_day(), "first_day", days.last - (kUsualTrialDays - 1)));
  RETURN_IF_ERROR(CheckTrialDays(days, today));
  return days;
}

// A county's policies for a kind of duty with a draft, and without.
struct Compared {
  std::string county;
  DutyKind kind = DutyKind::kTalk;
  std::array<Policies, 2> policies;  // with the draft; as they are
  DutyPolicy draft;
  absl::Time now;

  // The kinds of contact that count by either policy of the county.
  std::vector<int64_t> Fulfilling() const {
    std::set<int64_t> kinds;
    for (const Policies& some : policies) {
      for (const DutyPolicy& version : some.Of(county, kind)) {
        for (const ContactKind by : version.fulfilled_by) kinds.insert(static_cast<int64_t>(by));
      }
    }
    return {kinds.begin(), kinds.end()};
  }

  // The policy that holds today, for such children.
  DutyPolicy Of(size_t p, const PolicyScope& scope) const {
    return HoldingFor(policies[p], county, kind, scope, now);
  }
};

absl::StatusOr<Compared> PoliciesOf(postgres::Connection& db, const std::string& county,
                                    const v1::DutyPolicy& given, absl::Time now) {
  ASSIGN_OR_RETURN(const DutyKind kind, KindOf(given.kind(), "policy.kind"));
  ASSIGN_OR_RETURN(const auto scope, ScopeOf(db, county, given, "policy."));
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(db, {county}));
  Compared compared{county, kind, {policies, policies}, LastOf(policies, county, kind, scope), now};
  v1::DutyPolicy draft = given;
  draft.clear_effective_from();
  const absl::CivilDay today = clock::DayOf(now);
  RETURN_IF_ERROR(Change(draft, today, compared.draft));
  compared.draft.version = 0;
  DutyPolicy put = compared.draft;
  put.version = std::numeric_limits<int>::max();  // newer than any
  put.effective_from = today;
  compared.policies[0].Add(county, kind, std::move(put));
  return compared;
}

// A trial of one county, under way.
class Trial {
 public:
  // `compared` outlives the trial.
  Trial(const Compared& compared, const TrialDays& days) : compared_(compared), days_(days) {
    absl::Duration longest;
    for (const Policies& policies : compared.policies)
      longest = std::max(longest, policies.LongestWindow(compared.county, compared.kind));
    const absl::Duration reach = ReachOfAll(longest);
    since_ = clock::StartOf(days.first) - reach;
    before_ = clock::StartOf(days.last + 1) + reach;
  }

  // Plays both policies out, some children at a time, so that a county's size does not matter for the memory.
  // Errors: CANCELLED when nobody wants the answer any more; the connection's.
  absl::Status Run(postgres::Connection& db, const std::function<bool()>& wanted) {
    const PastFilter filter{compared_.county, compared_.Fulfilling(), since_, before_};
    ASSIGN_OR_RETURN(calendars_, LoadSchoolCalendars(db, filter.county, clock::DayOf(since_)));
    std::string after;
    do {
      if (!wanted()) return absl::CancelledError("nobody waits for the trial");
      ASSIGN_OR_RETURN(const auto children, LoadPasts(db, filter, after, kChildrenAtOnce));
      for (const PastOfChild& child : children) Play(child);
      after = children.size() < kChildrenAtOnce ? "" : children.back().child_id;
    } while (!after.empty());
    return absl::OkStatus();
  }

  void Tell(v1::TryDutyPolicyResponse& response) const {
    std::array<TrialFigures, 2> all;
    for (const auto& [place, figures] : figures_) {
      const auto& [school_id, month] = place;
      v1::DutyPolicyTrial& row = *response.add_trials();
      row.set_school(ids::NameOf(compared_.county, "schools", school_id));
      row.set_month(absl::StrFormat("%04d-%02d", month.year(), month.month()));
      *row.mutable_draft() = MessageOf(figures[0]);
      *row.mutable_current() = MessageOf(figures[1]);
      for (size_t p = 0; p < all.size(); ++p) all[p] += figures[p];
    }
    *response.mutable_draft() = MessageOf(all[0]);
    *response.mutable_current() = MessageOf(all[1]);
  }

 private:
  // One of the two policies, for children of one school, care level and guardianship.
  struct Tried {
    TriedPolicy policy;
    std::vector<OwedWindow> windows;  // of `policy`
  };

  // What such children owe by each policy; null when their school has no calendar. Windows that had begun
  // before the contacts that are read are left out: they would look as if nothing had been done.
  const std::array<Tried, 2>* For(const PolicyScope& scope) {
    const auto calendar = calendars_.find(scope.school_id);
    if (calendar == calendars_.end()) return nullptr;
    const auto [found, fresh] = tried_.try_emplace(scope);
    for (size_t p = 0; fresh && p < found->second.size(); ++p) {
      Tried& tried = found->second[p];
      tried.policy = {compared_.county, compared_.kind, compared_.Of(p, scope)};
      tried.policy.policy.effective_from = absl::CivilDay::min();
      tried.windows = OwedWindows({&tried.policy.policy, 1}, calendar->second, clock::DayOf(since_),
                                  clock::DayOf(std::min(compared_.now, before_)));
      std::erase_if(tried.windows, [&](const OwedWindow& one) { return one.at.window.start < since_; });
    }
    return &found->second;
  }

  void Play(const PastOfChild& child) {
    if (child.past.pairings.empty()) return;
    const auto* both = For({child.school_id, child.care_level, child.guardianship});
    for (size_t p = 0; both != nullptr && p < both->size(); ++p) {
      const Tried& tried = (*both)[p];
      for (const Duty& duty : PlayOut(tried.policy, tried.windows, child.past, compared_.now)) {
        if (duty.due_time > compared_.now || !days_.Has(duty.window_start)) continue;
        const absl::CivilMonth month(clock::DayOf(duty.window_start));
        figures_[{child.school_id, month}][p].Count(duty);
      }
    }
  }

  const Compared& compared_;
  const TrialDays days_;
  absl::Time since_, before_;
  std::map<std::string, calendar::SchoolCalendar> calendars_;  // by school
  std::map<PolicyScope, std::array<Tried, 2>> tried_;
  std::map<std::pair<std::string, absl::CivilMonth>, std::array<TrialFigures, 2>> figures_;
};

}  // namespace

absl::StatusOr<v1::TryDutyPolicyResponse> TryPolicy(postgres::Connection& db, const std::string& county,
                                                    const v1::TryDutyPolicyRequest& request, absl::Time now,
                                                    const std::function<bool()>& wanted) {
  ASSIGN_OR_RETURN(const auto compared, PoliciesOf(db, county, request.policy(), now));
  ASSIGN_OR_RETURN(const auto days, DaysOf(request, clock::DayOf(now)));
  Trial trial(compared, days);
  RETURN_IF_ERROR(trial.Run(db, wanted));
  v1::TryDutyPolicyResponse response;
  trial.Tell(response);
  *response.mutable_policy() = MessageOf(county, compared.kind, compared.draft);
  *response.mutable_current_policy() = MessageOf(county, compared.kind, compared.Of(1, compared.draft.scope));
  response.set_first_day(absl::FormatCivilTime(days.first));
  response.set_last_day(absl::FormatCivilTime(days.last));
  return response;
}

}  // namespace tonghu::pairing
