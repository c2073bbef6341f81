// The time for all replicas: the database's (docs/adr/2026-11-25-the-database-clock-is-the-time.md).
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "libs/postgres/connection.h"

namespace tonghu::journal {

// The database's time, by one round trip, or a virtual clock's where `clock` is one; for queries and for what
// needs no shard. A ShardTransaction brings its own time. Errors: as postgres::Connection.
absl::StatusOr<absl::Time> Now(postgres::Connection& connection, const clock::Clock& clock);

// The time of a transaction when the clock says `now` and the shard's newest transaction with events had the
// time `newest`. A clock that is a little behind (a minute at most: another server took over, an adjustment)
// waits at `newest`. A clock that went back further was put right, and is followed. Pure.
absl::Time TimeBehind(absl::Time newest, absl::Time now);

}  // namespace tonghu::journal
