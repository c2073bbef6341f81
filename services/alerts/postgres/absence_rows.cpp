#include "services/alerts/postgres/absence_rows.h"

#include "services/alerts/postgres/day.h"

namespace tonghu::alerts {
namespace {

using postgres::Params;

#define TONGHU_ABSENCE_COLUMNS \
  "a.county, a.child_id, a.day, a.with_leave, a.alert_id, a.school_closed, a.report_time, a.school_id"

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
    "INSERT INTO absence (county, child_id, day, with_leave, alert_id, school_closed, report_time, "
    "school_id) "
    "SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) "
    "ON CONFLICT (county, child_id, day) DO UPDATE SET with_leave = excluded.with_leave, alert_id = "
    "excluded.alert_id, school_closed = excluded.school_closed, report_time = excluded.report_time, "
    "school_id = excluded.school_id";

// `t` says whether the morning `a` is a school day, and the row says otherwise. What a person has settled
// stays.
constexpr char kLoadDisputed[] =
    "SELECT " TONGHU_ABSENCE_COLUMNS
    " FROM unnest($1, $2, $3) AS k (county, school_id, term) "
    "JOIN school_term t ON t.county = k.county AND t.school_id = k.school_id AND t.term = k.term "
    "JOIN absence a ON a.county = t.county AND a.school_id = t.school_id AND a.alert_id <> '' "
    "AND a.day BETWEEN t.first_day AND t.last_day "
    "JOIN alert l ON l.county = a.county AND l.alert_id = a.alert_id "
    "WHERE a.school_closed = " TONGHU_SCHOOL_DAY("t", "a.day") " AND (a.school_closed OR l.state <> 3) "
    "ORDER BY a.county, a.child_id, a.day";

std::vector<AbsenceRow> AbsencesIn(const postgres::Result& rows) {
  std::vector<AbsenceRow> absences;
  for (int i = 0; i < rows.rows(); ++i) {
    absences.push_back({rows.String(i, 0), rows.String(i, 1), DayOfNumber(rows.Int(i, 2)), rows.Bool(i, 3),
                        rows.String(i, 4), rows.Bool(i, 5), rows.Time(i, 6), rows.String(i, 7)});
  }
  return absences;
}

}  // namespace

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

absl::StatusOr<std::vector<AbsenceRow>> LoadDisputedAbsences(postgres::Connection& db,
                                                             const std::vector<TermKey>& terms) {
  auto rows = db.Run(kLoadDisputed, ParamsOf(terms));
  if (!rows.ok()) return rows.status();
  return AbsencesIn(*rows);
}

absl::Status StoreAbsences(postgres::Connection& db, const std::vector<AbsenceRow>& rows) {
  KeyColumns children;
  std::vector<int64_t> days;
  std::vector<bool> leaves, closed;
  std::vector<absl::Time> report_times;
  std::vector<std::string> alerts, schools;
  for (const AbsenceRow& row : rows) {
    children.Add(row.county, row.child_id);
    days.push_back(NumberOf(row.day));
    leaves.push_back(row.with_leave);
    alerts.push_back(row.alert_id);
    closed.push_back(row.school_closed);
    report_times.push_back(row.report_time);
    schools.push_back(row.school_id);
  }
  Params params;
  params.Texts(children.counties).Texts(children.ids).Ints(days).Bools(leaves).Texts(alerts);
  params.Bools(closed).Times(report_times).Texts(schools);
  return db.Defer(kStoreAbsences, params);
}

}  // namespace tonghu::alerts
