// Consumes other services' events: adds them up.
#pragma once

#include "absl/types/span.h"
#include "libs/journal/event_handler.h"

namespace tonghu::reporting {

// The journal::EventHandler of this service: folds the batch in memory, then changes each school's week once.
// Errors: INVALID_ARGUMENT for a payload that can't be read or a fact that can't be right (Count); the
// connection's.
absl::Status Consume(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events);

}  // namespace tonghu::reporting
