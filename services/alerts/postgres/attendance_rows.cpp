#include "services/alerts/postgres/attendance_rows.h"

#include "services/alerts/domain/attendance.h"
#include "services/alerts/postgres/day.h"

namespace tonghu::alerts {
namespace {

using postgres::Params;

#define TONGHU_ABSENCE_COLUMNS \
  "a.county, a.child_id, a.day, a.with_leave, a.alert_id, a.school_closed, a.report_time"

constexpr char kLoadAbsences[] =
    "SELECT " TONGHU_ABSENCE_COLUMNS
    " FROM unnest($1, $2, $3) AS k (county, child_id, day) "
    "JOIN absence a ON a.county = k.county AND a.child_id = k.child_id AND a.day = k.day";

constexpr char kLoadAlerted[] =
    "SELECT " TONGHU_ABSENCE_COLUMNS
    " FROM (SELECT DISTINCT k.county, k.child_id FROM unnest($1, $2) AS k (county, child_id)) k "
    "JOIN absence a ON a.county = k.county AND a.child_id = k.child_id WHERE a.alert_id <> '' "
    "ORDER BY a.day";

constexpr char kStoreAbsences[] =
    "INSERT INTO absence (county, child_id, day, with_leave, alert_id, school_closed, report_time) "
    "SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) "
    "ON CONFLICT (county, child_id, day) DO UPDATE SET with_leave = excluded.with_leave, alert_id = "
    "excluded.alert_id, school_closed = excluded.school_closed, report_time = excluded.report_time";

constexpr char kForget[] =
    "DELETE FROM attendance_due a USING unnest($1, $2, $3, $4) AS s (county, school_id, term, put_time) "
    "WHERE a.county = s.county AND a.school_id = s.school_id AND a.term = s.term AND a.state = 1 AND "
    "a.due_time > s.put_time";

constexpr char kAwait[] =
    "INSERT INTO attendance_due (county, school_id, day, shard, due_time, state, term) "
    "SELECT n.county, n.school_id, n.day, $1, n.due_time, 1, n.term FROM unnest($2, $3, $4, $5, $6) AS n "
    "(county, school_id, day, due_time, term) "
    "ON CONFLICT DO NOTHING";

constexpr char kSent[] =
    "INSERT INTO attendance_due (county, school_id, day, shard, due_time, state) "
    "SELECT n.county, n.school_id, n.day, $1, n.due_time, 2 FROM unnest($2, $3, $4, $5) AS n (county, "
    "school_id, day, due_time) "
    "ON CONFLICT (county, school_id, day) DO UPDATE SET state = 2";

constexpr char kMissing[] =
    "WITH due AS (SELECT county, school_id, day FROM attendance_due WHERE shard = $1 AND state = 1 AND "
    "due_time <= $2 "
    "ORDER BY due_time LIMIT $3) "
    "UPDATE attendance_due a SET state = 3 FROM due WHERE a.county = due.county AND a.school_id = "
    "due.school_id AND a.day = due.day "
    "RETURNING a.county, a.school_id, a.day";

std::vector<AbsenceRow> AbsencesIn(const postgres::Result& rows) {
  std::vector<AbsenceRow> absences;
  for (int i = 0; i < rows.rows(); ++i) {
    absences.push_back({rows.String(i, 0), rows.String(i, 1), DayOfNumber(rows.Int(i, 2)), rows.Bool(i, 3),
                        rows.String(i, 4), rows.Bool(i, 5), rows.Time(i, 6)});
  }
  return absences;
}

struct Columns {
  KeyColumns keys;
  std::vector<int64_t> days;
  std::vector<absl::Time> due_times;

