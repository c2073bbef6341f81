// Puts the rows of a roster in a transaction.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/ids/ids.h"
#include "libs/journal/shard_transaction.h"
#include "services/registry/domain/roster.h"

namespace tonghu::registry {

// The errors of a roster's rows, and how many rows changed what.
struct RosterOutcome {
  RowErrors errors;
  int created = 0, updated = 0, unchanged = 0;
  void Add(Change change) {
    ++(change == Change::kCreated ? created : change == Change::kUpdated ? updated : unchanged);
  }
};

// Each stores its rows and adds to `outcome`. When `outcome` has an error, found here or earlier, what was
// stored is of no use and the caller rolls back. A status other than OK: the transaction is lost.
absl::Status PutSchoolRoster(journal::ShardTransaction& transaction, const std::vector<SchoolRow>& rows,
                             RosterOutcome& outcome);
absl::Status PutStaffRoster(journal::ShardTransaction& transaction, const StaffRoster& roster,
                            RosterOutcome& outcome);

// The rows of a roster of children.
struct ChildRoster {
  std::string county;
  std::vector<ChildRow> rows;
};
absl::Status PutChildRoster(journal::ShardTransaction& transaction, const ChildRoster& roster,
                            ids::Source& ids, RosterOutcome& outcome);

}  // namespace tonghu::registry
