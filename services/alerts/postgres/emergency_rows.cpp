#include "services/alerts/postgres/emergency_rows.h"

#include "absl/strings/str_cat.h"
#include "libs/postgres/columns.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;

constexpr postgres::Columns kEmergency{Field<&EmergencyRow::county>("county"),
                                       Field<&EmergencyRow::alert_id>("alert_id", postgres::kUuid),
                                       Field<&EmergencyRow::kind>("kind", postgres::kInt2),
                                       Field<&EmergencyRow::description>("description"),
                                       Field<&EmergencyRow::reporter_id>("reporter_id"),
                                       Field<&EmergencyRow::happen_time>("happen_time")};

}  // namespace

absl::StatusOr<std::vector<EmergencyRow>> LoadEmergencies(postgres::Connection& db,
                                                          const KeyColumns& alerts) {
  static const std::string sql =
      absl::StrCat("SELECT ", kEmergency.List("e."),
                   " FROM unnest($1, $2) AS k (county, id) JOIN emergency e ON e.county = k.county "
                   "AND e.alert_id = k.id");
  if (alerts.empty()) return std::vector<EmergencyRow>();
  return kEmergency.ReadAll(db.Run(sql, alerts.Uuids()));
}

absl::Status InsertEmergencies(postgres::Connection& db, const std::vector<EmergencyRow>& rows) {
  return kEmergency.Insert(db, "emergency", rows);
}

}  // namespace tonghu::alerts
