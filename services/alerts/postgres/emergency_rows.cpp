#include "services/alerts/postgres/emergency_rows.h"

namespace tonghu::alerts {

absl::StatusOr<std::vector<EmergencyRow>> LoadEmergencies(postgres::Connection& db,
                                                          const KeyColumns& alerts) {
  std::vector<EmergencyRow> events;
  if (alerts.empty()) return events;
  auto rows = db.Run(
      "SELECT e.county, e.alert_id, e.kind, e.description, e.reporter_id, e.happen_time FROM "
      "unnest($1, $2) AS k (county, id) JOIN emergency e ON e.county = k.county AND e.alert_id = k.id",
      postgres::Params().Texts(alerts.counties).Texts(alerts.ids));
  if (!rows.ok()) return rows.status();
  for (int i = 0; i < rows->rows(); ++i) {
    events.push_back({rows->String(i, 0), rows->String(i, 1), static_cast<int>(rows->Int(i, 2)),
                      rows->String(i, 3), rows->String(i, 4), rows->Time(i, 5)});
  }
  return events;
}

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
