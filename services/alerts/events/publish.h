// Publishes the alerts service's events (tonghu.alerts.events.v1).
#pragma once

#include "libs/journal/shard_transaction.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

// Appends the event of one new entry of an alert to the transaction's journal. The key is the child; for an
// alert about a school the school.
void PublishEntry(journal::ShardTransaction& transaction, const Alert& alert, const Entry& entry);

}  // namespace tonghu::alerts
