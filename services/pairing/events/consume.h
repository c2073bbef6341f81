// What pairing hears: the registry's children, staff, schools and class teachers, kept as projections.
#pragma once

#include "libs/journal/event_handler.h"

namespace tonghu::pairing {

// child_put (a child that changed schools is planned anew), post_put (pairings follow the class teacher),
// staff_put, school_put; others are passed over.
absl::Status Consume(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events);

}  // namespace tonghu::pairing
