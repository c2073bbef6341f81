#include "libs/rpc/workers.h"

#include <algorithm>
#include <utility>

namespace tonghu::rpc {
namespace {

constexpr size_t kMostBytes = 64 << 20;

}  // namespace

Workers::Workers(int threads, int max_queue) : max_queue_(static_cast<size_t>(std::max(max_queue, 0))) {
  const int count = std::max(threads, 1);
  {
    absl::MutexLock lock(&mutex_);
    // The threads count as idle before they run, so that the first tasks are taken.
    idle_ = static_cast<size_t>(count);
  }
  for (int i = 0; i < count; ++i) threads_.emplace_back([this] { Work(); });
}

Workers::~Workers() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

bool Workers::Submit(std::function<void()> task, size_t bytes) {
  absl::MutexLock lock(&mutex_);
  // A task that an idle thread is about to take does not wait, so the bound is for the others.
  if (stopping_ || queue_.size() >= idle_ + max_queue_ || bytes_ + bytes > kMostBytes) return false;
  queue_.push_back({std::move(task), bytes});
  bytes_ += bytes;
  return true;
}

void Workers::Work() {
  absl::MutexLock lock(&mutex_);
  while (true) {
    mutex_.Await(absl::Condition(this, &Workers::HasNews));
    // Only when stopping: tasks that still wait are run first.
    if (queue_.empty()) return;
    std::function<void()> task = std::move(queue_.front().run);
    bytes_ -= queue_.front().bytes;
    queue_.pop_front();
    --idle_;
    mutex_.Unlock();
    task();
    task = nullptr;  // destroyed outside the lock: a task may hold a call, whose end takes locks of its own
    mutex_.Lock();
    ++idle_;
  }
}

}  // namespace tonghu::rpc
