// Contacts, and what is needed to decide them.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/pairing/domain/contact.h"
#include "services/pairing/domain/duty.h"
#include "services/pairing/domain/settlement.h"

namespace tonghu::pairing {

// One command's child.
struct ContactKey {
  std::string county;
  std::string child_id;
  absl::Time happen_time;
};

// What is known of one child.
struct ChildState {
  std::string county, child_id;
  Place place;
  ChildFacts facts;
};
std::string ChildKey(const std::string& county, const std::string& child_id);
using ChildStates = absl::flat_hash_map<std::string, ChildState>;  // by ChildKey
using Policies = absl::flat_hash_map<std::string, TalkPolicy>;     // by county; absent: the built-in one

struct ContactContext {
  ChildStates children;  // absent: not known
  Policies policies;
};
// Enough for CheckContact and CloseDirectly, for a batch in three reads: of duties those that no talk of
// their week has closed and that the contacts may be about; no talks.
absl::StatusOr<ContactContext> LoadContactContext(postgres::Connection& db, absl::Span<const ContactKey> keys,
                                                  absl::Time now);
absl::StatusOr<Policies> LoadPolicies(postgres::Connection& db, absl::Span<const std::string> counties);

// Enough for Settle: all duties of weeks that began from `since` to `now`, and all talks since.
absl::StatusOr<ChildStates> LoadAllFacts(postgres::Connection& db, absl::Span<const std::string> counties,
                                         absl::Span<const std::string> children, absl::Time since,
                                         absl::Time now);

struct ContactRow {
  std::string county, contact_id, child_id, helper_id;
  ContactKind kind;
  absl::Time happen_time, report_time;
  std::string note, closed_duty_id;
};
absl::Status InsertContacts(postgres::Connection& db, absl::Span<const ContactRow> rows);

struct ClosedDuty {
  std::string county;
  Duty duty;
};
// Stores how duties were closed; each at most once. Errors: INTERNAL when one is not there (the shard's lock
// makes that impossible).
absl::Status CloseDuties(postgres::Connection& db, absl::Span<const ClosedDuty> closed);

// A contact that was stored and closes another duty than before; empty: none.
struct MovedContact {
  std::string county, contact_id, closed_duty_id;
};
absl::Status MoveContacts(postgres::Connection& db, absl::Span<const MovedContact> moved);

}  // namespace tonghu::pairing
