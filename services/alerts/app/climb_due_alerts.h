// Alerts that nobody answered in time take their next step.
#pragma once

#include "absl/status/statusor.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"

namespace tonghu::alerts {

// Takes the next step of the alerts that are due, the longest due first: at most `limit`, and 5,000 a
// transaction. Gives how many climbed.
absl::StatusOr<int> ClimbDueAlerts(journal::ShardTransaction& transaction, const Context& context, int limit);

}  // namespace tonghu::alerts
