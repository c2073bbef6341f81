// The lock of a shard, and what becomes of a holder that does not go on.
#pragma once

#include "absl/status/status.h"
#include "libs/postgres/connection.h"

namespace tonghu::journal {

// The purpose of a transaction on a shard decides how long it waits for the lock, and how long it may hold
// the lock between its statements (docs/adr/2026-11-25-a-stalled-holder-is-thrown-out.md).
enum class Purpose {
  kCommand,     // waits 1.5 s
  kUrgent,      // an emergency: waits 0.4 s, then ends whoever holds the lock
  kBackground,  // consuming and sweeping: waits 0.3 s, so that the thread's other shards go on
  kLong,        // an import: may compute for 15 s between statements, and a statement may take a minute
};

// Adds the limits of the purpose to the transaction just begun.
absl::Status SetLimits(postgres::Connection& db, Purpose purpose);

// Called by a transaction that did not get a shard's lock in time. Ends the holder's session when its client
// has stalled (sends nothing for 1.5 s; 15 s for a long one), or, when the purpose is urgent, whatever the
// holder does. The victim loses its transaction and tries again: every transaction on a shard can be
// repeated, by request id or cursor. Gives whether a session was ended. Errors: as postgres::Connection.
absl::StatusOr<bool> EndHolder(postgres::Connection& db, int shard, Purpose purpose);

}  // namespace tonghu::journal
