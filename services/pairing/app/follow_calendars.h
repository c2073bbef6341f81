// Use case: schools without a calendar of their own follow the county's, or the province's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/ids/names.h"
#include "libs/journal/shard_transaction.h"
#include "libs/journal/sweeper.h"
#include "services/pairing/app/plan_duties.h"
#include "services/pairing/domain/term_calendar.h"

namespace tonghu::pairing {

// Gives the school the calendars that it inherits by now, takes away those that it does not inherit any more,
// and publishes each change. Gives whether there was one; the caller then plans the school anew. Errors: as
// ReadCalendars.
absl::StatusOr<bool> Inherit(journal::ShardTransaction& transaction, const ids::Name& school);
// The calendars that the county's schools follow where they have none of their own: the county's, and the
// province's that the county does not replace. Errors: as ReadCalendars.
absl::StatusOr<std::vector<TermCalendar>> LoadGeneral(postgres::Connection& db, const std::string& county);
// Plans the school's lasting pairings anew, in the calendar's own transaction: nobody sees a calendar without
// its duties. Tells whether a term is lacking. `since`: when the calendar was put; windows that have begun
// since then follow it too.
absl::StatusOr<Replanned> ReplanSchool(journal::ShardTransaction& transaction, const ids::Name& school,
                                       absl::Time since);
// Publishes a school's calendar with its days of school.
absl::Status PublishCalendar(journal::ShardTransaction& transaction, const ids::Name& school,
                             const TermCalendar& calendar);
// Has schools follow that are new, or whose county or province put or deleted a calendar: one a transaction.
journal::Sweep FollowCalendars();

}  // namespace tonghu::pairing
