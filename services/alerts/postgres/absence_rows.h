// Absences: mornings on which children were absent. Errors of all functions: the connection's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "libs/rights/scope.h"
#include "services/alerts/postgres/keys.h"
#include "services/alerts/postgres/term_rows.h"

namespace tonghu::alerts {

// A child's morning as stored.
struct AbsenceRow {
  std::string county, child_id;
  absl::CivilDay day;
  bool with_leave = false;
  std::string alert_id;        // the alert it belongs to; empty when there was leave from the beginning
  bool school_closed = false;  // the morning is no school day after all
  absl::Time report_time = absl::InfinitePast();
  std::string school_id;  // the child's school when the morning was reported
  DayKey key() const { return {county, child_id, day}; }
};

// Loads those of the given mornings that were reported.
absl::StatusOr<std::vector<AbsenceRow>> LoadAbsences(postgres::Connection& db,
                                                     absl::Span<const DayKey> mornings);
// Loads all mornings of these children that belong to alerts, oldest first.
absl::StatusOr<std::vector<AbsenceRow>> LoadAlertedAbsences(postgres::Connection& db,
                                                            absl::Span<const Key> children);
// Loads the mornings of the terms' schools that the calendar contradicts: those that count although the term
// has no such school day (while the alert is unresolved), and those that do not count although there is one.
// By child and day.
absl::StatusOr<std::vector<AbsenceRow>> LoadDisputedAbsences(postgres::Connection& db,
                                                             absl::Span<const TermKey> terms);
// Which mornings a list shows; empty ids: all. Both days are included.
struct AbsenceFilter {
  std::string county, child_id, school_id;
  absl::CivilDay first = absl::CivilDay(1970, 1, 1), last = absl::CivilDay(9999, 12, 31);
  rights::Filter within;  // what the caller may see, by where children are now
};
// The place behind which a page of the list goes on.
struct AbsencePlace {
  absl::CivilDay day;
  std::string child_id;  // empty: the day's first
};
// Lists at most `limit` mornings behind `after`, by day and child.
absl::StatusOr<std::vector<AbsenceRow>> ListAbsences(postgres::Connection& db, const AbsenceFilter& filter,
                                                     const AbsencePlace& after, int limit);
// Stores mornings over what was known; each key at most once.
absl::Status StoreAbsences(postgres::Connection& db, absl::Span<const AbsenceRow> rows);

}  // namespace tonghu::alerts
