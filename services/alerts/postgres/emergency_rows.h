// What was reported in sudden events.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

struct EmergencyRow {
  std::string county, alert_id;
  int kind = 0;  // tonghu.alerts.v1.EmergencyKind
  std::string description, reporter_id;
  absl::Time happen_time;
};
// What these alerts' reports said; alerts without one are left out.
absl::StatusOr<std::vector<EmergencyRow>> LoadEmergencies(postgres::Connection& db,
                                                          absl::Span<const Key> alerts);
// A sudden event and what came of it.
struct ListedEmergency {
  EmergencyRow reported;
  std::string child_id;
  State state = State::kOpen;  // the alert's
};
// What a list is about; an empty child: all. Events that happened from `from` until just before `before`.
struct EmergencyFilter {
  std::string county, child_id;
  absl::Time from = absl::UnixEpoch(), before = absl::InfiniteFuture();
};
// At most `limit`, by alert, those behind the alert `after`.
absl::StatusOr<std::vector<ListedEmergency>> ListEmergencies(postgres::Connection& db,
                                                             const EmergencyFilter& filter,
                                                             std::string_view after, int limit);

// Stores new ones. Errors: ALREADY_EXISTS for an alert that has one.
absl::Status InsertEmergencies(postgres::Connection& db, absl::Span<const EmergencyRow> rows);

}  // namespace tonghu::alerts
