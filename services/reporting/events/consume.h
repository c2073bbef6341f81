// What reporting does with other services' events: it adds them up.
#pragma once

#include "absl/types/span.h"
#include "libs/journal/event_handler.h"

namespace tonghu::reporting {

// A journal::EventHandler: folds the batch in memory, then changes each school's week once. Errors:
// INVALID_ARGUMENT for a payload that can't be read or a fact that can't be right (Count); those of the
// connection.
absl::Status Consume(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events);

}  // namespace tonghu::reporting
