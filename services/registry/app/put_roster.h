// Putting what a roster's rows say, inside a transaction.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "libs/ids/ids.h"
#include "libs/journal/shard_transaction.h"
#include "services/registry/domain/roster.h"

namespace tonghu::registry {

struct RosterCounts {
  int created = 0;
  int updated = 0;
  int unchanged = 0;
  void Add(Change change);
};

// Each stores its rows and counts what they changed; with an error in `errors`, found here or earlier, what
// is stored is of no use and the caller rolls back. Error returns: the transaction is lost.
absl::Status PutSchoolRoster(journal::ShardTransaction& transaction, const std::vector<SchoolRow>& rows,
                             RowErrors& errors, RosterCounts& counts);
absl::Status PutStaffRoster(journal::ShardTransaction& transaction, const StaffRoster& roster,
                            RowErrors& errors, RosterCounts& counts);

struct ChildRoster {
  const std::string& county;
  const std::vector<ChildRow>& rows;
  ids::Source& ids;
};
absl::Status PutChildRoster(journal::ShardTransaction& transaction, const ChildRoster& roster,
                            RowErrors& errors, RosterCounts& counts);

}  // namespace tonghu::registry
