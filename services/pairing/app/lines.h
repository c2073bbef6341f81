// Lines of pairings: how they begin, go on, and follow a class teacher.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/ids/ids.h"
#include "libs/journal/shard_transaction.h"
#include "services/pairing/postgres/pairing_store.h"

namespace tonghu::pairing {

// Begins pairings of which child, helper, role, basis and place are set: each continues the line of the
// child's that ended in a window that is not over, if there is one, and owes again what that one's end
// excused. Sets the rest of them.
absl::Status Begin(journal::ShardTransaction& transaction, ids::Source& ids,
                   std::vector<PairingRow>& pairings);

// Ends each pairing's former one; open duties go along. Id, line and helpers are set; sets the times.
absl::Status HandOver(journal::ShardTransaction& transaction, std::vector<PairingRow>& pairings);

// Hands pairings whose helper is the class teacher over to who is that now: of some children, and of all
// children of the classes that some posts answer for.
absl::Status FollowClassTeachers(journal::ShardTransaction& transaction,
                                 absl::Span<const postgres::Key> children,
                                 absl::Span<const postgres::Key> posts);

}  // namespace tonghu::pairing
