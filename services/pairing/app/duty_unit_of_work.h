// What contacts change about duties in one transaction: said at once, stored together.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/pairing/domain/settlement.h"
#include "services/pairing/postgres/contact_store.h"

namespace tonghu::pairing {

struct DutyChange {
  DutyBefore before;
  Duty after;
};
// Settle, with the duties as they were.
std::vector<DutyChange> SettleContact(ChildFacts& facts, size_t contact, const DutyPolicy& policy);

class DutyUnitOfWork {
 public:
  explicit DutyUnitOfWork(journal::ShardTransaction& transaction) : transaction_(transaction) {}

  // What one contact changes. Says duty_done_late or duty_changed for each change; `plain`: contact_logged
  // says the only one already, of a duty that was open.
  void Add(const ChildState& child, std::vector<DutyChange> changes, bool plain);
  // Stores duties, the new contacts, and what earlier contacts close by now. Sets `closed_duty_id` of
  // contacts for which a later one of this transaction took the duty over.
  absl::Status Save(absl::Span<ContactRow> contacts);

 private:
  journal::ShardTransaction& transaction_;
  std::vector<Duty> closed_;                        // after each change, in order
  std::map<postgres::Key, std::string> closed_by_;  // what contacts close at last, but for plain changes
};

// Lets contacts that happened in a window that is not over, and close nothing, close duties of those
// children: for duties made when their window has begun.
absl::Status SettleBegun(journal::ShardTransaction& transaction, absl::Span<const postgres::Key> children);

}  // namespace tonghu::pairing
