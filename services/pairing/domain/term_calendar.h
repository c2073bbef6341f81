// The calendar of one term: a school's own, or the one that the school inherits from its county or the
// province. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/calendar/calendar.h"

namespace tonghu::pairing {

// Whose a calendar is. The numbers are those of tonghu.pairing.v1.CalendarOrigin.
enum class CalendarOrigin { kSchool = 1, kCounty = 2, kProvince = 3 };

struct TermCalendar {
  std::string term;
  calendar::SchoolCalendar calendar;  // of that term only
  CalendarOrigin origin = CalendarOrigin::kSchool;
};

// From the first to the last day.
const calendar::Term& TermDays(const TermCalendar& calendar);

// Those of `general` that hold beside `own`, whose terms each replace what has the same id or a day in
// common.
std::vector<TermCalendar> Beside(absl::Span<const TermCalendar> own, absl::Span<const TermCalendar> general);

// Checks a calendar against the other terms of the same owner: a slip of the year must neither put a term
// over another one, nor carry a known term off to quite other days. Refusals: TERM_MOVED, TERMS_OVERLAP.
absl::Status CheckAgainst(absl::Span<const TermCalendar> known, const TermCalendar& put);

}  // namespace tonghu::pairing
