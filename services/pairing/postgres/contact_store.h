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

namespace tonghu::pairing {

// One command's child and helper.
struct ContactKey {
  std::string county;
  std::string child_id;
  std::string helper_id;
  absl::Time happen_time;
};

// What is known of one child.
struct ChildState {
  Place place;
  std::vector<Duty> duties;  // open and missed ones that its contacts may close
};

struct ContactContext {
  std::vector<std::vector<PairedSpan>> spans;             // by command
  absl::flat_hash_map<std::string, ChildState> children;  // by "<county>/<child>"; absent: not known
  absl::flat_hash_map<std::string, TalkPolicy> policies;  // by county; absent: the built-in one
};
std::string ChildKey(const std::string& county, const std::string& child_id);

// Everything for a batch in three reads.
absl::StatusOr<ContactContext> LoadContactContext(postgres::Connection& db,
                                                  absl::Span<const ContactKey> keys);

struct ContactRow {
  std::string county, contact_id, child_id, helper_id;
  ContactKind kind;
  absl::Time happen_time, report_time;
  std::string note, closed_duty_id;
};
absl::Status InsertContacts(postgres::Connection& db, absl::Span<const ContactRow> rows);

struct ClosedDuty {
  std::string county, duty_id;
  DutyState state;
  std::string contact_id;
  bool reported_late;
};
// Closes duties that are still open or missed. Errors: INTERNAL when one was not (the shard's lock makes that
// impossible).
absl::Status CloseDuties(postgres::Connection& db, absl::Span<const ClosedDuty> closed);

}  // namespace tonghu::pairing
