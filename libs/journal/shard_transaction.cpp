#include "libs/journal/shard_transaction.h"

#include "absl/strings/str_cat.h"
#include "libs/journal/time.h"
#include "libs/postgres/rows.h"

namespace tonghu::journal {
namespace {

// The time is read outside the locking part: inside, PostgreSQL computes the columns before it waits.
constexpr char kTakeHead[] =
    "SELECT seq, time, clock_timestamp() FROM (SELECT seq, time FROM journal_head WHERE shard = $1 FOR "
    "UPDATE) "
    "head";

}  // namespace

absl::StatusOr<ShardTransaction> ShardTransaction::Begin(postgres::Connection& connection, int shard,
                                                         const clock::Clock& clock, Purpose purpose) {
  auto begun = TryBegin(connection, shard, clock, purpose);
  if (postgres::IsLockTimeout(begun.status())) EndHolder(connection, shard, purpose).status().IgnoreError();
  return begun;
}

absl::StatusOr<ShardTransaction> ShardTransaction::TryBegin(postgres::Connection& connection, int shard,
                                                            const clock::Clock& clock, Purpose purpose) {
  auto transaction = postgres::Transaction::Begin(connection);
  if (!transaction.ok()) return transaction.status();
  if (absl::Status limits = SetLimits(connection, purpose); !limits.ok()) return limits;
  auto head = connection.Run(kTakeHead, postgres::Params().Int(shard));
  if (!head.ok()) return head.status();
  if (head->rows() != 1) return absl::FailedPreconditionError(absl::StrCat("no shard ", shard));
  const absl::Time now = clock.is_virtual() ? clock.Now() : TimeBehind(head->Time(0, 1), head->Time(0, 2));
  return ShardTransaction(std::move(*transaction), shard, now, head->Int(0, 0));
}

void ShardTransaction::Append(std::string_view type, std::string_view county, std::string_view key,
                              std::string payload) {
  types_.emplace_back(type);
  counties_.emplace_back(county);
  keys_.emplace_back(key);
  payloads_.push_back(std::move(payload));
}

absl::Status ShardTransaction::WriteEvents() {
  absl::Status moved = db().Defer("UPDATE journal_head SET seq = $2, time = $3 WHERE shard = $1",
                                  postgres::Params().Int(shard_).Int(position()).Time(now_));
  if (!moved.ok()) return moved;
  postgres::Rows rows("journal", "shard, seq, type, county, key, time, payload");
  int64_t seq = head_;
  for (size_t i = 0; i < types_.size(); ++i) {
    rows.Next()
        .Int(shard_)
        .Big(++seq)
        .Text(types_[i])
        .Text(counties_[i])
        .Text(keys_[i])
        .Time(now_)
        .Bytes(payloads_[i]);
  }
  return rows.InsertInto(db());
}

absl::Status ShardTransaction::Commit() {
  if (!types_.empty()) {
    if (absl::Status written = WriteEvents(); !written.ok()) return written;
  }
  return transaction_.Commit();
}

}  // namespace tonghu::journal
