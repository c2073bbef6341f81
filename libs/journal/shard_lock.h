// A shard's lock, and what becomes of those who hold it and do not go on.
#pragma once

#include "absl/status/status.h"
#include "libs/postgres/connection.h"

namespace tonghu::journal {

// What a transaction on a shard is for: how long it waits for the lock, how long it may hold it between its
// statements (docs/adr/2026-11-25-a-stalled-holder-is-thrown-out.md).
enum class Purpose {
  kCommand,     // waits 1.5 s
  kUrgent,      // an emergency: waits 0.4 s, then ends whoever holds the lock
  kBackground,  // what others are told and what is due: waits 0.3 s, so that the thread's other shards go on
  kLong,        // an import: may compute for 15 s between statements, and a statement may take a minute
};

// Adds the purpose's limits to the transaction just begun.
absl::Status SetLimits(postgres::Connection& db, Purpose purpose);

// For one who did not get the lock of a shard in time: ends the holder's session when its client has stalled
// (sends nothing for 1.5 s, 15 s for a long one), or whatever it does when the purpose is urgent. The victim
// loses its transaction and tries again: every transaction on a shard can be repeated, by request id or
// cursor. Gives whether a session was ended. Errors: as postgres::Connection.
absl::StatusOr<bool> EndHolder(postgres::Connection& db, int shard, Purpose purpose);

}  // namespace tonghu::journal
