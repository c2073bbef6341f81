#include "services/alerts/postgres/emergency_rows.h"

namespace tonghu::alerts {

absl::Status InsertEmergencies(postgres::Connection& db, const std::vector<EmergencyRow>& rows) {
  if (rows.empty()) return absl::OkStatus();
  std::vector<std::string> counties, alerts, descriptions, reporters;
  std::vector<int64_t> kinds;
  std::vector<absl::Time> times;
  for (const EmergencyRow& row : rows) {
    counties.push_back(row.county);
    alerts.push_back(row.alert_id);
    kinds.push_back(row.kind);
    descriptions.push_back(row.description);
    reporters.push_back(row.reporter_id);
    times.push_back(row.happen_time);
  }
  postgres::Params params;
  params.Texts(counties).Texts(alerts).Ints(kinds).Texts(descriptions).Texts(reporters).Times(times);
  return db.Defer(
      "INSERT INTO emergency (county, alert_id, kind, description, reporter_id, happen_time) "
      "SELECT * FROM unnest($1, $2, $3, $4, $5, $6) AS n (county, alert_id, kind, description, "
      "reporter_id, happen_time)",
      params);
}

}  // namespace tonghu::alerts
