#include "services/alerts/app/keep_directory.h"

namespace tonghu::alerts {

absl::Status KeepDirectory(journal::ShardTransaction& transaction, const DirectoryFacts& facts) {
  postgres::Connection& db = transaction.db();
  absl::Status kept = StoreSchools(db, facts.schools);
  if (kept.ok()) kept = StoreStaff(db, facts.staff);
  if (kept.ok()) kept = StorePosts(db, facts.posts);
  if (kept.ok()) kept = StoreChildren(db, facts.children);
  return kept;
}

}  // namespace tonghu::alerts
