// Answers kept for repeated requests are bounded in time.
#pragma once

#include "libs/journal/sweeper.h"

namespace tonghu::journal {

// Deletes answers older than 7 days, by whoever holds shard 0.
Sweep PurgeRequests();

}  // namespace tonghu::journal
