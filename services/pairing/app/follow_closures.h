// Duties follow closures: whatever changes duties or closures is followed by one of these.
#pragma once

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/pairing/postgres/closure_store.h"

namespace tonghu::pairing {

// How many duties were excused, and how many are owed again.
struct Followed {
  int excused = 0, owed_again = 0;
  Followed& operator+=(const Followed& other);
};
// Brings the duties of these children of windows that have one of the days in line with the closures:
// publishes duty_excused for those excused, duty_changed for those owed again, which contacts that close
// nothing may then close. Errors: the connection's; INTERNAL when a stored calendar can't be read.
absl::StatusOr<Followed> FollowClosures(journal::ShardTransaction& transaction,
                                        absl::Span<const postgres::Key> children, DayRange days);
// The same after duties were planned: those of windows from today until as far ahead as duties are made. Does
// nothing where the counties have announced no closure that counts.
absl::Status FollowPlanned(journal::ShardTransaction& transaction, absl::Span<const PairingToPlan> pairings);

// Lets the duties of at most `most` children of the closure's division follow, from where the work stands,
// and notes where it stands then. Sets `most` to how many children may still be looked at in this
// transaction, and `working` to whether any are left. Errors: as FollowClosures.
absl::StatusOr<Followed> FollowSome(journal::ShardTransaction& transaction, Closing closing, int& most,
                                    bool& working);

// Takes back what duties that closures had excused count, before they are deleted.
void PublishExcuseTakenBack(journal::ShardTransaction& transaction, absl::Span<const PlacedDuty> duties);

}  // namespace tonghu::pairing
