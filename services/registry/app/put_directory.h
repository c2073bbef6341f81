// Putting schools, staff and posts in a transaction: what is there is loaded once, changed in order, stored
// once, with the events.
#pragma once

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/registry/domain/directory.h"

namespace tonghu::registry {

// Puts valid schools in order (of the same one twice, the later stays) and appends `school_put`; and, when
// one moves to another township, `child_put` for its children, whose events carry the township. Gives what
// each changed. Errors: the transaction is lost.
absl::StatusOr<std::vector<Change>> PutSchools(journal::ShardTransaction& transaction,
                                               absl::Span<const School> schools);

// The same for staff: `staff_put`; and, when one is renamed, `post_put` for their posts, whose events carry
// the name.
absl::StatusOr<std::vector<Change>> PutStaff(journal::ShardTransaction& transaction,
                                             absl::Span<const StaffMember> staff);

// The same for posts: `post_put`. School, holder and deputy must be the county's.
absl::StatusOr<std::vector<PutOutcome>> PutPosts(journal::ShardTransaction& transaction,
                                                 absl::Span<const Post> posts);

}  // namespace tonghu::registry
