// Consumes the registry's events: its read model of the directory, and the pairings that follow a child or a
// class teacher.
#pragma once

#include "libs/journal/event_handler.h"

namespace tonghu::pairing {

// Applies a batch of events: child_put (a child that changed schools is planned anew), post_put (pairings
// follow the class teacher), staff_put (who left covers nobody) and school_put; does nothing for other types.
// Errors: INVALID_ARGUMENT for a payload that can't be read; the connection's.
absl::Status Consume(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events);

}  // namespace tonghu::pairing
