// Putting what a roster's rows say, inside a transaction.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/ids/ids.h"
#include "libs/journal/shard_transaction.h"
#include "services/registry/domain/roster.h"

namespace tonghu::registry {

// What is wrong with a roster's rows, and what they changed.
struct RosterOutcome {
  RowErrors errors;
  int created = 0, updated = 0, unchanged = 0;
  void Add(Change change) {
    ++(change == Change::kCreated ? created : change == Change::kUpdated ? updated : unchanged);
  }
};

// Each stores its rows and adds what is found. With an error in `outcome`, found here or earlier, what is
// stored is of no use and the caller rolls back. Error returns: the transaction is lost.
absl::Status PutSchoolRoster(journal::ShardTransaction& transaction, const std::vector<SchoolRow>& rows,
                             RosterOutcome& outcome);
absl::Status PutStaffRoster(journal::ShardTransaction& transaction, const StaffRoster& roster,
                            RosterOutcome& outcome);

struct ChildRoster {
  std::string county;
  std::vector<ChildRow> rows;
};
absl::Status PutChildRoster(journal::ShardTransaction& transaction, const ChildRoster& roster,
                            ids::Source& ids, RosterOutcome& outcome);

}  // namespace tonghu::registry
