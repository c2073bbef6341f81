// A bounded pool of threads for work that blocks, which gRPC's few callback threads must not do.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace tonghu::rpc {

// The pool. Tasks start in the order given and must not throw. Thread-safe.
class Workers {
 public:
  // Starts `threads` threads (at least 1). At most `max_queue` tasks wait for one of them.
  Workers(int threads, int max_queue);
  // Runs the tasks that still wait, then returns. Nobody may call Submit any more.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Takes a task. False when the queue is full, by number or by `bytes`, the memory that a task keeps (64 MiB
  // over all that wait); the task is then not run. Never waits.
  [[nodiscard]] bool Submit(std::function<void()> task, size_t bytes = 0);

 private:
  void Work();
  bool HasNews() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || !queue_.empty(); }

  const size_t max_queue_;
  absl::Mutex mutex_;
  struct Task {
    std::function<void()> run;
    size_t bytes;
  };
  std::deque<Task> queue_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // of the queue
  size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;   // threads free to take a task at once
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace tonghu::rpc
