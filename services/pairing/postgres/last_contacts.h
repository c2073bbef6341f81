// The last contacts of children.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"

namespace tonghu::pairing {

// When a child was last talked with or visited, or its parents were called.
struct LastContact {
  std::string child_id;
  absl::Time happen_time;
};
// Gives the last contacts of those of these children (ids are UUIDs) of a county who ever had one, in any
// order. Takes one look into an index a child. Errors: as postgres::Connection.
absl::StatusOr<std::vector<LastContact>> LoadLastContacts(postgres::Connection& db, const std::string& county,
                                                          absl::Span<const std::string> children);

}  // namespace tonghu::pairing
