// Lines of pairings: how a line begins, goes on, and follows a class teacher.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/ids/ids.h"
#include "libs/journal/shard_transaction.h"
#include "services/pairing/postgres/pairing_store.h"

namespace tonghu::pairing {

// Begins pairings of which child, helper, role, basis and place are set, and sets the rest of them. A pairing
// continues the child's line that ended in a window that is not over, if there is one, and owes again the
// duties that the end had excused. Otherwise the pairing begins a line. Errors: the connection's.
absl::Status Begin(journal::ShardTransaction& transaction, ids::Source& ids,
                   std::vector<PairingRow>& pairings);

// Ends each pairing's former one and begins the pairing; open duties go along. Id, line and helpers are set
// by the caller; HandOver sets the times. Errors: the connection's.
absl::Status HandOver(journal::ShardTransaction& transaction, std::vector<PairingRow>& pairings);

// Hands pairings that follow the class teacher over to the one who is the class teacher now: of the given
// children, and of all children of the classes for which the given posts answer. Errors: the connection's.
absl::Status FollowClassTeachers(journal::ShardTransaction& transaction,
                                 absl::Span<const postgres::Key> children,
                                 absl::Span<const postgres::Key> posts);

}  // namespace tonghu::pairing
