// Schema migrations: numbered scripts, each applied once, in order, under a lock.
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

// Scripts that are numbered together: a library's or a service's. A schema may have several sets, told apart
// by name.
struct MigrationSet {
  std::string name;  // "journal", "pairing"
  std::vector<Migration> scripts;
};

// Applies the scripts of a set that the schema has not had yet, in one transaction. Several processes may
// call it at once. Errors: FAILED_PRECONDITION when the text of an applied script has changed or is unknown
// to this program; the connection's.
absl::Status Migrate(Connection& connection, const MigrationSet& set);

}  // namespace tonghu::postgres
