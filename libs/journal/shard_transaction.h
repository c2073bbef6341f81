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

// When a commit is safe on PostgreSQL's disk.
enum class Durability {
  kNow,   // before Commit returns
  kSoon,  // within a second; lost when PostgreSQL crashes before. Transactions with events are kNow all the
          // same
};

// Takes the lock on the shard's head before anything else, so that whatever is read inside stays true until
// the commit, commit order equals `seq` order, and two writers of a shard never deadlock. Rolled back unless
// committed. Not thread-safe.
class ShardTransaction {
 public:
  using Statements = absl::Span<const postgres::Connection::Statement>;
  // How a transaction begins.
  struct Entry {
    int shard;
    const clock::Clock& clock;
    Purpose purpose = Purpose::kCommand;
    Statements also = {};  // as Enter's
  };
  // Opens a transaction and enters it.
  static absl::StatusOr<ShardTransaction> Begin(postgres::Connection& connection, const Entry& entry);
  static absl::StatusOr<ShardTransaction> Begin(postgres::Connection& connection, int shard,
                                                const clock::Clock& clock,
                                                Purpose purpose = Purpose::kCommand) {
    return Begin(connection, {shard, clock, purpose});
  }
  // Begins a transaction without the lock and without a round trip, for callers that know only later what to
  // read with the lock. Before Enter only db(), shard(), set_actor() and Commit() may be called.
  static absl::StatusOr<ShardTransaction> Open(postgres::Connection& connection, const Entry& entry);
  ShardTransaction(ShardTransaction&&) = default;

  // Takes the lock, unless it is taken already, and runs `also` behind it in the same round trip; `also(i)`
  // gives the results. Waits for the lock as long as the purpose allows, then ends a holder that has stalled
  // (EndHolder). Errors: as postgres::Connection, where postgres::IsLockTimeout tells that the lock was not
  // had; FAILED_PRECONDITION for a shard that does not exist.
  absl::Status Enter(Statements also = {});
  // The result of a statement of the last Enter.
  const postgres::Result& also(size_t i) const { return results_[i]; }

  postgres::Connection& db() { return transaction_.connection(); }
  int shard() const { return shard_; }
  // The one time of all decisions inside: the database's, read when the lock was had, and never a little
  // before an earlier transaction's (TimeBehind); a virtual clock's where the clock is one.
  absl::Time now() const { return now_; }

  // Sets who gives the commands decided from here on (Event::actor). Empty, as at first: nobody, the service
  // goes on by itself.
  void set_actor(std::string_view actor) { actor_ = actor; }
  // Appends an event. Events of one `key` are applied in order; `payload` is a serialized event message.
  void Append(std::string_view type, std::string_view county, std::string_view key, std::string payload);
  size_t appended() const { return appended_; }
  // The position of the shard's newest event, the appended ones included.
  int64_t position() const { return head_ + static_cast<int64_t>(appended_); }

  // Writes the events and commits. After UNAVAILABLE the outcome is unknown: Stands tells later.
  absl::Status Commit(Durability durability = Durability::kNow);

  // Gives the appended runs to the caller, who hands them on after the commit.
  std::vector<Run> TakeRuns() { return std::exchange(runs_, {}); }

  // Whether a run of an earlier transaction, whose outcome was unknown, stands in the journal. That
  // transaction held the lock until its end, so the answer is final.
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
  std::string hash_;  // of the newest row
  int64_t fact_ = 0;  // the position of the newest event that is neither kFileRead nor kAttemptRefused
  size_t appended_ = 0;
  std::string actor_;
  std::vector<Run> runs_;
};

}  // namespace tonghu::journal
