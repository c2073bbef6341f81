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

ShardTransaction::ShardTransaction(postgres::Transaction transaction, int shard,
                                   std::vector<postgres::Result> results, const clock::Clock& clock)
    : transaction_(std::move(transaction)),
      shard_(shard),
      results_(std::move(results)),
      now_(clock.is_virtual() ? clock.Now() : TimeBehind(results_[0].Time(0, 1), results_[0].Time(0, 2))),
      head_(results_[0].Int(0, 0)) {}

absl::StatusOr<ShardTransaction> ShardTransaction::Begin(postgres::Connection& connection,
                                                         const Entry& entry) {
  auto begun = TryBegin(connection, entry);
  if (postgres::IsLockTimeout(begun.status()))
    EndHolder(connection, entry.shard, entry.purpose).status().IgnoreError();
  return begun;
}

absl::StatusOr<ShardTransaction> ShardTransaction::TryBegin(postgres::Connection& connection,
                                                            const Entry& entry) {
  auto transaction = postgres::Transaction::Begin(connection);
  if (!transaction.ok()) return transaction.status();
  if (absl::Status limits = SetLimits(connection, entry.purpose); !limits.ok()) return limits;
  std::vector<postgres::Connection::Statement> statements = {
      {kTakeHead, postgres::Params().Int(entry.shard)}};
  statements.insert(statements.end(), entry.also.begin(), entry.also.end());
  auto results = connection.RunAll(statements);
  if (!results.ok()) return results.status();
  if ((*results)[0].rows() != 1) return absl::FailedPreconditionError(absl::StrCat("no shard ", entry.shard));
  return ShardTransaction(std::move(*transaction), entry.shard, *std::move(results), entry.clock);
}

void ShardTransaction::Append(std::string_view type, std::string_view county, std::string_view key,
                              std::string payload) {
  ++appended_;
  AddTo(runs_, {position(), type, county, key, now_, std::move(payload), actor_});
}

absl::Status ShardTransaction::WriteEvents() {
  absl::Status moved = db().Defer("UPDATE journal_head SET seq = $2, time = $3 WHERE shard = $1",
                                  postgres::Params().Int(shard_).Int(position()).Time(now_));
  if (!moved.ok()) return moved;
  postgres::Rows rows("journal", "shard, seq, events, type, county, time, payload");
  for (const Run& run : runs_) {
    rows.Next()
        .Int(shard_)
        .Big(run.last_seq())
        .Int(run.events)
        .Text(run.type)
        .Text(run.county)
        .Time(run.time)
        .Bytes(run.payload);
  }
  return rows.InsertInto(db());
}

absl::Status ShardTransaction::Commit(Durability durability) {
  if (appended_ > 0) {
    if (absl::Status written = WriteEvents(); !written.ok()) return written;
  } else if (durability == Durability::kSoon) {
    if (absl::Status set = db().Defer("SET LOCAL synchronous_commit = off"); !set.ok()) return set;
  }
  return transaction_.Commit();
}

absl::StatusOr<bool> ShardTransaction::Stands(const Run& run) {
  auto row = db().Run("SELECT time = $3 AND payload = $4 FROM journal WHERE shard = $1 AND seq = $2",
                      postgres::Params().Int(shard_).Int(run.last_seq()).Time(run.time).Bytes(run.payload));
  if (!row.ok()) return row.status();
  return row->rows() == 1 && row->Bool(0, 0);
}

}  // namespace tonghu::journal
