#include "services/alerts/postgres/operator_rows.h"

#include "absl/strings/str_cat.h"
#include "libs/postgres/columns.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;

// A case and its notice as it is stored.
struct CaseRow {
  OperatorCase one;
  std::string notice;
};
constexpr postgres::Columns kCase{Field<&CaseRow::one, &OperatorCase::county>("county"),
                                  Field<&CaseRow::one, &OperatorCase::alert_id>("alert_id", postgres::kUuid),
                                  Field<&CaseRow::one, &OperatorCase::subject>("subject"),
                                  Field<&CaseRow::notice>("notice", postgres::kBytea),
                                  Field<&CaseRow::one, &OperatorCase::notices>("notices")};

}  // namespace

absl::StatusOr<ByKey<std::string>> LoadOpenCases(postgres::Connection& db, const KeyColumns& subjects) {
  auto rows = db.Run(
      "SELECT o.county, o.subject, o.alert_id FROM unnest($1, $2) AS k (county, subject) "
      "JOIN operator_case o ON o.county = k.county AND o.subject = k.subject "
      "JOIN alert a ON a.county = o.county AND a.alert_id = o.alert_id AND a.state <> 3",
      subjects.Texts());
  if (!rows.ok()) return rows.status();
  ByKey<std::string> open;
  for (int i = 0; i < rows->rows(); ++i) open[{rows->String(i, 0), rows->String(i, 1)}] = rows->Uuid(i, 2);
  return open;
}

absl::StatusOr<std::vector<OperatorCase>> LoadCases(postgres::Connection& db, const KeyColumns& alerts) {
  std::vector<OperatorCase> cases;
  if (alerts.empty()) return cases;
  static const std::string sql =
      absl::StrCat("SELECT ", kCase.List("o."),
                   " FROM unnest($1, $2) AS k (county, id) JOIN operator_case o ON o.county = k.county "
                   "AND o.alert_id = k.id");
  auto rows = kCase.ReadAll(db.Run(sql, alerts.Uuids()));
  if (!rows.ok()) return rows.status();
  for (CaseRow& row : *rows) {
    if (!row.one.notice.ParseFromString(row.notice))
      return absl::DataLossError("a stored notice can't be read");
    cases.push_back(std::move(row.one));
  }
  return cases;
}

absl::Status InsertCases(postgres::Connection& db, const std::vector<OperatorCase>& cases) {
  std::vector<CaseRow> rows;
  for (const OperatorCase& one : cases) rows.push_back({one, one.notice.SerializeAsString()});
  return kCase.Insert(db, "operator_case", rows);
}

absl::Status CountAgain(postgres::Connection& db, const KeyColumns& alerts) {
  if (alerts.empty()) return absl::OkStatus();
  return db.Defer(
      "UPDATE operator_case o SET notices = o.notices + k.times FROM "
      "(SELECT county, id, count(*) AS times FROM unnest($1, $2) AS u (county, id) GROUP BY county, id) k "
      "WHERE o.county = k.county AND o.alert_id = k.id",
      alerts.Uuids());
}

}  // namespace tonghu::alerts
