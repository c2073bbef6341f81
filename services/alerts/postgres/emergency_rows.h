// Reports of sudden events. Errors of all functions: the connection's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "libs/rights/scope.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

// A report as stored.
struct EmergencyRow {
  std::string county, alert_id;
  int kind = 0;  // tonghu.alerts.v1.EmergencyKind
  std::string description, reporter_id;
  absl::Time happen_time;
};
// Loads the reports of these alerts; alerts without one are left out.
absl::StatusOr<std::vector<EmergencyRow>> LoadEmergencies(postgres::Connection& db,
                                                          absl::Span<const Key> alerts);
// A report, with the child and state of its alert.
struct ListedEmergency {
  EmergencyRow reported;
  std::string child_id;
  State state = State::kOpen;  // the alert's
};
// Which reports a list shows: events that happened from `from` until just before `before`. An empty child:
// all.
struct EmergencyFilter {
  std::string county, child_id;
  absl::Time from = absl::UnixEpoch(), before = absl::InfiniteFuture();
  rights::Filter within;  // what the caller may see, by where the alert was raised
};
// Lists at most `limit` reports behind the alert `after`, by alert.
absl::StatusOr<std::vector<ListedEmergency>> ListEmergencies(postgres::Connection& db,
                                                             const EmergencyFilter& filter,
                                                             std::string_view after, int limit);

// Stores new reports. Errors also: ALREADY_EXISTS for an alert that has one.
absl::Status InsertEmergencies(postgres::Connection& db, absl::Span<const EmergencyRow> rows);

}  // namespace tonghu::alerts
