// Mornings on which children were absent.
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

struct AbsenceRow {
  std::string county, child_id;
  absl::CivilDay day;
  bool with_leave = false;
  std::string alert_id;        // it belongs to; empty when there was leave from the beginning
  bool school_closed = false;  // no school day after all
  absl::Time report_time = absl::InfinitePast();
  std::string school_id;  // the child's when it was reported
  DayKey key() const { return {county, child_id, day}; }
};

// Those of these children's days that were reported.
absl::StatusOr<std::vector<AbsenceRow>> LoadAbsences(postgres::Connection& db,
                                                     absl::Span<const DayKey> mornings);
// All that belong to alerts, of these children; oldest first.
absl::StatusOr<std::vector<AbsenceRow>> LoadAlertedAbsences(postgres::Connection& db,
                                                            absl::Span<const Key> children);
// Of these schools: those that count although these terms know no such school day (while the alert is
// unresolved), and those that do not although there is one. By child and day.
absl::StatusOr<std::vector<AbsenceRow>> LoadDisputedAbsences(postgres::Connection& db,
                                                             absl::Span<const TermKey> terms);
// What a list is about; empty ids: all. Both days are included.
struct AbsenceFilter {
  std::string county, child_id, school_id;
  absl::CivilDay first = absl::CivilDay(1970, 1, 1), last = absl::CivilDay(9999, 12, 31);
};
// How far a list has come.
struct AbsencePlace {
  absl::CivilDay day;
  std::string child_id;  // empty: the day's first
};
// At most `limit`, by day and child, those behind `after`.
absl::StatusOr<std::vector<AbsenceRow>> ListAbsences(postgres::Connection& db, const AbsenceFilter& filter,
                                                     const AbsencePlace& after, int limit);
// Each key at most once.
absl::Status StoreAbsences(postgres::Connection& db, absl::Span<const AbsenceRow> rows);

}  // namespace tonghu::alerts
