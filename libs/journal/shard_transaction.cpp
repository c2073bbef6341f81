#include "libs/journal/shard_transaction.h"

#include "absl/strings/str_cat.h"
#include "libs/chain/chain.h"
#include "libs/journal/time.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"

namespace tonghu::journal {
namespace {

// The clock is read outside the locking part: inside, PostgreSQL computes the columns before it waits for the
// lock, and the time would be too early.
constexpr char kTakeHead[] =
    "SELECT seq, time, clock_timestamp(), hash, fact_seq FROM (SELECT seq, time, hash, fact_seq FROM "
    "journal_head "
    "WHERE shard = $1 FOR UPDATE) head";

// A row of the journal: one run of events under the position of its last event.
struct JournalRow {
  int shard;
  int64_t seq;
  const Run* run;
  std::string hash;
};
constexpr postgres::Columns kJournal{
    postgres::Field<&JournalRow::shard>("shard"),
    postgres::Field<&JournalRow::seq>("seq"),
    postgres::Field<&JournalRow::run, &Run::events>("events"),
    postgres::Field<&JournalRow::run, &Run::type>("type"),
    postgres::Field<&JournalRow::run, &Run::county>("county"),
    postgres::Field<&JournalRow::run, &Run::time>("time"),
    postgres::Field<&JournalRow::run, &Run::payload>("payload", postgres::kBytea),
    postgres::Field<&JournalRow::hash>("hash", postgres::kBytea)};

std::string HashOf(const JournalRow& row, std::string_view before) {
  const Run& run = *row.run;
  return chain::HashAfter(before, {row.shard, row.seq, run.events, run.type, run.county,
                                   absl::ToUnixMicros(run.time), run.payload});
}

}  // namespace

absl::StatusOr<ShardTransaction> ShardTransaction::Open(postgres::Connection& connection,
                                                        const Entry& entry) {
  // BEGIN and the limits wait in the queue and travel with the first statement.
  ASSIGN_OR_RETURN(auto transaction, postgres::Transaction::Begin(connection));
  RETURN_IF_ERROR(SetLimits(connection, entry.purpose));
  return ShardTransaction(std::move(transaction), entry);
}

absl::StatusOr<ShardTransaction> ShardTransaction::Begin(postgres::Connection& connection,
                                                         const Entry& entry) {
  ASSIGN_OR_RETURN(auto opened, Open(connection, entry));
  RETURN_IF_ERROR(opened.Enter(entry.also));
  return opened;
}

absl::Status ShardTransaction::Enter(Statements also) {
  std::vector<postgres::Connection::Statement> statements;
  if (!entered_) statements.push_back({kTakeHead, postgres::Params().Int(shard_)});
  statements.insert(statements.end(), also.begin(), also.end());
  if (statements.empty()) return absl::OkStatus();
  auto results = db().RunAll(statements);
  if (postgres::IsLockTimeout(results.status()) && !entered_) return GiveUp(results.status());
  if (!results.ok()) return results.status();
  results_ = *std::move(results);
  if (entered_) return absl::OkStatus();
  // The head's result is taken away, so that also(0) is the first of the caller's statements.
  const postgres::Result head = std::move(results_.front());
  results_.erase(results_.begin());
  if (head.rows() != 1) return absl::FailedPreconditionError(absl::StrCat("no shard ", shard_));
  head_ = head.Int(0, 0);
  hash_ = head.String(0, 3);
  fact_ = head.Int(0, 4);
  // PostgreSQL's clock, which all replicas share. Where it is a little behind, the journal's newest time
  // counts.
  now_ = clock_->is_virtual() ? clock_->Now() : TimeBehind(head.Time(0, 1), head.Time(0, 2));
  entered_ = true;
  return absl::OkStatus();
}

// The lock was not had: a holder that has stalled is ended, on this connection, which is free again.
absl::Status ShardTransaction::GiveUp(absl::Status why) {
  postgres::Connection& connection = db();
  // The transaction ends here, which frees the connection.
  { const postgres::Transaction over = std::move(transaction_); }
  // Whether a holder was ended or not, the caller tries again.
  EndHolder(connection, shard_, purpose_).status().IgnoreError();
  return why;
}

void ShardTransaction::Append(std::string_view type, std::string_view county, std::string_view key,
                              std::string payload) {
  ++appended_;
  AddTo(runs_, {position(), type, county, key, now_, std::move(payload), actor_});
}

absl::Status ShardTransaction::WriteEvents() {
  std::vector<JournalRow> rows;
  rows.reserve(runs_.size());
  for (const Run& run : runs_) {
    JournalRow& row = rows.emplace_back(JournalRow{shard_, run.last_seq(), &run, ""});
    row.hash = hash_ = HashOf(row, hash_);
    if (run.type != kFileRead && run.type != kAttemptRefused) fact_ = run.last_seq();
  }
  // Set rather than added to, as the lock has been held since the head was read.
  RETURN_IF_ERROR(
      db().Defer("UPDATE journal_head SET seq = $2, time = $3, hash = $4, fact_seq = $5 WHERE shard = $1",
                 postgres::Params().Int(shard_).Int(position()).Time(now_).Bytes(hash_).Int(fact_)));
  return kJournal.Insert(db(), "journal", rows);
}

absl::Status ShardTransaction::Commit(Durability durability) {
  if (appended_ > 0) {
    RETURN_IF_ERROR(WriteEvents());
  } else if (durability == Durability::kSoon) {
    RETURN_IF_ERROR(db().Defer("SET LOCAL synchronous_commit = off"));
  }
  return transaction_.Commit();
}

// A position alone does not tell, as it is given to another run when a transaction is rolled back; time and
// bytes do.
absl::StatusOr<bool> ShardTransaction::Stands(const Run& run) {
  ASSIGN_OR_RETURN(
      auto row,
      db().Run("SELECT time = $3 AND payload = $4 FROM journal WHERE shard = $1 AND seq = $2",
               postgres::Params().Int(shard_).Int(run.last_seq()).Time(run.time).Bytes(run.payload)));
  return row.rows() == 1 && row.Bool(0, 0);
}

}  // namespace tonghu::journal
