// Planning: duties are made, and those of windows that have no school day any more are taken away.
#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/pairing/postgres/duty_store.h"

namespace tonghu::pairing {

// How many duties were made and taken away.
struct Replanned {
  int made = 0, taken_away = 0;
};
// Makes the duties that the pairings owe and lack, from the present windows as far as the horizon. Errors:
// the connection's; INTERNAL when a stored calendar can't be read.
absl::StatusOr<Replanned> Plan(journal::ShardTransaction& transaction,
                               absl::Span<const PairingToPlan> pairings);
// Plans as Plan does, after a calendar, school or policy has changed: open duties of later windows that are
// not owed now are taken away. The duty of a window that had begun at `since`, the time of the change, stays.
// Errors: as Plan's.
absl::StatusOr<Replanned> Replan(journal::ShardTransaction& transaction,
                                 absl::Span<const PairingToPlan> pairings, absl::Time since);

}  // namespace tonghu::pairing
