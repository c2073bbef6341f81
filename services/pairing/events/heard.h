// What pairing hears: the registry's children and staff, kept as projections.
#pragma once

#include "libs/journal/handler.h"

namespace tonghu::pairing {

// child_put (a child that changed schools is planned anew), staff_put; others are passed over.
absl::Status Hear(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events);

}  // namespace tonghu::pairing
