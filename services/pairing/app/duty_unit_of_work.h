// The changes that contacts make to duties in one transaction: published at once, stored together.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/pairing/domain/settlement.h"
#include "services/pairing/postgres/contact_store.h"

namespace tonghu::pairing {

// A duty before and after one change.
struct DutyChange {
  DutyBefore before;
  Duty after;
};
// Calls SettleAll and gives each changed duty as it was and as it is.
std::vector<DutyChange> SettleContact(ChildFacts& facts, size_t contact, const VersionsOf& versions);

// Gathers the changes of one transaction. Used by one thread, within the transaction's life.
class DutyUnitOfWork {
 public:
  explicit DutyUnitOfWork(journal::ShardTransaction& transaction) : transaction_(transaction) {}

  // Adds what one contact changes. Publishes duty_done_late or duty_changed for each change. `plain`: the
  // only changes are open duties done in their windows, and contact_logged says so already.
  void Add(const ChildState& child, std::vector<DutyChange> changes, bool plain);
  // Stores the duties, the new contacts, and which duties earlier contacts close now. Sets `closed_duty_ids`
  // of new contacts of which a later one of this transaction took over. Errors: the connection's.
  absl::Status Save(absl::Span<ContactRow> contacts);

 private:
  journal::ShardTransaction& transaction_;
  std::vector<Duty> closed_;  // duties after each change, in order
  MovedContacts moved_;       // without plain changes
};

// Lets contacts of these children that happened at `since` or later, and close nothing, close duties: for
// duties that are made when their windows have begun, at `since` or later.
absl::Status SettleBegun(journal::ShardTransaction& transaction, absl::Span<const postgres::Key> children,
                         absl::Time since);

}  // namespace tonghu::pairing
