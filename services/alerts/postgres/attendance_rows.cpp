#include "services/alerts/postgres/attendance_rows.h"

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/postgres/columns.h"
#include "services/alerts/domain/attendance.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;
using postgres::kUuid;
using postgres::Params;

// A term, and the oldest of its mornings that may be awaited again.
struct ReopenedTerm {
  TermKey term;
  absl::CivilDay oldest;
};
constexpr auto kReopened =
    TermColumns<&ReopenedTerm::term>() + postgres::Columns{Field<&ReopenedTerm::oldest>("oldest")};

constexpr postgres::Columns kMorning{Field<&Morning::county>("county"),
                                     Field<&Morning::school_id>("school_id"), Field<&Morning::day>("day"),
                                     Field<&Morning::alert_id>("alert_id", kUuid)};

// A morning as it is first stored.
struct NewMorning {
  std::string county, school_id;
  absl::CivilDay day;
  absl::Time due_time;
  std::string term;  // the term whose calendar awaits it; empty: sent without being awaited
};
constexpr postgres::Columns kNew{Field<&NewMorning::county>("county"),
                                 Field<&NewMorning::school_id>("school_id"), Field<&NewMorning::day>("day"),
                                 Field<&NewMorning::due_time>("due_time"), Field<&NewMorning::term>("term")};

// The INSERT of new mornings of a shard in `state`, up to its ON CONFLICT.
std::string Insert(int state) {
  return absl::StrCat("INSERT INTO attendance_due (", kNew.List(), ", shard, state) SELECT n.*, $",
                      kNew.size() + 1, ", ", state, " FROM ", kNew.Unnest("n"), " ON CONFLICT ");
}

}  // namespace

// The states are 1 open, 2 sent, 3 missing, 4 no school day any more.
const char kNextAttendance[] =
    "SELECT due_time FROM attendance_due WHERE shard = $1 AND state = 1 ORDER BY due_time LIMIT 1";

absl::Status Await(postgres::Connection& db, int shard, absl::Span<const TermCalendar> calendars) {
  // A morning is opened again whichever term awaited it before: it may have moved from one term to another.
  static const std::string reopen = absl::StrCat(
      "UPDATE attendance_due a SET state = 1, term = t.term FROM ", kReopened.Unnest("k"),
      " JOIN school_term t ON t.county = k.county AND t.school_id = k.school_id AND t.term = k.term "
      "WHERE a.county = t.county AND a.school_id = t.school_id AND a.state = 4 AND a.day >= k.oldest "
      "AND a.day BETWEEN t.first_day AND t.last_day AND " TONGHU_SCHOOL_DAY("t", "a.day"));
  static const std::string await = absl::StrCat(Insert(1), "DO NOTHING");
  std::vector<ReopenedTerm> terms;
  std::vector<NewMorning> awaited;
  for (const TermCalendar& calendar : calendars) {
    const TermKey& key = calendar.key;
    // Attendance of older mornings can't be reported any more, so it is not awaited again.
    terms.push_back({key, clock::DayOf(calendar.put_time) - kOldestReportDays});
    for (const absl::CivilDay day : calendar.school_days) {
      const absl::Time due_time = AttendanceDueTime(day);
      // A morning that is over already would be missing at once, through nobody's fault.
      if (due_time > calendar.put_time)
        awaited.push_back({key.county, key.school_id, day, due_time, key.term});
    }
  }
  absl::Status reopened = db.Defer(reopen, kReopened.Arrays(terms));
  return reopened.ok() ? db.Defer(await, kNew.Arrays(awaited).Int(shard)) : reopened;
}

absl::StatusOr<std::vector<Key>> CloseMornings(postgres::Connection& db, absl::Span<const TermKey> terms) {
  // The mornings of these terms that are no school days any more, if they are still open, or missing with an
  // alert that nobody has settled.
  static const std::string sql = absl::StrCat(
      "UPDATE attendance_due a SET state = 4 FROM ", kTerms.Unnest("k"),
      " WHERE a.county = k.county AND a.school_id = k.school_id AND a.term = k.term "
      "AND (a.state = 1 OR a.state = 3 AND EXISTS (SELECT FROM alert l WHERE l.county = a.county "
      "AND l.alert_id = a.alert_id AND l.state <> 3)) "
      "AND NOT EXISTS (SELECT FROM school_term t WHERE t.county = k.county AND t.school_id = k.school_id "
      "AND t.term = k.term AND a.day BETWEEN t.first_day AND t.last_day "
      "AND " TONGHU_SCHOOL_DAY("t", "a.day") ") RETURNING a.county, a.alert_id");
  auto alerts = kUuidKeys.ReadAll(db.Run(sql, kTerms.Arrays(terms)));
  // A morning that was still open had no alert.
  if (alerts.ok()) std::erase_if(*alerts, [](const Key& alert) { return alert.second.empty(); });
  return alerts;
}

absl::StatusOr<std::vector<Morning>> LoadMornings(postgres::Connection& db,
                                                  absl::Span<const DayKey> mornings) {
  static const std::string sql =
      absl::StrCat("SELECT ", kMorning.List("a."), " FROM ", kSchoolDays.Unnest("k"),
                   " JOIN attendance_due a ON a.county = k.county AND a.school_id = k.id AND a.day = k.day");
  return kMorning.ReadAll(db.Run(sql, kSchoolDays.Arrays(mornings)));
}

absl::Status StoreSent(postgres::Connection& db, int shard, absl::Span<const Morning> mornings) {
  // Sent wins over every other state, so the order of reports and calendars does not matter.
  static const std::string sql = absl::StrCat(Insert(2), "(county, school_id, day) DO UPDATE SET state = 2");
  if (mornings.empty()) return absl::OkStatus();
  std::vector<NewMorning> sent;
  for (const Morning& morning : mornings)
    sent.push_back({morning.county, morning.school_id, morning.day, AttendanceDueTime(morning.day), ""});
  return db.Defer(sql, kNew.Arrays(sent).Int(shard));
}

absl::StatusOr<std::vector<Morning>> LoadMissing(postgres::Connection& db, int shard, absl::Time now,
                                                 int limit) {
  static const std::string sql =
      absl::StrCat("SELECT ", kMorning.List(),
                   " FROM attendance_due WHERE shard = $1 AND state = 1 AND due_time <= $2 "
                   "ORDER BY due_time LIMIT $3");
  return kMorning.ReadAll(db.Run(sql, Params().Int(shard).Time(now).Int(limit)));
}

absl::Status StoreMissing(postgres::Connection& db, absl::Span<const Morning> mornings) {
  static const std::string sql =
      absl::StrCat("UPDATE attendance_due a SET state = 3, alert_id = n.alert_id FROM ", kMorning.Unnest("n"),
                   " WHERE a.county = n.county AND a.school_id = n.school_id AND a.day = n.day");
  return db.Defer(sql, kMorning.Arrays(mornings));
}

}  // namespace tonghu::alerts
