// Purge of the answers kept for repeated requests, whose number time bounds (I7).
#pragma once

#include "libs/journal/sweeper.h"

namespace tonghu::journal {

// Deletes answers older than 7 days; done by the holder of shard 0.
Sweep PurgeRequests();

}  // namespace tonghu::journal
