#include "services/pairing/domain/duty.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"

namespace tonghu::pairing {

std::vector<DutyPlan> PlanDuties(DutyKind kind, absl::Span<const OwedWindow> windows, PairingRole role,
                                 absl::Time owed_from) {
  const absl::CivilDay began = clock::DayOf(owed_from);
  std::vector<DutyPlan> plans;
  for (const auto& [at, policy] : windows) {
    if (began > at.owed_until || !IsOwedBy(*policy, role)) continue;
    for (int ordinal = 1; ordinal <= policy->cadence.times; ++ordinal)
      plans.push_back({kind, at.name, ordinal, at.window, at.window.end + policy->report_grace});
  }
  return plans;
}

bool OwesBeforeFestivals(Versions versions) {
  return std::any_of(versions.begin(), versions.end(), [](const DutyPolicy& one) {
    return one.cadence.period == Period::kFestival && one.cadence.times > 0;
  });
}

absl::Time PlanAgain(const calendar::SchoolCalendar& calendar, bool before_festivals, absl::Time now) {
  // Planning again after a quarter of the horizon leaves three weeks in which the sweep may be late without a
  // duty being late.
  const bool over = calendar.terms().back().last <= clock::DayOf(now + kHorizon);
  return over && !before_festivals ? absl::InfiniteFuture() : now + kHorizon / 4;
}

std::string DutyId(const std::string& county, const std::string& line_id, const DutyPlan& plan) {
  const std::string ordinal = plan.ordinal == 1 ? "" : absl::StrCat("/", plan.ordinal);
  return ids::DerivedBeside(line_id, absl::StrCat(RuleOf(plan.kind).word, "/", county, "/", line_id, "/",
                                                  plan.window_name, ordinal));
}

}  // namespace tonghu::pairing