  void Add(const std::string& county, const std::string& school_id, absl::CivilDay day) {
    keys.Add(county, school_id);
    days.push_back(NumberOf(day));
    due_times.push_back(AttendanceDueTime(day));
  }
  Params All(int shard) const {
    return Params().Int(shard).Texts(keys.counties).Texts(keys.ids).Ints(days).Times(due_times);
  }
};

}  // namespace

// Not EXISTS: for that the planner may scan the table, hoping to meet a due row soon, when there is none.
const char kAttendanceDue[] =
    "SELECT coalesce((SELECT due_time <= $2 FROM attendance_due WHERE shard = $1 AND state = 1 ORDER BY "
    "due_time LIMIT 1), false)";

absl::StatusOr<std::vector<AbsenceRow>> LoadAbsences(postgres::Connection& db, const KeyColumns& children,
                                                     const std::vector<absl::CivilDay>& days) {
  std::vector<int64_t> numbers;
  for (const absl::CivilDay day : days) numbers.push_back(NumberOf(day));
  auto rows = db.Run(kLoadAbsences, Params().Texts(children.counties).Texts(children.ids).Ints(numbers));
  if (!rows.ok()) return rows.status();
  return AbsencesIn(*rows);
}

absl::StatusOr<std::vector<AbsenceRow>> LoadAlertedAbsences(postgres::Connection& db,
                                                            const KeyColumns& children) {
  if (children.empty()) return std::vector<AbsenceRow>();
  auto rows = db.Run(kLoadAlerted, Params().Texts(children.counties).Texts(children.ids));
  if (!rows.ok()) return rows.status();
  return AbsencesIn(*rows);
}

absl::Status StoreAbsences(postgres::Connection& db, const std::vector<AbsenceRow>& rows) {
  KeyColumns children;
  std::vector<int64_t> days;
  std::vector<bool> leaves, closed;
  std::vector<absl::Time> report_times;
  std::vector<std::string> alerts;
  for (const AbsenceRow& row : rows) {
    children.Add(row.county, row.child_id);
    days.push_back(NumberOf(row.day));
    leaves.push_back(row.with_leave);
    alerts.push_back(row.alert_id);
    closed.push_back(row.school_closed);
    report_times.push_back(row.report_time);
  }
  Params params;
  params.Texts(children.counties).Texts(children.ids).Ints(days).Bools(leaves).Texts(alerts);
  params.Bools(closed).Times(report_times);
  return db.Defer(kStoreAbsences, params);
}

absl::Status ReplaceAwaited(postgres::Connection& db, int shard, const std::vector<AwaitedDays>& schools) {
  KeyColumns keys;
  std::vector<absl::Time> put_times;
  std::vector<std::string> terms, terms_of_days;
  Columns awaited;
  for (const AwaitedDays& school : schools) {
    keys.Add(school.county, school.school_id);
    terms.push_back(school.term);
    put_times.push_back(school.put_time);
    for (const absl::CivilDay day : school.days) {
      if (AttendanceDueTime(day) <= school.put_time) continue;
      awaited.Add(school.county, school.school_id, day);
      terms_of_days.push_back(school.term);
    }
  }
  absl::Status forgotten =
      db.Defer(kForget, Params().Texts(keys.counties).Texts(keys.ids).Texts(terms).Times(put_times));
  return forgotten.ok() ? db.Defer(kAwait, awaited.All(shard).Texts(terms_of_days)) : forgotten;
}

absl::Status StoreSent(postgres::Connection& db, int shard, const std::vector<Morning>& mornings) {
  Columns sent;
  for (const Morning& morning : mornings) sent.Add(morning.county, morning.school_id, morning.day);
  return db.Defer(kSent, sent.All(shard));
}

absl::StatusOr<std::vector<Morning>> TakeMissing(postgres::Connection& db, int shard, absl::Time now,
                                                 int limit) {
  auto rows = db.Run(kMissing, Params().Int(shard).Time(now).Int(limit));
  if (!rows.ok()) return rows.status();
  std::vector<Morning> missing;
  for (int i = 0; i < rows->rows(); ++i)
    missing.push_back({rows->String(i, 0), rows->String(i, 1), DayOfNumber(rows->Int(i, 2))});
  return missing;
}

}  // namespace tonghu::alerts
