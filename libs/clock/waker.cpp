#include "libs/clock/waker.h"

#include <time.h>

namespace tonghu::clock {

absl::Time MonotonicNow() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::TimeFromTimespec(now);
}

void Waker::Wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  news_.notify_all();
}

void Waker::Stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  news_.notify_all();
}

bool Waker::stopped() const {
  std::lock_guard lock(mutex_);
  return stopped_;
}

bool Waker::Wait(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  // libstdc++ 12 waits for a duration by steady_clock (pthread_cond_clockwait).
  news_.wait_for(lock, absl::ToChronoNanoseconds(timeout), [this] { return woken_ || stopped_; });
  woken_ = false;
  return !stopped_;
}

bool Waker::Pause(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  news_.wait_for(lock, absl::ToChronoNanoseconds(timeout), [this] { return stopped_; });
  return !stopped_;
}

}  // namespace tonghu::clock
