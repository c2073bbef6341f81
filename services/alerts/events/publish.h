// What this service says on the journal.
#pragma once

#include "libs/journal/shard_transaction.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

// Appends the event of one new entry of an alert.
void PublishEntry(journal::ShardTransaction& transaction, const Alert& alert, const Entry& entry);

}  // namespace tonghu::alerts
