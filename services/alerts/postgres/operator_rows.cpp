#include "services/alerts/postgres/operator_rows.h"

#include "absl/strings/str_cat.h"
#include "libs/postgres/columns.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;

constexpr postgres::Columns kOpenCase{Field<&OperatorCase::county>("county"),
                                      Field<&OperatorCase::alert_id>("alert_id", postgres::kUuid),
                                      Field<&OperatorCase::subject>("subject")};
constexpr auto kCase = kOpenCase + postgres::Columns{Field<&OperatorCase::notice>("notice", postgres::kBytea),
                                                     Field<&OperatorCase::notices>("notices")};

}  // namespace

absl::StatusOr<std::vector<OperatorCase>> LoadOpenCases(postgres::Connection& db,
                                                        absl::Span<const Key> subjects) {
  static const std::string sql =
      absl::StrCat("SELECT ", kOpenCase.List("o."), " FROM ", kKeys.Unnest("k"),
                   " JOIN operator_case o ON o.county = k.county AND o.subject = k.id "
                   "JOIN alert a ON a.county = o.county AND a.alert_id = o.alert_id AND a.state <> 3");
  return kOpenCase.ReadAll(db.Run(sql, kKeys.Arrays(subjects)));
}

absl::StatusOr<std::vector<OperatorCase>> LoadCases(postgres::Connection& db, absl::Span<const Key> alerts) {
  static const std::string sql =
      absl::StrCat("SELECT ", kCase.List("o."), " FROM ", kUuidKeys.Unnest("k"),
                   " JOIN operator_case o ON o.county = k.county AND o.alert_id = k.id");
  if (alerts.empty()) return std::vector<OperatorCase>();
  return kCase.ReadAll(db.Run(sql, kUuidKeys.Arrays(alerts)));
}

absl::Status InsertCases(postgres::Connection& db, absl::Span<const OperatorCase> cases) {
  return kCase.Insert(db, "operator_case", cases);
}

absl::Status CountAgain(postgres::Connection& db, absl::Span<const Key> alerts) {
  // An alert may come several times in a batch, but an UPDATE touches a row once: hence the GROUP BY.
  static const std::string sql = absl::StrCat(
      "UPDATE operator_case o SET notices = o.notices + k.times FROM "
      "(SELECT county, id, count(*) AS times FROM ",
      kUuidKeys.Unnest("u"), " GROUP BY county, id) k WHERE o.county = k.county AND o.alert_id = k.id");
  if (alerts.empty()) return absl::OkStatus();
  return db.Defer(sql, kUuidKeys.Arrays(alerts));
}

}  // namespace tonghu::alerts
