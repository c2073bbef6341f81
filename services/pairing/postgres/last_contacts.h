// When children were last spoken with.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"

namespace tonghu::pairing {

// When a child was last talked with or visited, or its parents called.
struct LastContact {
  std::string child_id;
  absl::Time happen_time;
};
// Of these children of a county (ids are UUIDs) those who ever had a contact, in any order. One look into an
// index a child. Errors: as postgres::Connection.
absl::StatusOr<std::vector<LastContact>> LoadLastContacts(postgres::Connection& db, const std::string& county,
                                                          absl::Span<const std::string> children);

}  // namespace tonghu::pairing
