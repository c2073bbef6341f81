// What access does with other services' events: posts and staff (registry) and who helps whom (pairing) are
// kept, since rights come from them. The accounts of staff who have left are disabled.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/journal/event_handler.h"

namespace tonghu::access {

bool Wants(std::string_view type);

// Errors: INVALID_ARGUMENT for an event that can't be read; the connection's.
absl::Status Consume(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events);

}  // namespace tonghu::access
