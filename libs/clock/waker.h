// How a thread waits for news: by the monotonic clock.
#pragma once

#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

namespace tonghu::clock {

// The machine's monotonic clock as a time on a scale of its own: for time-outs, pauses and bounds.
absl::Time MonotonicNow();

// Wakes one thread. absl's timed waits go by the wall clock: when that is set back by an hour, they take an
// hour longer. Thread-safe.
class Waker {
 public:
  // The thread's next wait, or the one it is in, ends.
  void Wake();
  // Every wait ends at once from now on.
  void Stop();
  bool stopped() const;
  // Waits until woken, stopped, or `timeout` is over. Gives false when stopped. One wake ends one wait.
  bool Wait(absl::Duration timeout);
  // Waits until stopped or `timeout` is over, whatever wakes come; they end the next wait. Gives false when
  // stopped.
  bool Pause(absl::Duration timeout);

 private:
  mutable std::mutex mutex_;
  std::condition_variable news_;
  bool woken_ = false;
  bool stopped_ = false;
};

}  // namespace tonghu::clock
