#include <algorithm>
#include <array>
#include <map>
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

// The two policies that are compared, as if each had held all the time.
struct Compared {
  TriedPolicy draft, current;
};

absl::StatusOr<Compared> PoliciesOf(postgres::Connection& db, const std::string& county,
                                    const v1::DutyPolicy& given, absl::Time now) {
  ASSIGN_OR_RETURN(auto versions, ReadVersions(db, county, given.kind(), "policy.kind"));
  const DutyKind kind{given.kind()};
  Compared compared{{county, kind, versions.back()}, {county, kind, VersionAt(versions, now)}};
  v1::DutyPolicy draft = given;
  draft.clear_effective_from();
  RETURN_IF_ERROR(Change(draft, clock::DayOf(now), compared.draft.policy));
  compared.draft.policy.version = 0;
  return compared;
}

TriedPolicy Always(TriedPolicy tried) {
  tried.policy.effective_from = absl::CivilDay::min();
  return tried;
}

// A trial of one county, under way.
class Trial {
 public:
  Trial(const Compared& compared, const TrialDays& days, absl::Time now)
      : policies_{Always(compared.draft), Always(compared.current)}, days_(days), now_(now) {
    const int longest = std::max(LongestWindowOf(compared.draft.policy.cadence),
                                 LongestWindowOf(compared.current.policy.cadence));
    reach_ = ReachOfAll(absl::Hours(24 * longest));
    since_ = clock::StartOf(days.first) - reach_;
    before_ = clock::StartOf(days.last + 1) + reach_;
  }

  // Plays both policies out, some children at a time, so that a county's size does not matter for the memory.
  // Errors: CANCELLED when nobody wants the answer any more; the connection's.
  absl::Status Run(postgres::Connection& db, const std::function<bool()>& wanted) {
    const PastFilter filter{policies_[0].county, policies_[0].kind, since_, before_};
    ASSIGN_OR_RETURN(const auto calendars, LoadSchoolCalendars(db, filter.county, clock::DayOf(since_)));
    for (const auto& [school_id, calendar] : calendars) Plan(school_id, calendar);
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
      row.set_school(ids::NameOf(policies_[0].county, "schools", school_id));
      row.set_month(absl::StrFormat("%04d-%02d", month.year(), month.month()));
      *row.mutable_draft() = MessageOf(figures[0]);
      *row.mutable_current() = MessageOf(figures[1]);
      for (size_t p = 0; p < all.size(); ++p) all[p] += figures[p];
    }
    *response.mutable_draft() = MessageOf(all[0]);
    *response.mutable_current() = MessageOf(all[1]);
  }

 private:
  // Keeps the windows that the school owes by each policy. Those that had begun before the contacts that are
  // read are left out: they would look as if nothing had been done.
  void Plan(const std::string& school_id, const calendar::SchoolCalendar& calendar) {
    for (size_t p = 0; p < policies_.size(); ++p) {
      auto windows = OwedWindows({&policies_[p].policy, 1}, calendar, clock::DayOf(since_),
                                 clock::DayOf(std::min(now_, before_)));
      std::erase_if(windows, [&](const OwedWindow& one) { return one.at.window.start < since_; });
      windows_[school_id][p] = std::move(windows);
    }
  }

  void Play(const PastOfChild& child) {
    const auto windows = windows_.find(child.school_id);
    if (windows == windows_.end() || child.past.pairings.empty()) return;
    for (size_t p = 0; p < policies_.size(); ++p) {
      for (const Duty& duty : PlayOut(policies_[p], windows->second[p], child.past, now_)) {
        if (duty.due_time > now_ || !days_.Has(duty.window_start)) continue;
        const absl::CivilMonth month(clock::DayOf(duty.window_start));
        figures_[{child.school_id, month}][p].Count(duty);
      }
    }
  }

  const std::array<TriedPolicy, 2> policies_;  // the draft, the policy in effect
  const TrialDays days_;
  const absl::Time now_;
  absl::Duration reach_;
  absl::Time since_, before_;
  std::map<std::string, std::array<std::vector<OwedWindow>, 2>> windows_;
  std::map<std::pair<std::string, absl::CivilMonth>, std::array<TrialFigures, 2>> figures_;
};

}  // namespace

absl::StatusOr<v1::TryDutyPolicyResponse> TryPolicy(postgres::Connection& db, const std::string& county,
                                                    const v1::TryDutyPolicyRequest& request, absl::Time now,
                                                    const std::function<bool()>& wanted) {
  ASSIGN_OR_RETURN(const auto compared, PoliciesOf(db, county, request.policy(), now));
  ASSIGN_OR_RETURN(const auto days, DaysOf(request, clock::DayOf(now)));
  Trial trial(compared, days, now);
  RETURN_IF_ERROR(trial.Run(db, wanted));
  v1::TryDutyPolicyResponse response;
  trial.Tell(response);
  *response.mutable_policy() = MessageOf(county, compared.draft.kind, compared.draft.policy);
  *response.mutable_current_policy() = MessageOf(county, compared.current.kind, compared.current.policy);
  response.set_first_day(absl::FormatCivilTime(days.first));
  response.set_last_day(absl::FormatCivilTime(days.last));
  return response;
}

}  // namespace tonghu::pairing
