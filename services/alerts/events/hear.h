// Other services' events, as commands to the use cases.
#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/journal/handler.h"
#include "services/alerts/app/office.h"

namespace tonghu::alerts {

// journal::Handler of this service: applies a run of one producer's events. Events it has no use for are
// passed over. Errors: INVALID_ARGUMENT for bytes that are not the event they say they are; else as the use
// cases.
absl::Status Hear(journal::ShardTransaction& transaction, const Office& office,
                  absl::Span<const journal::Event* const> events);

}  // namespace tonghu::alerts
