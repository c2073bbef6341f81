// Absences, and the mornings whose attendance is awaited.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/postgres/connection.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

struct AbsenceRow {
  std::string county, child_id;
  absl::CivilDay day;
  bool with_leave = false;
  std::string alert_id;        // it belongs to; empty when there was leave from the beginning
  bool school_closed = false;  // no school day after all
  absl::Time report_time = absl::InfinitePast();
};

using AbsenceKey = std::tuple<std::string, std::string, absl::CivilDay>;  // county, child, day

// Those of the given days that were reported; `days` runs along with `children`.
absl::StatusOr<std::vector<AbsenceRow>> LoadAbsences(postgres::Connection& db, const KeyColumns& children,
                                                     const std::vector<absl::CivilDay>& days);
// All that belong to alerts, of these children; oldest first.
absl::StatusOr<std::vector<AbsenceRow>> LoadAlertedAbsences(postgres::Connection& db,
                                                            const KeyColumns& children);
// Each key at most once. report_time is stored as it is.
absl::Status StoreAbsences(postgres::Connection& db, const std::vector<AbsenceRow>& rows);

// A school's morning.
struct Morning {
  std::string county, school_id;
  absl::CivilDay day;
};

// A term's days as a school's calendar has them at `put_time`: what was awaited of that term later than that
// is awaited no more, these are. Other terms' mornings stay. A school and term at most once.
struct AwaitedDays {
  std::string county, school_id, term;
  std::vector<absl::CivilDay> days;
  absl::Time put_time;
};
absl::Status ReplaceAwaited(postgres::Connection& db, int shard, const std::vector<AwaitedDays>& schools);

// Closes mornings, awaited or not. Each at most once.
absl::Status StoreSent(postgres::Connection& db, int shard, const std::vector<Morning>& mornings);

// Takes mornings whose time has come and marks them missing.
absl::StatusOr<std::vector<Morning>> TakeMissing(postgres::Connection& db, int shard, absl::Time now,
                                                 int limit);

// Whether any is due, for journal::Sweep.
extern const char kAttendanceDue[];

}  // namespace tonghu::alerts
