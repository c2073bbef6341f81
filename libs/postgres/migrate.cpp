#include "libs/postgres/migrate.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "libs/status/macros.h"

namespace tonghu::postgres {
namespace {

// The scripts of the set that were applied: version → text.
absl::StatusOr<std::map<int64_t, std::string>> Applied(Connection& connection, const std::string& set) {
  auto rows =
      connection.Run("SELECT version, sql FROM schema_migration WHERE set_name = $1", Params().Text(set));
  if (!rows.ok()) return rows.status();
  std::map<int64_t, std::string> applied;
  for (int i = 0; i < rows->rows(); ++i) applied[rows->Int(i, 0)] = rows->String(i, 1);
  return applied;
}

// Runs a script and notes it as applied, in Migrate's transaction.
absl::Status Apply(Connection& connection, const std::string& set, const Migration& migration) {
  if (absl::Status done = connection.Script(migration.sql); !done.ok()) {
    return absl::Status(done.code(), absl::StrCat("migration ", migration.name, ": ", done.message()));
  }
  return connection
      .Run("INSERT INTO schema_migration (set_name, version, name, sql) VALUES ($1, $2, $3, $4)",
           Params().Text(set).Int(migration.version).Text(migration.name).Text(migration.sql))
      .status();
}

}  // namespace

absl::Status Migrate(Connection& connection, const MigrationSet& set) {
  // Lock, check and scripts are one transaction: a script that fails leaves the schema as it was, since
  // PostgreSQL rolls DDL back too.
  ASSIGN_OR_RETURN(auto transaction, Transaction::Begin(connection));
  // Replicas start together: one migrates a schema at a time. The key holds the schema's name, as services
  // may share a database. The lock is released at commit.
  auto locked =
      connection.Run("SELECT pg_advisory_xact_lock(hashtext('tonghu.migrate.' || current_schema()))");
  if (!locked.ok()) return locked.status();
  RETURN_IF_ERROR(connection.Script(
      "CREATE TABLE IF NOT EXISTS schema_migration (set_name text, version bigint, name text NOT NULL, sql "
      "text NOT NULL, "
      "apply_time timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (set_name, version))"));
  auto applied = Applied(connection, set.name);
  if (!applied.ok()) return applied.status();
  for (const Migration& migration : set.scripts) {
    if (auto found = applied->find(migration.version); found != applied->end()) {
      // A script that was edited later would leave old schemas different from new ones, unseen.
      if (found->second != migration.sql) {
        return absl::FailedPreconditionError(
            absl::StrCat("migration ", migration.name, " was edited after it had been applied"));
      }
      applied->erase(found);
      continue;
    }
    RETURN_IF_ERROR(Apply(connection, set.name, migration));
  }
  // Scripts that are left over are unknown here: an older program meets a newer schema.
  if (!applied->empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the schema has migration ", applied->begin()->first, " of set ", set.name,
                     ", which this program does not know: run the newer version"));
  }
  return transaction.Commit();
}

}  // namespace tonghu::postgres
