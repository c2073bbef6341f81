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
  Duty before, after;
};
// Settle, with the duties as they were.
std::vector<DutyChange> SettleContact(ChildFacts& facts, size_t contact, const DutyPolicy& policy);

class DutyUnitOfWork {
 public:
  explicit DutyUnitOfWork(journal::ShardTransaction& transaction) : transaction_(transaction) {}

  // Says duty_done_late or duty_changed for each, but for the duty that contact_logged says already.
  void Add(const ChildState& child, absl::Span<const DutyChange> changes, const std::string& said);
  // Stores duties, the new contacts, and what earlier contacts close by now.
  absl::Status Save(std::vector<ContactRow> contacts);

 private:
  journal::ShardTransaction& transaction_;
  std::map<postgres::Key, Duty> duties_;            // as they are at last
  std::map<postgres::Key, std::string> closed_by_;  // contact → the duty that it closes at last
};

// Lets contacts that happened in a window that is not over, and close nothing, close duties of those
// children: for duties made when their window has begun.
absl::Status SettleBegun(journal::ShardTransaction& transaction, absl::Span<const postgres::Key> children);

}  // namespace tonghu::pairing
