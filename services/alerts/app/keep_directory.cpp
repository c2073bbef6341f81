#include "services/alerts/app/keep_directory.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"

namespace tonghu::alerts {
namespace {

// Leaves the last of each key: one statement can store a row only once.
template <class Fact>
void KeepLast(std::vector<Fact>& facts) {
  absl::flat_hash_set<Key> seen;
  std::vector<Fact> last;
  for (auto fact = facts.rbegin(); fact != facts.rend(); ++fact) {
    if (seen.emplace(fact->county, fact->id).second) last.push_back(std::move(*fact));
  }
  facts = std::move(last);
}

template <class Fact, class Store>
absl::Status Keep(postgres::Connection& db, std::vector<Fact>& facts, Store store) {
  if (facts.empty()) return absl::OkStatus();
  KeepLast(facts);
  return store(db, facts);
}

}  // namespace

absl::Status KeepDirectory(journal::ShardTransaction& transaction, DirectoryFacts facts) {
  postgres::Connection& db = transaction.db();
  absl::Status kept = Keep(db, facts.schools, StoreSchools);
  if (kept.ok()) kept = Keep(db, facts.staff, StoreStaff);
  if (kept.ok()) kept = Keep(db, facts.posts, StorePosts);
  if (kept.ok()) kept = Keep(db, facts.children, StoreChildren);
  return kept;
}

absl::Status KeepContacts(journal::ShardTransaction& transaction,
                          const ByKey<absl::Time>& last_contact_times) {
  return last_contact_times.empty() ? absl::OkStatus() : StoreContacts(transaction.db(), last_contact_times);
}

}  // namespace tonghu::alerts
