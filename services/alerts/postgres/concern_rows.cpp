#include "services/alerts/postgres/concern_rows.h"

#include "absl/strings/str_cat.h"
#include "libs/postgres/columns.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;
using postgres::kUuid;

constexpr postgres::Columns kConcern{Field<&ConcernRow::county>("county"),
                                     Field<&ConcernRow::contact_id>("contact_id", kUuid),
                                     Field<&ConcernRow::child_id>("child_id", kUuid),
                                     Field<&ConcernRow::helper_id>("helper_id"),
                                     Field<&ConcernRow::happen_time>("happen_time"),
                                     Field<&ConcernRow::concerns>("concerns", postgres::kInt2),
                                     Field<&ConcernRow::version>("version"),
                                     Field<&ConcernRow::withdrawn>("withdrawn"),
                                     Field<&ConcernRow::alert_id>("alert_id", kUuid),
                                     Field<&ConcernRow::of_letter>("of_letter")};
constexpr size_t kKeyColumns = 2;  // county and contact

}  // namespace

absl::StatusOr<std::vector<ConcernRow>> LoadConcerns(postgres::Connection& db,
                                                     absl::Span<const Key> contacts) {
  static const std::string sql =
      absl::StrCat("SELECT ", kConcern.List("c."), " FROM (SELECT DISTINCT * FROM ", kUuidKeys.Unnest("u"),
                   ") k JOIN concern c ON c.county = k.county AND c.contact_id = k.id");
  return kConcern.ReadAll(db.Run(sql, kUuidKeys.Arrays(contacts)));
}

absl::StatusOr<std::vector<ConcernRow>> LoadAlertedConcerns(postgres::Connection& db,
                                                            absl::Span<const Key> alerts) {
  static const std::string sql = absl::StrCat("SELECT ", kConcern.List("c."), " FROM ", kUuidKeys.Unnest("k"),
                                              " JOIN concern c ON c.alert_id = k.id AND c.county = k.county "
                                              "ORDER BY c.happen_time, c.contact_id");
  if (alerts.empty()) return std::vector<ConcernRow>();
  return kConcern.ReadAll(db.Run(sql, kUuidKeys.Arrays(alerts)));
}

absl::Status StoreConcerns(postgres::Connection& db, absl::Span<const ConcernRow> rows) {
  return kConcern.Upsert(db, "concern", kKeyColumns, rows);
}

}  // namespace tonghu::alerts
