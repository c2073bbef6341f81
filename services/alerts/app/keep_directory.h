// The registry's facts, kept at hand.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/postgres/directory_rows.h"

namespace tonghu::alerts {

// Facts in the order heard; of several about the same the last one counts.
struct DirectoryFacts {
  std::vector<SchoolFact> schools;
  std::vector<StaffFact> staff;
  std::vector<PostFact> posts;
  std::vector<Child> children;
};
absl::Status KeepDirectory(journal::ShardTransaction& transaction, const DirectoryFacts& facts);

}  // namespace tonghu::alerts
