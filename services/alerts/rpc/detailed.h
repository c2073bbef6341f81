// Alerts as questions are answered: with all that those told may read.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/alert.h"
#include "tonghu/alerts/v1/alert.pb.h"

namespace tonghu::alerts {

// One message an alert, in the same order, with its mornings, what was reported and
// how far its messages have come. Four statements at most, whatever the number.
absl::StatusOr<std::vector<v1::Alert>> DetailedMessages(postgres::Connection& db,
                                                        const std::vector<Alert>& alerts);

}  // namespace tonghu::alerts
