// What trials of policies read: a county's calendars, and what was done for its children, some children at a
// time. Errors of all functions: the connection's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/calendar/calendar.h"
#include "libs/postgres/connection.h"
#include "services/pairing/domain/policy_trial.h"

namespace tonghu::pairing {

// The calendars of a county's schools, by the school's id: all terms that end on `since` or later. A school
// without such a term is left out. Errors also: INTERNAL when a stored calendar can't be read.
absl::StatusOr<std::map<std::string, calendar::SchoolCalendar>> LoadSchoolCalendars(postgres::Connection& db,
                                                                                    const std::string& county,
                                                                                    absl::CivilDay since);

// What a trial asks for: the contacts of these kinds that happened from `since` until just before `before`.
struct PastFilter {
  std::string county;
  std::vector<int64_t> kinds;  // ContactKind
  absl::Time since, before;
};
struct PastOfChild {
  std::string child_id, school_id;  // school, level and guardianship are the present ones
  CareLevel care_level{};
  Guardianship guardianship{};
  ChildPast past;
};
// The county's children after the child `after` (empty: from the first), by id, at most `limit`; also those
// with whom nobody was paired.
absl::StatusOr<std::vector<PastOfChild>> LoadPasts(postgres::Connection& db, const PastFilter& filter,
                                                   const std::string& after, int limit);

}  // namespace tonghu::pairing
