#include "libs/journal/writer.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/journal/retry.h"
#include "libs/postgres/rows.h"
#include "libs/refusal/refusal.h"

namespace tonghu::journal {
namespace {

absl::Status Busy() {
  return refusal::Make({absl::StatusCode::kResourceExhausted, "SERVER_BUSY", "",
                        "too many commands are waiting; try again", "系统繁忙，请稍后重试"});
}

absl::Status OtherBody() {
  return refusal::Exists("REQUEST_ID_REUSED", "request_id",
                         "this request id was used with another body; choose a new one",
                         "该请求编号已用于不同内容的请求，请更换请求编号");
}

absl::Status Unknown(const absl::Status& cause) {
  return refusal::Make(
      {absl::StatusCode::kUnavailable, "OUTCOME_UNKNOWN", "",
       absl::StrCat("the database is away; repeat with the same request_id: ", cause.message()),
       "数据库暂时不可用，请使用相同的请求编号重试"});
}

// Fills in answers already given. Gives the jobs that are still to be decided.
absl::StatusOr<std::vector<Job*>> WithoutAnswered(ShardTransaction& transaction,
                                                  absl::Span<Job* const> jobs) {
  std::vector<std::string> counties, ids;
  for (const Job* job : jobs) {
    counties.push_back(job->county);
    ids.push_back(job->request_id);
  }
  auto rows = transaction.db().Run(
      "SELECT w.n, r.body_hash, r.reply FROM unnest($1, $2) WITH ORDINALITY AS w (county, request_id, n) "
      "JOIN request r ON r.county = w.county AND r.request_id = w.request_id",
      postgres::Params().Texts(counties).Texts(ids));
  if (!rows.ok()) return rows.status();
  std::vector<bool> answered(jobs.size(), false);
  for (int i = 0; i < rows->rows(); ++i) {
    const int64_t n = rows->Int(i, 0) - 1;
    answered[n] = true;
    if (rows->Int(i, 1) == jobs[n]->body_hash) {
      jobs[n]->DecodeReply(rows->Text(i, 2));
    } else {
      jobs[n]->Fail(OtherBody());
    }
  }
  std::vector<Job*> open;
  for (size_t i = 0; i < jobs.size(); ++i) {
    if (!answered[i]) open.push_back(jobs[i]);
  }
  return open;
}

// Takes the refused ones out of `decided` and gives them.
std::vector<Job*> TakeRefused(std::vector<Job*>& decided) {
  const auto first =
      std::stable_partition(decided.begin(), decided.end(), [](const Job* job) { return !job->Failed(); });
  std::vector<Job*> refused(first, decided.end());
  decided.erase(first, decided.end());
  return refused;
}

absl::Status StoreAnswers(ShardTransaction& transaction, absl::Span<Job* const> accepted) {
  postgres::Rows rows("request", "county, request_id, body_hash, reply, time");
  for (const Job* job : accepted) {
    rows.Next()
        .Text(job->county)
        .Text(job->request_id)
        .Big(job->body_hash)
        .Bytes(job->EncodeReply())
        .Time(transaction.now());
  }
  return rows.empty() ? absl::OkStatus() : rows.InsertInto(transaction.db());
}

}  // namespace

Writer::Writer(Options options, postgres::Pool& pool, const clock::Clock& clock, ids::Source& ids,
               Committed committed)
    : options_(options), pool_(pool), clock_(clock), ids_(ids), committed_(std::move(committed)) {
  queues_.resize(options_.shards);
  busy_.resize(options_.shards);
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Work(); });
}

void Writer::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

int64_t Writer::in_flight() const {
  absl::MutexLock lock(&mutex_);
  return in_flight_;
}

void Writer::Enqueue(std::unique_ptr<Job> job) {
  absl::Status refused;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) {
      refused = refusal::ServerStopping();
    } else if (queued_ >= options_.max_queue) {
      refused = Busy();
    } else {
      ++queued_;
      ++in_flight_;
      queues_[job->shard].push_back(std::move(job));
      return;
    }
  }
  job->Fail(std::move(refused));
  job->Answer();
}

