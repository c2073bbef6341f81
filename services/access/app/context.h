// What the use cases work with.
#pragma once

#include <functional>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"
#include "libs/journal/shard_transaction.h"
#include "libs/postgres/pool.h"
#include "services/access/secrets/passwords.h"
#include "services/access/secrets/random.h"
#include "services/access/secrets/signer.h"
#include "services/access/secrets/vault.h"
#include "services/access/sessions/session_store.h"

namespace tonghu::access {

// All outlive the use cases.
struct Context {
  postgres::Pool& pool;
  const clock::Clock& journal_clock;  // the journal's, which may be virtual
  // The machine's. Passwords, codes, sessions and grants last by it, also where the journal's is virtual: who
  // signs in looks at a clock on the wall.
  const clock::Clock& clock;
  ids::Source& ids;
  const Vault& vault;
  const Passwords& passwords;
  Random& random;
  SessionStore& sessions;
  Signer& signer;
  std::function<int(std::string_view county)> shard_of;
  std::function<absl::Status()> admit;  // whether this replica changes anything now
};

// A connection. Errors: UNAVAILABLE.
absl::StatusOr<postgres::Pool::Lease> Connect(const Context& context);

// Runs `work` in a transaction on the county's shard, as `actor`, and commits unless it gives an error. For
// changes that come with a session and go by no command. Errors: those of `work`; the connection's.
absl::Status InShard(const Context& context, std::string_view county, std::string_view actor,
                     absl::FunctionRef<absl::Status(journal::ShardTransaction&)> work);

}  // namespace tonghu::access
