// Alerts that nobody answered in time take their next step.
#pragma once

#include "absl/status/statusor.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"

namespace tonghu::alerts {

// Gives how many climbed.
absl::StatusOr<int> ClimbDueAlerts(journal::ShardTransaction& transaction, const Context& context, int limit);

}  // namespace tonghu::alerts
