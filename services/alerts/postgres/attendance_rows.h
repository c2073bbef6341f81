// Mornings on which a school's attendance is awaited.
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

// A school's morning.
struct Morning {
  std::string county, school_id;
  absl::CivilDay day;
  std::string alert_id;  // the last alert that it was missing; empty: none
  DayKey key() const { return {county, school_id, day}; }
};

// Awaits what the calendars (stored by StoreTerms) have from their put_time on, and again what an earlier
// state of them had closed within 30 days before.
absl::Status Await(postgres::Connection& db, int shard, absl::Span<const TermCalendar> calendars);

// Closes mornings that these terms awaited and that are no school days now, also missing ones whose alert is
// unresolved. Gives those alerts.
absl::StatusOr<std::vector<Key>> CloseMornings(postgres::Connection& db, absl::Span<const TermKey> terms);

// Those of these schools' days that are known.
absl::StatusOr<std::vector<Morning>> LoadMornings(postgres::Connection& db,
                                                  absl::Span<const DayKey> mornings);

// Attendance came, awaited or not. Each at most once.
absl::Status StoreSent(postgres::Connection& db, int shard, absl::Span<const Morning> mornings);

// Mornings whose time has come, the longest due first.
absl::StatusOr<std::vector<Morning>> LoadMissing(postgres::Connection& db, int shard, absl::Time now,
                                                 int limit);
// Marks them missing, with their alerts.
absl::Status StoreMissing(postgres::Connection& db, absl::Span<const Morning> mornings);

// Whether any is due, for journal::Sweep.
extern const char kAttendanceDue[];

}  // namespace tonghu::alerts
