// The commands that wait for an executor thread, bounded by number and by memory.
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

// Commands of one shard and urgency, taken together to be decided together.
struct Batch {
  int shard = 0;
  rpc::Urgency urgency = rpc::Urgency::kUsual;
  std::vector<std::unique_ptr<QueuedCommand>> commands;
};

// For each shard one line of usual and one of urgent commands; of each at most one batch is out at a time.
// Thread-safe.
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

  // Takes the command, or fails and answers it: SERVER_BUSY, SERVER_STOPPING.
  void Put(std::unique_ptr<QueuedCommand> command);

  // Waits for commands of this urgency; none when stopped and nothing is left.
  std::optional<Batch> Take(rpc::Urgency urgency);

  // Answers the batch's commands and lets the next ones of its line go.
  void Finish(Batch batch);

  // Answers those that need not be decided any more, since their callers have left or they waited too long.
  // Gives how many callers had left.
  int Sift();

  // Puts are refused from now on.
  void Stop();
  // Waits until every command is answered, at most so long.
  void AwaitNothingLeft(absl::Duration most);
  // Answers all that wait as SERVER_STOPPING, undecided.
  void Empty();

  // Commands not yet answered.
  int64_t in_flight() const;

 private:
  struct Line {
    std::deque<std::unique_ptr<QueuedCommand>> commands;
    bool busy = false;  // a batch of it is out
  };
  using Jobs = std::vector<std::unique_ptr<QueuedCommand>>;

  // The shard whose line is next, -1: none.
  int Next(rpc::Urgency urgency) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Waiting(rpc::Urgency urgency) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::vector<Line>& LinesOf(rpc::Urgency urgency) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const std::vector<Line>& LinesOf(rpc::Urgency urgency) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes the commands for which `out` is true out of the lines.
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
