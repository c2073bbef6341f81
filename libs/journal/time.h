// What time it is. One clock for all replicas: the database's
// (docs/adr/2026-11-25-the-database-clock-is-the-time.md).
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "libs/postgres/connection.h"

namespace tonghu::journal {

// For what is read and for what needs no shard; a ShardTransaction brings its own time. The database's time,
// one round trip; a virtual clock's where `clock` is one. Errors: as postgres::Connection.
absl::StatusOr<absl::Time> Now(postgres::Connection& connection, const clock::Clock& clock);

// The time of a transaction on a shard whose newest one with events had the time `newest`, when the clock
// says `now`. A clock that is a little behind (a minute at most: another server took over, an adjustment)
// waits at `newest`; a clock that went back further was put right, and is followed. Pure.
absl::Time TimeBehind(absl::Time newest, absl::Time now);

}  // namespace tonghu::journal
