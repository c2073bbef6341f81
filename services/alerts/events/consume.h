// Consumes other services' events: each becomes an input of a use case.
#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/journal/event_handler.h"
#include "services/alerts/app/context.h"

namespace tonghu::alerts {

// The journal::EventHandler of this service: applies a batch of one producer's events. Events without use
// here are passed over. Errors: INVALID_ARGUMENT for bytes that are not the event that their type names; else
// as the use cases.
absl::Status Consume(journal::ShardTransaction& transaction, const Context& context,
                     absl::Span<const journal::Event* const> events);

// Whether events of this type change anything in this service.
bool Wants(std::string_view type);

}  // namespace tonghu::alerts
