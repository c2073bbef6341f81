// Puts schools, staff and posts in a transaction: known rows are loaded once, changed in order, and stored
// once, with the events.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/registry/domain/directory.h"

namespace tonghu::registry {

// A valid row as a caller gives it.
template <class Row>
struct Given {
  Row row;
  // What is not given stays as it is, or as an earlier row leaves it: each sets a part of `row` from the row
  // before.
  std::vector<void (*)(const Row& before, Row& row)> kept = {};
};
// Keeps a member of a row.
template <class Row, auto member>
void Keep(const Row& before, Row& row) {
  row.*member = before.*member;
}
// Keeps a post's deputy, unless the deputy becomes the holder.
void KeepDeputy(const Post& before, Post& row);

// Puts rows in order (of one given twice the later counts), fills in what is kept, and appends `school_put`,
// `staff_put` or `post_put`. The school, holder and deputy of a post, and the school of a staff
// member, must be of the county; holder and deputy must not have left. The posts of somebody who has left now
// become vacant, with `post_put` of each. Events of other
// rows that carry what changes are published again: `child_put` of the children of a school that moves to
// another township, `post_put` of the posts of a staff member who is renamed. Gives the outcome of each row.
// Errors: the transaction is lost.
absl::StatusOr<std::vector<PutOutcome>> Put(journal::ShardTransaction& transaction,
                                            absl::Span<Given<School>> schools);
absl::StatusOr<std::vector<PutOutcome>> Put(journal::ShardTransaction& transaction,
                                            absl::Span<Given<StaffMember>> staff);
absl::StatusOr<std::vector<PutOutcome>> Put(journal::ShardTransaction& transaction,
                                            absl::Span<Given<Post>> posts);

}  // namespace tonghu::registry