bool Writer::TakeBatch(int& shard, Batch& batch) {
  const auto find = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (int i = 0; i < options_.shards; ++i) {
      const int candidate = (next_shard_ + i) % options_.shards;
      if (!busy_[candidate] && !queues_[candidate].empty()) return candidate;
    }
    return -1;
  };
  const auto ready = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return find() >= 0 || (stopping_ && queued_ == 0);
  };
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(&ready));
  shard = find();
  if (shard < 0) return false;
  next_shard_ = (shard + 1) % options_.shards;
  busy_[shard] = true;
  auto& queue = queues_[shard];
  // A repeated id waits for the next batch, where it finds the first one's answer stored.
  absl::flat_hash_set<std::pair<std::string, std::string>> seen;
  while (!queue.empty() && batch.size() < options_.max_batch) {
    if (!seen.emplace(queue.front()->county, queue.front()->request_id).second) break;
    batch.push_back(std::move(queue.front()));
    queue.pop_front();
    --queued_;
  }
  return true;
}

void Writer::Work() {
  for (;;) {
    int shard = -1;
    Batch batch;
    if (!TakeBatch(shard, batch)) return;
    Commit(shard, batch);
    {
      absl::MutexLock lock(&mutex_);
      busy_[shard] = false;
    }
    for (auto& job : batch) job->Answer();
    absl::MutexLock lock(&mutex_);
    in_flight_ -= static_cast<int64_t>(batch.size());
  }
}

void Writer::Commit(int shard, Batch& batch) {
  std::vector<Job*> jobs;
  for (auto& job : batch) jobs.push_back(job.get());
  const auto attempt = [&](absl::Span<Job* const> some) {
    // Nearly every command is new, so answers already given are looked for only when one turns out to be
    // there, or when it is not known what became of the first try.
    bool look = false;
    return RetryTransient(options_.patience, [&] {
      absl::Status tried = TryCommit(shard, some, look);
      const bool again = absl::IsAlreadyExists(tried) && !look;
      look = true;
      return again ? TryCommit(shard, some, look) : tried;
    });
  };
  absl::Status status = attempt(jobs);
  if (status.ok()) return;
  if (postgres::IsTransient(status) || jobs.size() == 1) {
    for (Job* job : jobs) job->Fail(postgres::IsTransient(status) ? Unknown(status) : status);
    return;
  }
  // Something in this batch can't be stored: each alone, so that it fails alone.
  for (Job*& job : jobs) {
    status = attempt(absl::MakeConstSpan(&job, 1));
    if (!status.ok()) job->Fail(postgres::IsTransient(status) ? Unknown(status) : status);
  }
}

absl::Status Writer::TryCommit(int shard, absl::Span<Job* const> jobs, bool look_for_answers) {
  auto connection = pool_.Acquire(absl::Seconds(5));
  if (!connection.ok()) return connection.status();
  auto transaction = ShardTransaction::Begin(**connection, shard, clock_);
  if (!transaction.ok()) return transaction.status();
  absl::StatusOr<std::vector<Job*>> open = std::vector<Job*>(jobs.begin(), jobs.end());
  if (look_for_answers) open = WithoutAnswered(*transaction, jobs);
  if (!open.ok()) return open.status();
  if (absl::Status decided = DecideRuns(*transaction, *open); !decided.ok()) return decided;
  const std::vector<Job*> refused = TakeRefused(*open);
  if (!look_for_answers && !refused.empty()) {
    // What is refused now may be the repetition of what was done before.
    if (auto looked = WithoutAnswered(*transaction, refused); !looked.ok()) return looked.status();
  }
  if (absl::Status stored = StoreAnswers(*transaction, *open); !stored.ok()) return stored;
  if (absl::Status committed = transaction->Commit(); !committed.ok()) return committed;
  committed_(shard);
  return absl::OkStatus();
}

absl::Status Writer::DecideRuns(ShardTransaction& transaction, absl::Span<Job* const> jobs) {
  for (size_t begin = 0; begin < jobs.size();) {
    size_t end = begin + 1;
    while (end < jobs.size() && jobs[end]->lane == jobs[begin]->lane) ++end;
    if (absl::Status decided = jobs[begin]->lane->Decide(transaction, jobs.subspan(begin, end - begin));
        !decided.ok())
      return decided;
    begin = end;
  }
  return absl::OkStatus();
}

}  // namespace tonghu::journal
