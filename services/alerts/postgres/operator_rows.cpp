#include "services/alerts/postgres/operator_rows.h"

#include "libs/postgres/rows.h"

namespace tonghu::alerts {

absl::StatusOr<ByKey<std::string>> LoadOpenCases(postgres::Connection& db, const KeyColumns& subjects) {
  auto rows = db.Run(
      "SELECT o.county, o.subject, o.alert_id FROM unnest($1, $2) AS k (county, subject) "
      "JOIN operator_case o ON o.county = k.county AND o.subject = k.subject "
      "JOIN alert a ON a.county = o.county AND a.alert_id = o.alert_id AND a.state <> 3",
      postgres::Params().Texts(subjects.counties).Texts(subjects.ids));
  if (!rows.ok()) return rows.status();
  ByKey<std::string> open;
  for (int i = 0; i < rows->rows(); ++i) open[{rows->String(i, 0), rows->String(i, 1)}] = rows->String(i, 2);
  return open;
}

absl::StatusOr<std::vector<OperatorCase>> LoadCases(postgres::Connection& db, const KeyColumns& alerts) {
  std::vector<OperatorCase> cases;
  if (alerts.empty()) return cases;
  auto rows = db.Run(
      "SELECT o.county, o.alert_id, o.subject, o.notice, o.notices FROM unnest($1, $2) AS k (county, id) "
      "JOIN operator_case o ON o.county = k.county AND o.alert_id = k.id",
      postgres::Params().Texts(alerts.counties).Texts(alerts.ids));
  if (!rows.ok()) return rows.status();
  for (int i = 0; i < rows->rows(); ++i) {
    OperatorCase one{rows->String(i, 0), rows->String(i, 1), rows->String(i, 2), {}, rows->Int(i, 4)};
    if (!one.notice.ParseFromString(rows->String(i, 3)))
      return absl::DataLossError("a stored notice can't be read");
    cases.push_back(std::move(one));
  }
  return cases;
}

absl::Status InsertCases(postgres::Connection& db, const std::vector<OperatorCase>& cases) {
  postgres::Rows rows("operator_case", "county, alert_id, subject, notice, notices");
  for (const OperatorCase& one : cases) {
    rows.Next()
        .Text(one.county)
        .Text(one.alert_id)
        .Text(one.subject)
        .Bytes(one.notice.SerializeAsString())
        .Big(one.notices);
  }
  return rows.empty() ? absl::OkStatus() : rows.InsertInto(db);
}

absl::Status CountAgain(postgres::Connection& db, const KeyColumns& alerts) {
  if (alerts.empty()) return absl::OkStatus();
  return db.Defer(
      "UPDATE operator_case o SET notices = o.notices + k.times FROM "
      "(SELECT county, id, count(*) AS times FROM unnest($1, $2) AS u (county, id) GROUP BY county, id) k "
      "WHERE o.county = k.county AND o.alert_id = k.id",
      postgres::Params().Texts(alerts.counties).Texts(alerts.ids));
}

}  // namespace tonghu::alerts
