// School calendars, one a term.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/calendar/calendar.h"
#include "libs/ids/names.h"
#include "libs/postgres/connection.h"

namespace tonghu::pairing {

// Whether the school is known, by the registry's events.
absl::StatusOr<bool> IsSchool(postgres::Connection& db, const ids::Name& school);

// Reads a calendar as it is stored, of one term or of several one after the other. Errors: INTERNAL: it was
// checked when it was put, so one that can't be read is a fault of ours.
absl::StatusOr<calendar::SchoolCalendar> ReadStored(const std::string& text);

// A school's calendar for one term.
struct TermCalendar {
  std::string term;
  calendar::SchoolCalendar calendar;  // of that term only
};
// Reads a school's calendars, by first day. Errors: INTERNAL when a stored one can't be read; the
// connection's.
absl::StatusOr<std::vector<TermCalendar>> ReadCalendars(postgres::Connection& db, const ids::Name& school);
absl::Status PutCalendar(postgres::Connection& db, const ids::Name& school, const TermCalendar& calendar);
// Deletes a term's calendar; gives whether there was one.
absl::StatusOr<bool> DeleteCalendar(postgres::Connection& db, const ids::Name& school,
                                    const std::string& term);

}  // namespace tonghu::pairing
