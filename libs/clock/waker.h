// Waiting in threads by the monotonic clock, which no setting of the wall clock shortens or prolongs.
#pragma once

#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

namespace tonghu::clock {

// The machine's monotonic clock. The value is a time on a scale of its own, good only for time-outs, pauses
// and bounds: never to be stored or compared with a Clock's.
absl::Time MonotonicNow();

// An alarm for one waiting thread. absl's timed waits go by the wall clock: when that is set back by an hour,
// they take an hour longer. Thread-safe.
class Waker {
 public:
  // Ends the wait that the thread is in, or else its next one.
  void Wake();
  // Ends every wait from now on, at once.
  void Stop();
  bool stopped() const;
  // Waits until woken, stopped, or `timeout` is over. Gives false when stopped. One Wake ends one Wait.
  bool Wait(absl::Duration timeout);
  // Waits until stopped or `timeout` is over, whatever wakes come; a wake that comes meanwhile ends the next
  // Wait. Gives false when stopped.
  bool Pause(absl::Duration timeout);

 private:
  mutable std::mutex mutex_;
  std::condition_variable news_;
  bool woken_ = false;
  bool stopped_ = false;
};

}  // namespace tonghu::clock
