#include "services/alerts/postgres/attendance_rows.h"

#include "libs/clock/clock.h"
#include "services/alerts/domain/attendance.h"
#include "services/alerts/postgres/day.h"

namespace tonghu::alerts {
namespace {

using postgres::Params;

constexpr char kAwait[] =
    "INSERT INTO attendance_due (county, school_id, day, shard, due_time, state, term, alert_id) "
    "SELECT n.county, n.school_id, n.day, $1, n.due_time, 1, n.term, '' FROM unnest($2, $3, $4, $5, $6) AS n "
    "(county, school_id, day, due_time, term) "
    "ON CONFLICT DO NOTHING";

// Whatever term it was awaited by before.
constexpr char kReopen[] =
    "UPDATE attendance_due a SET state = 1, term = t.term "
    "FROM unnest($1, $2, $3, $4) AS k (county, school_id, term, oldest) "
    "JOIN school_term t ON t.county = k.county AND t.school_id = k.school_id AND t.term = k.term "
    "WHERE a.county = t.county AND a.school_id = t.school_id AND a.state = 4 AND a.day >= k.oldest "
    "AND a.day BETWEEN t.first_day AND t.last_day AND " TONGHU_SCHOOL_DAY("t", "a.day");

constexpr char kClose[] =
    "UPDATE attendance_due a SET state = 4 FROM unnest($1, $2, $3) AS k (county, school_id, term) "
    "WHERE a.county = k.county AND a.school_id = k.school_id AND a.term = k.term "
    "AND (a.state = 1 OR a.state = 3 AND EXISTS (SELECT FROM alert l WHERE l.county = a.county "
    "AND l.alert_id = a.alert_id AND l.state <> 3)) "
    "AND NOT EXISTS (SELECT FROM school_term t WHERE t.county = k.county AND t.school_id = k.school_id "
    "AND t.term = k.term AND a.day BETWEEN t.first_day AND t.last_day "
    "AND " TONGHU_SCHOOL_DAY("t", "a.day") ") RETURNING a.county, a.alert_id";

constexpr char kLoad[] =
    "SELECT a.county, a.school_id, a.day, a.alert_id FROM unnest($1, $2, $3) AS k (county, school_id, day) "
    "JOIN attendance_due a ON a.county = k.county AND a.school_id = k.school_id AND a.day = k.day";

constexpr char kSent[] =
    "INSERT INTO attendance_due (county, school_id, day, shard, due_time, state, term, alert_id) "
    "SELECT n.county, n.school_id, n.day, $1, n.due_time, 2, '', '' FROM unnest($2, $3, $4, $5) AS n "
    "(county, school_id, day, due_time) "
    "ON CONFLICT (county, school_id, day) DO UPDATE SET state = 2";

constexpr char kLoadMissing[] =
    "SELECT county, school_id, day, alert_id FROM attendance_due WHERE shard = $1 AND state = 1 AND "
    "due_time <= $2 ORDER BY due_time LIMIT $3";

constexpr char kStoreMissing[] =
    "UPDATE attendance_due a SET state = 3, alert_id = n.alert_id FROM unnest($1, $2, $3, $4) AS n (county, "
    "school_id, day, alert_id) WHERE a.county = n.county AND a.school_id = n.school_id AND a.day = n.day";

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

std::vector<Morning> MorningsIn(const postgres::Result& rows) {
  std::vector<Morning> mornings;
  for (int i = 0; i < rows.rows(); ++i) {
    mornings.push_back(
        {rows.String(i, 0), rows.String(i, 1), DayOfNumber(rows.Int(i, 2)), rows.String(i, 3)});
  }
  return mornings;
}

}  // namespace

// Not EXISTS: for that the planner may scan the table, hoping to meet a due row soon, when there is none.
const char kAttendanceDue[] =
    "SELECT coalesce((SELECT due_time <= $2 FROM attendance_due WHERE shard = $1 AND state = 1 ORDER BY "
    "due_time LIMIT 1), false)";

absl::Status Await(postgres::Connection& db, int shard, const std::vector<TermCalendar>& calendars) {
  std::vector<TermKey> terms;
  std::vector<int64_t> oldest;
  std::vector<std::string> terms_of_days;
  Columns awaited;
  for (const TermCalendar& calendar : calendars) {
    terms.push_back(calendar.key);
    oldest.push_back(NumberOf(clock::DayOf(calendar.put_time)) - kOldestReportDays);
    for (const absl::CivilDay day : calendar.school_days) {
      if (AttendanceDueTime(day) <= calendar.put_time) continue;
      awaited.Add(calendar.key.county, calendar.key.school_id, day);
      terms_of_days.push_back(calendar.key.term);
    }
  }
  absl::Status reopened = db.Defer(kReopen, ParamsOf(terms).Ints(oldest));
  return reopened.ok() ? db.Defer(kAwait, awaited.All(shard).Texts(terms_of_days)) : reopened;
}

absl::StatusOr<KeyColumns> CloseMornings(postgres::Connection& db, const std::vector<TermKey>& terms) {
  auto closed = db.Run(kClose, ParamsOf(terms));
  if (!closed.ok()) return closed.status();
  KeyColumns alerts;
  for (int i = 0; i < closed->rows(); ++i) {
    if (!closed->Text(i, 1).empty()) alerts.Add(closed->String(i, 0), closed->String(i, 1));
  }
  return alerts;
}

absl::StatusOr<std::vector<Morning>> LoadMornings(postgres::Connection& db, const KeyColumns& schools,
                                                  const std::vector<absl::CivilDay>& days) {
  std::vector<int64_t> numbers;
  for (const absl::CivilDay day : days) numbers.push_back(NumberOf(day));
  auto rows = db.Run(kLoad, Params().Texts(schools.counties).Texts(schools.ids).Ints(numbers));
  if (!rows.ok()) return rows.status();
  return MorningsIn(*rows);
}

absl::Status StoreSent(postgres::Connection& db, int shard, const std::vector<Morning>& mornings) {
  Columns sent;
  for (const Morning& morning : mornings) sent.Add(morning.county, morning.school_id, morning.day);
  return db.Defer(kSent, sent.All(shard));
}

absl::StatusOr<std::vector<Morning>> LoadMissing(postgres::Connection& db, int shard, absl::Time now,
                                                 int limit) {
  auto rows = db.Run(kLoadMissing, Params().Int(shard).Time(now).Int(limit));
  if (!rows.ok()) return rows.status();
  return MorningsIn(*rows);
}

absl::Status StoreMissing(postgres::Connection& db, const std::vector<Morning>& mornings) {
  Columns missing;
  std::vector<std::string> alerts;
  for (const Morning& morning : mornings) {
    missing.Add(morning.county, morning.school_id, morning.day);
    alerts.push_back(morning.alert_id);
  }
  return db.Defer(
      kStoreMissing,
      Params().Texts(missing.keys.counties).Texts(missing.keys.ids).Ints(missing.days).Texts(alerts));
}

}  // namespace tonghu::alerts
