#include "services/pairing/domain/duty.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"

namespace tonghu::pairing {

Planned PlanDuties(DutyKind kind, const calendar::SchoolCalendar& calendar, absl::Time owed_from,
                   absl::Time now, const DutyPolicy& policy) {
  const absl::CivilDay start = clock::DayOf(owed_from);
  const absl::Time horizon = now + kHorizon;
  // The range begins with the first day of the window of `owed_from`, which shows whether school had begun
  // before the line did. Windows that are over by now are not made any more.
  const absl::CivilDay from =
      std::max(clock::DayOf(WindowAt(kind, owed_from).start), clock::DayOf(WindowAt(kind, now).start));
  const absl::CivilDay to = clock::DayOf(WindowAt(kind, horizon).end) - 1;
  Planned planned;
  for (const calendar::Week& week : calendar.SchoolWeeks(from, to)) {
    // School had begun in this window before the line did, so the line does not owe the window.
    if (week.school_days.front() < start) continue;
    const Window window = WindowAt(kind, clock::StartOf(week.school_days.front()));
    planned.duties.push_back({kind, window, window.end + policy.report_grace});
  }
  // Planning again after a quarter of the horizon leaves three weeks in which the sweep may be late without a
  // duty being late.
  // Where the last known term ends before the horizon nothing is left to plan; the next calendar that is put
  // plans again.
  const bool over = calendar.terms().back().last <= clock::DayOf(horizon);
  planned.make_time = over ? absl::InfiniteFuture() : now + kHorizon / 4;
  return planned;
}

std::string DutyId(const std::string& county, const std::string& line_id, DutyKind kind,
                   absl::Time window_start) {
  return ids::DerivedBeside(line_id, absl::StrCat(RuleOf(kind).word, "/", county, "/", line_id, "/",
                                                  absl::FormatCivilTime(clock::DayOf(window_start))));
}

std::string TermOf(absl::CivilDay first_day) {
  // A first day in January counts as the autumn's, which lasts until then.
  const absl::CivilYear year(first_day.month() == 1 ? first_day.year() - 1 : first_day.year());
  return absl::StrCat(year.year(), first_day.month() >= 8 || first_day.month() == 1 ? "-autumn" : "-spring");
}

}  // namespace tonghu::pairing
