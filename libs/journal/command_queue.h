// The queue of commands that wait for an executor's thread, bounded by number and by memory.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/journal/command_handler.h"

namespace tonghu::journal {

// Commands of one shard and urgency, taken out together to be decided together.
struct Batch {
  int shard = 0;
  rpc::Urgency urgency = rpc::Urgency::kUsual;
  std::vector<std::unique_ptr<QueuedCommand>> commands;
};

// Has for each shard one line of usual and one of urgent commands. Of each line at most one batch is out at a
// time, so that commands of a shard are decided in the order in which they came. Thread-safe.
class CommandQueue {
 public:
  struct Options {
    int shards = 8;
    size_t max_batch = 1000;                      // commands a batch
    size_t max_batch_bytes = 8 << 20;             // of memory; one command may be larger
    size_t max_queue = 20000;                     // commands not yet answered; more are refused
    size_t max_queue_bytes = 64 << 20;            // of memory, of the same
    absl::Duration patience = absl::Seconds(10);  // how long a command waits to be taken
  };
  explicit CommandQueue(Options options);

  // Queues the command, or answers it with a refusal: SERVER_BUSY, SERVER_STOPPING.
  void Put(std::unique_ptr<QueuedCommand> command);

  // Waits for a batch of this urgency; none when stopped and nothing is left.
  std::optional<Batch> Take(rpc::Urgency urgency);

  // Answers the commands of a batch and lets the next ones of its line be taken.
  void Finish(Batch batch);

  // Answers waiting commands that need not be decided any more, since their callers have left or they waited
  // too long. Gives how many callers had left.
  int Sift();

  // Refuses every Put from now on.
  void Stop();
  // Waits until every command is answered, for `most` at most.
  void AwaitNothingLeft(absl::Duration most);
  // Answers all waiting commands with SERVER_STOPPING, undecided.
  void Empty();

  // Commands not yet answered.
  int64_t in_flight() const;

 private:
  struct Line {
    std::deque<std::unique_ptr<QueuedCommand>> commands;
    bool busy = false;  // a batch of this line is out
  };
  using Jobs = std::vector<std::unique_ptr<QueuedCommand>>;

  // The shard whose line is to be taken next; -1: none. Shards take turns.
  int Next(rpc::Urgency urgency) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Waiting(rpc::Urgency urgency) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::vector<Line>& LinesOf(rpc::Urgency urgency) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const std::vector<Line>& LinesOf(rpc::Urgency urgency) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Removes the commands for which `out` is true from the lines and gives them.
  Jobs TakeOut(const std::function<bool(QueuedCommand&)>& out);
  void Answer(Jobs commands);

  const Options options_;
  mutable absl::Mutex mutex_;
  std::vector<Line> usual_ ABSL_GUARDED_BY(mutex_);
  std::vector<Line> urgent_ ABSL_GUARDED_BY(mutex_);
  int next_shard_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace tonghu::journal
