// What contacts said before they were corrected or withdrawn. Errors of all functions: the connection's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "libs/postgres/keys.h"
#include "services/pairing/postgres/contact_store.h"

namespace tonghu::pairing {

// A contact as it was, and who changed it, when and why.
struct ContactVersion {
  ContactRow contact;
  absl::Time change_time;
  std::string changed_by, reason;
};
absl::Status KeepVersion(postgres::Connection& db, const ContactVersion& version);
// The former versions of contacts (county and contact's id), by contact and version.
absl::StatusOr<std::vector<ContactVersion>> LoadVersions(postgres::Connection& db,
                                                         absl::Span<const postgres::Key> contacts);
// Stores the contact over what it was. Its child, helper and times of report and request stay.
absl::Status ChangeContact(postgres::Connection& db, const ContactRow& contact);

}  // namespace tonghu::pairing
