#include "libs/journal/command_queue.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/time/clock.h"
#include "libs/journal/lease.h"
#include "libs/refusal/refusal.h"

namespace tonghu::journal {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(5);  // at whether a stop has nothing left to wait for

absl::Status WaitedTooLong() {
  return refusal::Make({absl::StatusCode::kUnavailable, "NOT_BEGUN", "",
                        "the command waited too long and was not begun; try again with the same request_id",
                        "系统暂时无法办理，本次请求未开始处理，请使用相同的请求编号重试"});
}

}  // namespace

CommandQueue::CommandQueue(Options options)
    : options_(options), usual_(options.shards), urgent_(options.shards) {}

std::vector<CommandQueue::Line>& CommandQueue::LinesOf(rpc::Urgency urgency) {
  return urgency == rpc::Urgency::kUrgent ? urgent_ : usual_;
}

const std::vector<CommandQueue::Line>& CommandQueue::LinesOf(rpc::Urgency urgency) const {
  return urgency == rpc::Urgency::kUrgent ? urgent_ : usual_;
}

void CommandQueue::Put(std::unique_ptr<QueuedCommand> command) {
  const rpc::Urgency urgency = command->handler->manner().urgency;
  const bool urgent = urgency == rpc::Urgency::kUrgent;
  absl::Status refused;
  {
    absl::MutexLock lock(&mutex_);
    // An urgent command may go beyond the bound, up to twice: the queue is full of other work, for which it
    // must not wait.
    const bool full = in_flight_ >= options_.max_queue * (urgent ? 2 : 1) ||
                      bytes_ + command->bytes > options_.max_queue_bytes * (urgent ? 2 : 1);
    if (stopping_) {
      refused = refusal::ServerStopping();
    } else if (full) {
      refused = refusal::ServerBusy();
    } else {
      ++in_flight_;
      bytes_ += command->bytes;
      command->queued = MonotonicNow();
      LinesOf(urgency)[command->shard].commands.push_back(std::move(command));
      return;
    }
  }
  // Outside the lock, since an answer may put the next command in.
  command->Fail(std::move(refused));
  command->Answer();
}

// The shards take turns, so that a busy one does not keep the others waiting. While a batch of a shard is
// decided, the shard's commands wait, which keeps them in order.
int CommandQueue::Next(rpc::Urgency urgency) const {
  const std::vector<Line>& lines = LinesOf(urgency);
  for (int i = 0; i < options_.shards; ++i) {
    const int shard = (next_shard_ + i) % options_.shards;
    if (!lines[shard].busy && !lines[shard].commands.empty()) return shard;
  }
  return -1;
}

bool CommandQueue::Waiting(rpc::Urgency urgency) const {
  const std::vector<Line>& lines = LinesOf(urgency);
  return std::any_of(lines.begin(), lines.end(), [](const Line& line) { return !line.commands.empty(); });
}

std::optional<Batch> CommandQueue::Take(rpc::Urgency urgency) {
  absl::MutexLock lock(&mutex_);
  const auto ready = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return Next(urgency) >= 0 || (stopping_ && !Waiting(urgency));
  };
  // A stop ends this wait.
  mutex_.Await(absl::Condition(&ready));
  Batch batch{.shard = Next(urgency), .urgency = urgency};
  if (batch.shard < 0) return std::nullopt;
  next_shard_ = (batch.shard + 1) % options_.shards;
  Line& line = LinesOf(urgency)[batch.shard];
  line.busy = true;
  // A second command with the same request id ends the batch: in the next one the first one's answer, or its
  // rows, are found (I1).
  absl::flat_hash_set<std::pair<std::string, std::string>> seen;
  size_t bytes = 0;
  while (!line.commands.empty() && batch.commands.size() < options_.max_batch) {
    const QueuedCommand& command = *line.commands.front();
    bytes += command.bytes;
    // One command alone may exceed the bound, or it would never be taken.
    if (!batch.commands.empty() && bytes > options_.max_batch_bytes) break;
    if (!command.request_id.empty() && !seen.emplace(command.county, command.request_id).second) break;
    batch.commands.push_back(std::move(line.commands.front()));
    line.commands.pop_front();
  }
  return batch;
}

void CommandQueue::Finish(Batch batch) {
  {
    absl::MutexLock lock(&mutex_);
    // Before the answers, so that the next batch is decided while callers are told.
    LinesOf(batch.urgency)[batch.shard].busy = false;
  }
  Answer(std::move(batch.commands));
}

// Answers without the lock, since an answer may put the next command in.
void CommandQueue::Answer(Jobs commands) {
  size_t bytes = 0;
  for (auto& command : commands) {
    bytes += command->bytes;
    command->Answer();
  }
  const size_t count = commands.size();
  commands.clear();
  absl::MutexLock lock(&mutex_);
  // Last, as a command is in flight until its caller has been told.
  in_flight_ -= count;
  bytes_ -= bytes;
}

CommandQueue::Jobs CommandQueue::TakeOut(const std::function<bool(QueuedCommand&)>& out) {
  Jobs taken;
  absl::MutexLock lock(&mutex_);
  for (const rpc::Urgency urgency : {rpc::Urgency::kUrgent, rpc::Urgency::kUsual}) {
    for (Line& line : LinesOf(urgency)) {
      std::erase_if(line.commands, [&](std::unique_ptr<QueuedCommand>& command) {
        if (!out(*command)) return false;
        taken.push_back(std::move(command));
        return true;
      });
    }
  }
  return taken;
}

int CommandQueue::Sift() {
  const absl::Time oldest = MonotonicNow() - options_.patience;
  int left = 0;
  Answer(TakeOut([&](QueuedCommand& command) {
    if (!command.Wanted()) {
      ++left;
      command.Fail(absl::CancelledError("the caller left before the command was begun"));
      return true;
    }
    if (command.queued >= oldest) return false;
    command.Fail(WaitedTooLong());
    return true;
  }));
  return left;
}

void CommandQueue::Stop() {
  absl::MutexLock lock(&mutex_);
  stopping_ = true;
}

void CommandQueue::AwaitNothingLeft(absl::Duration most) {
  // absl's timed waits go by the wall clock, its sleeps do not.
  for (const absl::Time end = MonotonicNow() + most; in_flight() > 0 && MonotonicNow() < end;)
    absl::SleepFor(kLook);
}

void CommandQueue::Empty() {
  Answer(TakeOut([](QueuedCommand& command) {
    command.Fail(refusal::ServerStopping());
    return true;
  }));
}

int64_t CommandQueue::in_flight() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int64_t>(in_flight_);
}

}  // namespace tonghu::journal
