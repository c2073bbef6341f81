// A school that sent no attendance in time raises an alert.
#pragma once

#include "absl/status/statusor.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"

namespace tonghu::alerts {

// Raises an alert for each morning whose time has come, the longest due first, at most `limit`. Gives how
// many mornings there were.
absl::StatusOr<int> MissAttendance(journal::ShardTransaction& transaction, const Context& context, int limit);

}  // namespace tonghu::alerts
