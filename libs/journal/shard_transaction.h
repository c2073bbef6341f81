// One transaction on one shard of a service's journal.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/clock/clock.h"
#include "libs/journal/event_run.h"
#include "libs/journal/shard_lock.h"
#include "libs/postgres/connection.h"

namespace tonghu::journal {

// When a commit is on PostgreSQL's disk.
enum class Durability {
  kNow,   // before Commit returns
  kSoon,  // within a second, if PostgreSQL does not crash; what has events of its own is never so
};

// Takes the shard's head lock before anything else, so that whatever is read inside stays true until the
// commit, commit order equals `seq` order, and two writers of a shard never deadlock. Rolled back unless
// committed. Not thread-safe.
class ShardTransaction {
 public:
  using Statements = absl::Span<const postgres::Connection::Statement>;
  // How one begins.
  struct Entry {
    int shard;
    const clock::Clock& clock;
    Purpose purpose = Purpose::kCommand;
    Statements also = {};  // as Enter's
  };
  // Opens one and enters.
  static absl::StatusOr<ShardTransaction> Begin(postgres::Connection& connection, const Entry& entry);
  static absl::StatusOr<ShardTransaction> Begin(postgres::Connection& connection, int shard,
                                                const clock::Clock& clock,
                                                Purpose purpose = Purpose::kCommand) {
    return Begin(connection, {shard, clock, purpose});
  }
  // Begins without the lock and without a round trip: for whoever knows only later what to read with the
  // lock. Nothing but db(), shard(), set_actor() and Commit() may be called before Enter.
  static absl::StatusOr<ShardTransaction> Open(postgres::Connection& connection, const Entry& entry);
  ShardTransaction(ShardTransaction&&) = default;

  // Takes the lock, unless it was taken, and runs `also` behind it in the same round trip; `also(i)` gives
  // the results. Waits for the lock as long as the purpose allows; then ends a holder that has stalled
  // (EndHolder). Errors: as postgres::Connection, of which postgres::IsLockTimeout says that the lock was not
  // had; FAILED_PRECONDITION for a shard that does not exist.
  absl::Status Enter(Statements also = {});
  // The result of a statement of the last Enter.
  const postgres::Result& also(size_t i) const { return results_[i]; }

  postgres::Connection& db() { return transaction_.connection(); }
  int shard() const { return shard_; }
  // The one time of everything decided inside: the database's, read when the lock was had, and never a little
  // before an earlier transaction's (TimeBehind); the clock's where that is a virtual one.
  absl::Time now() const { return now_; }

  // Who gives the commands decided from here on (Event::actor); empty, as at first: nobody, the service goes
  // on by itself.
  void set_actor(std::string_view actor) { actor_ = actor; }
  // Adds an event behind those already added. `key` is whose order is kept; `payload` a serialized event
  // message.
  void Append(std::string_view type, std::string_view county, std::string_view key, std::string payload);
  size_t appended() const { return appended_; }
  // The position of the shard's newest event, those added here among them.
  int64_t position() const { return head_ + static_cast<int64_t>(appended_); }

  // Writes the events and commits. After UNAVAILABLE the outcome is unknown: see Stands.
  absl::Status Commit(Durability durability = Durability::kNow);

  // What it said, which becomes the caller's; for whoever carries it on after the commit.
  std::vector<Run> TakeRuns() { return std::exchange(runs_, {}); }

  // Whether a run of an earlier transaction, whose outcome was unknown, stands in the journal. The lock was
  // that one's until its end, so the answer is final.
  absl::StatusOr<bool> Stands(const Run& run);

 private:
  ShardTransaction(postgres::Transaction transaction, const Entry& entry)
      : transaction_(std::move(transaction)),
        shard_(entry.shard),
        purpose_(entry.purpose),
        clock_(&entry.clock) {}
  absl::Status GiveUp(absl::Status why);
  absl::Status WriteEvents();

  postgres::Transaction transaction_;
  int shard_;
  Purpose purpose_;
  const clock::Clock* clock_;
  bool entered_ = false;
  std::vector<postgres::Result> results_;
  absl::Time now_;
  int64_t head_ = 0;
  size_t appended_ = 0;
  std::string actor_;
  std::vector<Run> runs_;
};

}  // namespace tonghu::journal
