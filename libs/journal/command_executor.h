// Executes commands by group commit: commands that wait together for a shard are decided and committed
// together.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"
#include "libs/ids/shard.h"
#include "libs/journal/command_handler.h"
#include "libs/journal/command_queue.h"
#include "libs/journal/event_run.h"
#include "libs/postgres/pool.h"

namespace prometheus {
class Counter;
}

namespace tonghu::journal {

// Runs the commands of all handlers: usual ones on `threads` threads, urgent ones on a thread of their own.
// Every command that was taken on is answered exactly once. Thread-safe. Handlers outlive Stop().
class CommandExecutor {
 public:
  struct Options {
    std::string service;
    int threads = 2;              // each holds one connection while it commits
    CommandQueue::Options queue;  // its patience is also a batch's: one bound for all tries
    // Asked for each usual command: an error is the command's answer. Not asked for urgent commands, so that
    // an emergency is always taken on.
    std::function<absl::Status()> admit = [] { return absl::OkStatus(); };
    prometheus::Counter* left = nullptr;  // counts commands whose callers left before they were decided
  };
  // What the executor works with; all outlive it.
  struct Parts {
    postgres::Pool& pool;
    postgres::Pool& urgent;  // another, so that an urgent command never waits for a connection
    const clock::Clock& clock;
    ids::Source& ids;
  };
  CommandExecutor(Options options, Parts parts, Committed committed);
  ~CommandExecutor() { Stop(); }

  // Refuses new commands, decides those queued for at most `most`, and answers the rest undecided. A commit
  // that is under way then is not tried again when it fails.
  void Drain(absl::Duration most);
  // Drains at once and ends the threads; waits for the statement under way (which Pool::Close ends).
  // Idempotent.
  void Stop();

  int64_t in_flight() const { return queue_.in_flight(); }
  int ShardOf(std::string_view county) const { return ids::ShardOf(county, options_.queue.shards); }

  // Takes a command on; called by handlers. The command is answered on another thread, or at once when it is
  // refused.
  void Enqueue(std::unique_ptr<QueuedCommand> command);

 private:
  // The bounds within which some commands are decided; `end` is on MonotonicNow's scale.
  struct Effort {
    int shard;
    rpc::Urgency urgency;
    absl::Time end;
  };

  // What is known of earlier tries of the same commands.
  struct Tries {
    bool look_for_answers = false;  // of theirs, or of the callers' earlier calls
    // The last one's first run of events, when it is not known what became of its commit, and those it
    // decided.
    std::optional<Run> doubtful = std::nullopt;
    std::vector<QueuedCommand*> decided = {};
    int64_t position = 0;
  };

  void Work(rpc::Urgency urgency);
  void Sift();
  void CountLeft(int count);
  // Gives OK when every command has its decision, be it a refusal; else the outage that ended the work, of
  // which every command is told.
  absl::Status CommitAll(const Effort& effort, absl::Span<QueuedCommand* const> commands);
  absl::Status Attempt(const Effort& effort, absl::Span<QueuedCommand* const> commands);
  absl::Status TryCommit(const Effort& effort, absl::Span<QueuedCommand* const> commands, Tries& tries);
  absl::StatusOr<bool> WasCommitted(ShardTransaction& transaction, Tries& tries);
  absl::Status DecideAndStore(ShardTransaction& transaction, absl::Span<QueuedCommand* const> wanted,
                              bool look_for_answers);
  absl::Status StoreAnswers(ShardTransaction& transaction, absl::Span<QueuedCommand* const> accepted);
  std::vector<QueuedCommand*> WithoutLeft(absl::Span<QueuedCommand* const> commands);
  absl::Status DecideRuns(ShardTransaction& transaction, absl::Span<QueuedCommand* const> commands);
  bool PauseBefore(absl::Time end, absl::Duration pause);

  const Options options_;
  const Parts parts_;
  const Committed committed_;
  CommandQueue queue_;
  absl::Mutex mutex_;
  absl::Time give_up_ ABSL_GUARDED_BY(mutex_) =
      absl::InfiniteFuture();  // nothing is tried again from then on
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
  std::thread sifter_;
};

template <class Request, class Reply>
void CommandHandler<Request, Reply>::Submit(Caller caller, std::shared_ptr<const Request> request,
                                            Done done) {
  // An estimate: what a command takes beside its request.
  constexpr size_t kOverhead = 1024;
  auto command = std::make_unique<TypedCommand>();
  command->handler = this;
  command->shard = executor_.ShardOf(caller.county);
  command->county = std::move(caller.county);
  command->actor = std::move(caller.actor);
  command->request_id = caller.request_id.empty() || ids::IsUuid(caller.request_id)
                            ? std::move(caller.request_id)
                            : ids::Derived(caller.request_id);
  command->wanted = std::move(caller.wanted);
  command->check_child = std::move(caller.check_child);
  if (!command->request_id.empty() && manner_.repeats == Repeats::kStoredAnswers)
    command->body_hash = static_cast<int64_t>(ids::StableHash(name_ + request->SerializeAsString()));
  command->bytes = kOverhead + 2 * request->ByteSizeLong();  // a message in memory is larger than its bytes
  command->request = std::move(request);
  command->done = std::move(done);
  executor_.Enqueue(std::move(command));
}

}  // namespace tonghu::journal
