// Calendars, one a term: those of schools, and those of counties and the province, which schools follow that
// have none of their own.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/calendar/calendar.h"
#include "libs/ids/names.h"
#include "libs/postgres/connection.h"
#include "services/pairing/domain/term_calendar.h"

namespace tonghu::pairing {

// Whether the school is known, by the registry's events.
absl::StatusOr<bool> IsSchool(postgres::Connection& db, const ids::Name& school);

// Reads a calendar as it is stored, of one term or of several one after the other. Errors: INTERNAL: it was
// checked when it was put, so one that can't be read is a fault of ours.
absl::StatusOr<calendar::SchoolCalendar> ReadStored(const std::string& text);

// Reads the calendars of a school, its own and those that it inherits, by first day. Errors: INTERNAL when a
// stored one can't be read; the connection's.
absl::StatusOr<std::vector<TermCalendar>> ReadCalendars(postgres::Connection& db, const ids::Name& school);
absl::Status PutCalendar(postgres::Connection& db, const ids::Name& school, const TermCalendar& calendar);
// Deletes a term's calendar; gives whether there was one.
absl::StatusOr<bool> DeleteCalendar(postgres::Connection& db, const ids::Name& school,
                                    const std::string& term);

// Reads a county's own calendars, or the province's (kOfProvince), by first day. Errors: as ReadCalendars.
absl::StatusOr<std::vector<TermCalendar>> ReadCountyCalendars(postgres::Connection& db,
                                                              const std::string& county);
absl::Status PutCountyCalendar(postgres::Connection& db, const std::string& county,
                               const TermCalendar& calendar);
// Deletes a term's calendar of a county, or of the province; gives whether there was one.
absl::StatusOr<bool> DeleteCountyCalendar(postgres::Connection& db, const std::string& county,
                                          const std::string& term);

// A school that has to be compared with the calendars of its county and the province.
struct Follower {
  ids::Name school;
  absl::Time since;  // when the first put came that no look has seen
  int puts = 0;  // how often something was put; a look that began before the last put is not the last look
};
inline constexpr char kNextFollower[] =
    "SELECT since FROM calendar_follower WHERE shard = $1 AND looks < puts ORDER BY since LIMIT 1";
// Has schools compared that are new here; one that is known already is left alone.
absl::Status AddFollowers(postgres::Connection& db, int shard, absl::Span<const ids::Name> schools,
                          absl::Time now);
// Has all schools of a county compared, or, for kOfProvince, of all counties, of whatever shard.
absl::Status TouchFollowers(postgres::Connection& db, const std::string& county, absl::Time now);
// Schools of the shard that have to be compared, at most `limit`, those first that have waited longest.
absl::StatusOr<std::vector<Follower>> LoadFollowers(postgres::Connection& db, int shard, int limit);
// Notes that the school was compared.
absl::Status EndLook(postgres::Connection& db, const Follower& follower);

}  // namespace tonghu::pairing
