// School calendars, one a term, and counties' policies for kinds of duty.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/calendar/calendar.h"
#include "libs/ids/names.h"
#include "libs/postgres/connection.h"
#include "services/pairing/domain/duty.h"

namespace tonghu::pairing {

// Whether the registry has said this school.
absl::StatusOr<bool> IsSchool(postgres::Connection& db, const ids::Name& school);

struct TermCalendar {
  std::string term;
  calendar::SchoolCalendar calendar;  // of that term only
};
// A school's calendars by first day. Errors: INTERNAL when a stored one can't be read.
absl::StatusOr<std::vector<TermCalendar>> ReadCalendars(postgres::Connection& db, const ids::Name& school);
absl::Status PutCalendar(postgres::Connection& db, const ids::Name& school, const TermCalendar& calendar);
// Gives whether there was one.
absl::StatusOr<bool> DeleteCalendar(postgres::Connection& db, const ids::Name& school,
                                    const std::string& term);

// Gives the new version.
absl::StatusOr<int> PutPolicy(postgres::Connection& db, const std::string& county, DutyKind kind,
                              const DutyPolicy& policy);

}  // namespace tonghu::pairing
