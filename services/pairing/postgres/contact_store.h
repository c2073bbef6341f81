// Contacts, and what is needed to decide them.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "libs/postgres/keys.h"
#include "services/pairing/domain/contact.h"
#include "services/pairing/domain/duty.h"
#include "services/pairing/domain/settlement.h"

namespace tonghu::pairing {

// One command's child.
struct ContactKey {
  std::string county;
  std::string child_id;
  absl::Time happen_time;
  ContactKind kind = ContactKind::kTalk;
};

// What is known of one child.
struct ChildState {
  std::string county, child_id;
  Place place;
  ChildFacts facts;
};
std::string ChildKey(const std::string& county, const std::string& child_id);
using ChildStates = absl::flat_hash_map<std::string, ChildState>;  // by ChildKey

// What one lookup a contact tells: the duties of the window that it happened in that no contact of it has
// closed, and that the helper who owes each now is paired with the child from its `paired_from` on.
struct Windows {
  std::vector<ChildState>
      children;  // by index of the contacts; empty: nothing found, or the child has several
  Policies policies;
};
// Takes the shard's lock, if it was not taken, and looks for them in the same round trip. The contacts have a
// happen_time and a kind that fulfils one of duty.
absl::StatusOr<Windows> EnterWithWindows(journal::ShardTransaction& transaction,
                                         absl::Span<const ContactKey> contacts);

// Enough for CheckContact and CloseDirectly: of duties those that no contact of their window has
// closed and that the contacts may be about; no contacts. Absent: a child that is not known.
absl::StatusOr<ChildStates> LoadContactContext(postgres::Connection& db,
                                               absl::Span<const ContactKey> contacts, absl::Time now);
absl::StatusOr<Policies> LoadPolicies(postgres::Connection& db, absl::Span<const std::string> counties);

// Enough for Settle: all duties of windows that began from `since` to `now`, and all contacts since that
// fulfil a kind of duty.
absl::StatusOr<ChildStates> LoadAllFacts(postgres::Connection& db, absl::Span<const postgres::Key> children,
                                         absl::Time since, absl::Time now);

struct ContactRow {
  std::string county, contact_id, child_id, helper_id;
  ContactKind kind = ContactKind::kTalk;
  absl::Time happen_time, report_time;
  std::string note, closed_duty_id;
};
absl::Status InsertContacts(postgres::Connection& db, absl::Span<const ContactRow> rows);

// Stores how duties were closed, where they were read in this transaction; each at most once. When one is not
// there (the shard's lock makes that impossible) the commit fails as ABORTED.
absl::Status CloseDuties(postgres::Connection& db, absl::Span<const Duty> closed);

// A contact that was stored and closes another duty than before; empty: none.
struct MovedContact {
  std::string county, contact_id, closed_duty_id;
};
absl::Status MoveContacts(postgres::Connection& db, absl::Span<const MovedContact> moved);

}  // namespace tonghu::pairing
