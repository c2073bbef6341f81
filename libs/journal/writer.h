// Group commit: commands that wait together for a shard are decided and committed together.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"
#include "libs/ids/shard.h"
#include "libs/journal/shard_transaction.h"
#include "libs/postgres/pool.h"

namespace tonghu::journal {

class Writer;

// A command waiting for its decision. Made by a Lane.
struct Job {
  virtual ~Job() = default;
  // Gives the caller its answer; called once, on a writer thread, after the commit or a final failure.
  virtual void Answer() = 0;
  virtual void Fail(absl::Status status) = 0;
  virtual bool Failed() const = 0;
  virtual std::string EncodeReply() const = 0;
  virtual void DecodeReply(std::string_view bytes) = 0;

  class LaneBase* lane = nullptr;
  int shard = 0;
  std::string county;
  std::string request_id;  // never empty once queued: the same id with the same body is decided once
  int64_t body_hash = 0;
};

class LaneBase {
 public:
  virtual ~LaneBase() = default;
  // Decides `jobs` (all of this lane and of the transaction's shard), leaving a reply or a failure in each.
  // An error return means that the transaction is lost.
  virtual absl::Status Decide(ShardTransaction& transaction, absl::Span<Job* const> jobs) = 0;
};

// One command under decision.
template <class Request, class Reply>
struct Slot {
  const std::string* county;
  const Request* request;
  absl::StatusOr<Reply>* reply;  // to be set: the answer or a refusal
};

// One kind of command. Request and Reply are protobuf messages.
template <class Request, class Reply>
class Lane final : public LaneBase {
 public:
  using Slots = absl::Span<const Slot<Request, Reply>>;
  using Handler = std::function<absl::Status(ShardTransaction&, Slots)>;
  using Done = std::function<void(absl::StatusOr<Reply>)>;

  // `name` tells bodies of different kinds apart. `handler` decides a batch: it loads what all need, decides
  // each, stores all; a refused command is a refusal in its slot, an error return means that nothing was
  // stored.
  Lane(Writer& writer, std::string name, Handler handler)
      : writer_(writer), name_(std::move(name)), handler_(std::move(handler)) {}

  // Queues a command of a county; `done` is called once, on another thread, or at once when the queue is full
  // (RESOURCE_EXHAUSTED). `request_id` may be empty.
  void Submit(const std::string& county, const std::string& request_id, Request request, Done done);

  absl::Status Decide(ShardTransaction& transaction, absl::Span<Job* const> jobs) override;

 private:
  struct TypedJob final : Job {
    void Answer() override { done(std::move(reply)); }
    void Fail(absl::Status status) override { reply = std::move(status); }
    bool Failed() const override { return !reply.ok(); }
    std::string EncodeReply() const override { return reply->SerializeAsString(); }
    void DecodeReply(std::string_view bytes) override {
      Reply stored;
      if (stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        reply = std::move(stored);
      } else {
        reply = absl::InternalError("a stored answer can't be read");
      }
    }
    Request request;
    absl::StatusOr<Reply> reply = absl::UnknownError("undecided");
    Done done;
  };

  Writer& writer_;
  const std::string name_;
  const Handler handler_;
};

// Runs the commands of all lanes. Thread-safe. Lanes outlive Stop().
class Writer {
 public:
  struct Options {
    int shards = 8;
    int threads = 2;                              // each holds one connection while it commits
    size_t max_batch = 1000;                      // commands a transaction
    size_t max_queue = 20000;                     // commands waiting in all; more are refused
    absl::Duration patience = absl::Seconds(10);  // how long a batch is tried again through an outage
  };
  // Called with the shard after each commit.
  using Committed = std::function<void(int shard)>;

  Writer(Options options, postgres::Pool& pool, const clock::Clock& clock, ids::Source& ids,
         Committed committed);
  ~Writer() { Stop(); }

  // Refuses new commands, answers those queued, ends the threads. Idempotent.
  void Stop();

  int64_t in_flight() const;
  int ShardOf(std::string_view county) const { return ids::ShardOf(county, options_.shards); }

  // For lanes.
  void Enqueue(std::unique_ptr<Job> job);
  std::string NewRequestId() { return ids_.Next(clock_.Now()); }

 private:
  using Batch = std::vector<std::unique_ptr<Job>>;

  void Work();
  bool TakeBatch(int& shard, Batch& batch);
  void Commit(int shard, Batch& batch);
  absl::Status TryCommit(int shard, absl::Span<Job* const> jobs, bool look_for_answers);
  absl::Status DecideRuns(ShardTransaction& transaction, absl::Span<Job* const> jobs);

  const Options options_;
  postgres::Pool& pool_;
  const clock::Clock& clock_;
  ids::Source& ids_;
  const Committed committed_;

  mutable absl::Mutex mutex_;
  std::vector<std::deque<std::unique_ptr<Job>>> queues_ ABSL_GUARDED_BY(mutex_);
  std::vector<bool> busy_ ABSL_GUARDED_BY(mutex_);  // a thread is committing this shard
  size_t queued_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  int next_shard_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

template <class Request, class Reply>
void Lane<Request, Reply>::Submit(const std::string& county, const std::string& request_id, Request request,
                                  Done done) {
  auto job = std::make_unique<TypedJob>();
  job->lane = this;
  job->county = county;
  job->shard = writer_.ShardOf(county);
  job->request_id = request_id.empty() ? writer_.NewRequestId() : request_id;
  job->body_hash = static_cast<int64_t>(ids::StableHash(name_ + request.SerializeAsString()));
  job->request = std::move(request);
  job->done = std::move(done);
  writer_.Enqueue(std::move(job));
}

template <class Request, class Reply>
absl::Status Lane<Request, Reply>::Decide(ShardTransaction& transaction, absl::Span<Job* const> jobs) {
  std::vector<Slot<Request, Reply>> slots;
  slots.reserve(jobs.size());
  for (Job* job : jobs) {
    auto* typed = static_cast<TypedJob*>(job);
    slots.push_back({&typed->county, &typed->request, &typed->reply});
  }
  return handler_(transaction, slots);
}

}  // namespace tonghu::journal
