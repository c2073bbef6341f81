// Other services' events, as commands to the use cases.
#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/journal/event_handler.h"
#include "services/alerts/app/context.h"

namespace tonghu::alerts {

// journal::EventHandler of this service: applies a run of one producer's events. Events it has no use for are
// passed over. Errors: INVALID_ARGUMENT for bytes that are not the event they say they are; else as the use
// cases.
absl::Status Consume(journal::ShardTransaction& transaction, const Context& context,
                     absl::Span<const journal::Event* const> events);

// Whether events of this type change anything here.
bool Wants(std::string_view type);

}  // namespace tonghu::alerts
