// Schema changes: numbered scripts, applied once each, in order, under a lock.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/postgres/connection.h"

namespace tonghu::postgres {

struct Migration {
  int version;       // 1, 2, 3, …
  std::string name;  // "001_journal"
  std::string sql;   // never edited once it has been applied anywhere
};

// Applies what the schema has not had yet, each in a transaction. Several processes may call it at once.
// `set` tells sets of migrations apart that share a schema ("journal", "pairing"). Errors:
// FAILED_PRECONDITION when an applied script's text has changed or is unknown to this program.
absl::Status Migrate(Connection& connection, const std::string& set,
                     const std::vector<Migration>& migrations);

}  // namespace tonghu::postgres
