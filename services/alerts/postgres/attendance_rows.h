// Mornings on which a school's attendance is awaited, sent or missing. Errors of all functions: the
// connection's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/alerts/postgres/keys.h"
#include "services/alerts/postgres/term_rows.h"

namespace tonghu::alerts {

// A morning of a school.
struct Morning {
  std::string county, school_id;
  absl::CivilDay day;
  std::string alert_id;  // the last alert that attendance was missing; empty: none
  DayKey key() const { return {county, school_id, day}; }
};

// Awaits the mornings that the calendars (stored by StoreTerms before) have from their put_time on, and again
// those within 30 days before that an earlier state of the calendars had closed.
absl::Status Await(postgres::Connection& db, int shard, absl::Span<const TermCalendar> calendars);

// Closes the mornings that these terms awaited and that are no school days now, also missing ones whose alert
// is unresolved. Gives those alerts.
absl::StatusOr<std::vector<Key>> CloseMornings(postgres::Connection& db, absl::Span<const TermKey> terms);

// Loads those of the given mornings that are known.
absl::StatusOr<std::vector<Morning>> LoadMornings(postgres::Connection& db,
                                                  absl::Span<const DayKey> mornings);

// Notes that attendance came, awaited or not. Each morning at most once.
absl::Status StoreSent(postgres::Connection& db, int shard, absl::Span<const Morning> mornings);

// Loads the mornings whose time has come and that are open, the longest due first.
absl::StatusOr<std::vector<Morning>> LoadMissing(postgres::Connection& db, int shard, absl::Time now,
                                                 int limit);
// Marks mornings as missing, with their alerts.
absl::Status StoreMissing(postgres::Connection& db, absl::Span<const Morning> mornings);

// When the next morning awaited in a shard is due (journal::Sweep::next_sql).
extern const char kNextAttendance[];

}  // namespace tonghu::alerts
