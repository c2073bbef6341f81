// Making duties, and taking away those of windows that have no school day any more.
#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/pairing/postgres/duty_store.h"

namespace tonghu::pairing {

struct Replanned {
  int made = 0, taken_away = 0;
};
// Makes what those pairings owe and lack from the windows of today on, as far as the horizon.
absl::StatusOr<Replanned> Plan(journal::ShardTransaction& transaction,
                               absl::Span<const PairingToPlan> pairings);
// The same, after their calendar or school changed: open duties of later windows that are not owed now are
// taken away. A window that has begun stays.
absl::StatusOr<Replanned> Replan(journal::ShardTransaction& transaction,
                                 absl::Span<const PairingToPlan> pairings);

}  // namespace tonghu::pairing
