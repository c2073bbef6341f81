// One transaction on one shard of a service's journal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "libs/journal/shard_lock.h"
#include "libs/postgres/connection.h"

namespace tonghu::journal {

// Takes the shard's head lock first, so that whatever is read inside stays true until the commit, commit
// order equals `seq` order, and two writers of a shard never deadlock. Rolled back unless committed. Not
// thread-safe.
class ShardTransaction {
 public:
  // Waits for the lock as long as the purpose allows; then ends a holder that has stalled (EndHolder).
  // Errors: as postgres::Connection, of which postgres::IsLockTimeout says that the lock was not had;
  // FAILED_PRECONDITION for a shard that does not exist.
  static absl::StatusOr<ShardTransaction> Begin(postgres::Connection& connection, int shard,
                                                const clock::Clock& clock,
                                                Purpose purpose = Purpose::kCommand);
  ShardTransaction(ShardTransaction&&) = default;

  postgres::Connection& db() { return transaction_.connection(); }
  int shard() const { return shard_; }
  // The one time of everything decided inside: the database's, read when the lock was had, and never a little
  // before an earlier transaction's (TimeBehind); the clock's where that is a virtual one.
  absl::Time now() const { return now_; }

  // Adds an event behind those already added. `key` is whose order is kept; `payload` a serialized event
  // message.
  void Append(std::string_view type, std::string_view county, std::string_view key, std::string payload);
  size_t appended() const { return types_.size(); }
  // The position of the shard's newest event, those added here among them.
  int64_t position() const { return head_ + static_cast<int64_t>(types_.size()); }

  // Writes the events and commits. After UNAVAILABLE the outcome is unknown.
  absl::Status Commit();

 private:
  ShardTransaction(postgres::Transaction transaction, int shard, absl::Time now, int64_t head)
      : transaction_(std::move(transaction)), shard_(shard), now_(now), head_(head) {}
  static absl::StatusOr<ShardTransaction> TryBegin(postgres::Connection& connection, int shard,
                                                   const clock::Clock& clock, Purpose purpose);
  absl::Status WriteEvents();

  postgres::Transaction transaction_;
  int shard_;
  absl::Time now_;
  int64_t head_;
  std::vector<std::string> types_, counties_, keys_, payloads_;
};

}  // namespace tonghu::journal
