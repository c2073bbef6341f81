// Alerts as queries show them: with everything that those told may read.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/alert.h"
#include "tonghu/alerts/v1/alert.pb.h"

namespace tonghu::alerts {

// Gives one message for each alert, in the same order, with its mornings, the report and the delivery. Takes
// four statements at most, whatever the number.
absl::StatusOr<std::vector<v1::Alert>> DetailedMessages(postgres::Connection& db,
                                                        const std::vector<Alert>& alerts);

}  // namespace tonghu::alerts
