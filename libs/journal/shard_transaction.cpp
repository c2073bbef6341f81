#include "libs/journal/shard_transaction.h"

#include "absl/strings/str_cat.h"

namespace tonghu::journal {

absl::StatusOr<ShardTransaction> ShardTransaction::Begin(postgres::Connection& connection, int shard, absl::Time now) {
  auto transaction = postgres::Transaction::Begin(connection);
  if (!transaction.ok()) return transaction.status();
  auto head = connection.Run("SELECT seq FROM journal_head WHERE shard = $1 FOR UPDATE", postgres::Params().Int(shard));
  if (!head.ok()) return head.status();
  if (head->rows() != 1) return absl::FailedPreconditionError(absl::StrCat("no shard ", shard));
  return ShardTransaction(std::move(*transaction), shard, now, head->Int(0, 0));
}

void ShardTransaction::Append(std::string_view type, std::string_view county, std::string_view key, std::string payload) {
  types_.emplace_back(type);
  counties_.emplace_back(county);
  keys_.emplace_back(key);
  payloads_.push_back(std::move(payload));
}

absl::Status ShardTransaction::WriteEvents() {
  const auto count = static_cast<int64_t>(types_.size());
  auto written = db().Run(
      "WITH head AS (UPDATE journal_head SET seq = $2 + $3 WHERE shard = $1) "
      "INSERT INTO journal (shard, seq, type, county, key, time, payload) "
      "SELECT $1, $2 + e.n, e.type, e.county, e.key, $4, e.payload "
      "FROM unnest($5, $6, $7, $8) WITH ORDINALITY AS e (type, county, key, payload, n)",
      postgres::Params().Int(shard_).Int(head_).Int(count).Time(now_).Texts(types_).Texts(counties_).Texts(keys_).BytesList(payloads_));
  return written.status();
}

absl::Status ShardTransaction::Commit() {
  if (!types_.empty()) {
    if (absl::Status written = WriteEvents(); !written.ok()) return written;
  }
  return transaction_.Commit();
}

}  // namespace tonghu::journal
