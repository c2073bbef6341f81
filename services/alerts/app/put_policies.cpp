#include <vector>

#include "libs/status/macros.h"
#include "services/alerts/app/policies.h"
#include "services/alerts/postgres/policy_rows.h"

namespace tonghu::alerts {

absl::Status PutPolicies(journal::ShardTransaction& transaction, absl::Span<PolicyChange> changes) {
  std::vector<std::string> counties;
  for (const PolicyChange& change : changes) counties.push_back(change.county);
  // Read under the shard's lock, so that two officers at once get two versions.
  ASSIGN_OR_RETURN(auto book, LoadPolicies(transaction.db(), counties));
  std::vector<PolicyRow> rows;
  for (PolicyChange& change : changes) {
    if (absl::Status checked = CheckPolicy(change.policy); !checked.ok()) {
      change.stored = checked;
      continue;
    }
    change.policy.put_time = transaction.now();
    // The first policy of a county's own is version 1, as the built-in one is version 0.
    change.policy.version = book.InForce(change.county, change.policy.kind).version + 1;
    book.Put(change.county, change.policy);  // a later change of the batch is the version after it
    change.stored = change.policy;
    rows.push_back({change.county, change.policy});
  }
  return InsertPolicies(transaction.db(), rows);
}

}  // namespace tonghu::alerts
