// People who go on with their work whatever happens to the system, and remember what they were told.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tests/fault/province.h"

namespace tonghu::fault {

// Threads that share the schools out among them: what happens to a child and to its school is said by one
// thread, one thing after the other, so that it is known in which order it happened. Runs from construction
// until Stop.
class Load {
 public:
  Load(Province& province, uint64_t seed, int threads);
  ~Load() { Stop(); }
  void Stop();

  // Between the two nobody calls: then the clock may be moved. Between two pauses is a round; in a round a
  // child is talked of with one service only, because the others hear of it later.
  void Pause();
  void Resume();

  // Contacts acknowledged so far.
  int acknowledged() const { return acknowledged_; }
  // Waits until `count` more are acknowledged; false after `patience`.
  bool AwaitMore(int count, absl::Duration patience) const;

 private:
  void Work(int thread, uint64_t seed);

  Province& province_;
  const int thread_count_;
  std::atomic<int> acknowledged_ = 0;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;
  int busy_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t round_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> threads_;
};

}  // namespace tonghu::fault
