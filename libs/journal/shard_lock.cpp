#include "libs/journal/shard_lock.h"

#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "libs/log/log.h"
#include "libs/status/macros.h"

namespace tonghu::journal {
namespace {

// The holder of a row lock is the row's xmax, and a transaction holds the lock on its own id. (xmax outlasts
// its transaction, but then nobody holds that id's lock.) An active session that waits for its client is in a
// COPY whose rows do not come, or sends rows that nobody takes; no time-out of PostgreSQL reaches that
// session. `state_change` is when the session became idle or its statement began. $2 is whether the caller is
// urgent. Urgent transactions do not end one another.
constexpr char kHolder[] = R"sql(
SELECT a.pid, pg_terminate_backend(a.pid)
FROM journal_head h
JOIN pg_locks l ON l.locktype = 'transactionid' AND l.transactionid = h.xmax AND l.mode = 'ExclusiveLock' AND l.granted
JOIN pg_stat_activity a ON a.pid = l.pid
WHERE h.shard = $1 AND a.pid <> pg_backend_pid()
AND ($2 AND a.application_name <> 'tonghu urgent' OR (a.state LIKE 'idle in transaction%' OR a.wait_event_type = 'Client')
  AND a.state_change < clock_timestamp() - CASE a.application_name WHEN 'tonghu long' THEN interval '15 s' ELSE interval '1.5 s' END))sql";

// A shard's writers use few statements again and again, with arrays of which PostgreSQL can't know the
// lengths: planning them anew each time costs more than running them. Queries, whose best plan depends on
// their filters, run outside such transactions.
constexpr char kPlans[] = "plan_cache_mode = force_generic_plan";

absl::Status Set(postgres::Connection& db, std::initializer_list<const char*> limits) {
  // Deferred: the settings travel with BEGIN and the lock, in one round trip.
  for (const char* limit : limits) {
    RETURN_IF_ERROR(db.Defer(absl::StrCat("SET LOCAL ", limit)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SetLimits(postgres::Connection& db, Purpose purpose) {
  // The application_name says to another's EndHolder what it may do with this session. SET LOCAL: the name
  // goes with the transaction.
  switch (purpose) {
    case Purpose::kCommand:
      return Set(db, {kPlans});  // the rest is the session's own
    case Purpose::kUrgent:
      return Set(db, {kPlans, "lock_timeout = '400ms'", "application_name = 'tonghu urgent'"});
    case Purpose::kBackground:
      return Set(db, {kPlans, "lock_timeout = '300ms'"});
    case Purpose::kLong:
      return Set(db, {kPlans, "lock_timeout = '5s'", "statement_timeout = '60s'",
                      "idle_in_transaction_session_timeout = '20s'", "application_name = 'tonghu long'"});
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> EndHolder(postgres::Connection& db, int shard, Purpose purpose) {
  // pg_terminate_backend only asks: the lock is free when the victim's transaction has rolled back, which the
  // caller's next try finds.
  auto ended = db.Run(kHolder, postgres::Params().Int(shard).Bool(purpose == Purpose::kUrgent));
  if (!ended.ok()) return ended.status();
  if (ended->rows() == 0) return false;
  spdlog::warn("shard {}: the session {} that held its lock was ended{}", shard, ended->Int(0, 0),
               purpose == Purpose::kUrgent ? " for an urgent command" : ", its client has stalled");
  return true;
}

}  // namespace tonghu::journal
