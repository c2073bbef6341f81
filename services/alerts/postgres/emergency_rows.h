// What was reported in sudden events.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/postgres/connection.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

struct EmergencyRow {
  std::string county, alert_id;
  int kind = 0;  // tonghu.alerts.v1.EmergencyKind
  std::string description, reporter_id;
  absl::Time happen_time;
};
// What these alerts' reports said; alerts without one are left out.
absl::StatusOr<std::vector<EmergencyRow>> LoadEmergencies(postgres::Connection& db, const KeyColumns& alerts);
absl::Status InsertEmergencies(postgres::Connection& db, const std::vector<EmergencyRow>& rows);

}  // namespace tonghu::alerts
