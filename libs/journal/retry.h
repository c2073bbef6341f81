// Trying again through short outages, within a bound.
#pragma once

#include <algorithm>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/clock/waker.h"
#include "libs/postgres/connection.h"

namespace tonghu::journal {

// Runs `work` until it succeeds, fails for good, or `patience` (by the monotonic clock) is over; waits 5 ms
// to 500 ms between tries.
template <class Work>
absl::Status RetryTransient(absl::Duration patience, Work work) {
  const absl::Time end = clock::MonotonicNow() + patience;
  absl::Duration pause = absl::Milliseconds(5);
  for (;;) {
    absl::Status status = work();
    if (status.ok() || !postgres::IsTransient(status) || clock::MonotonicNow() + pause > end) return status;
    absl::SleepFor(pause);
    pause = std::min(pause * 2, absl::Milliseconds(500));
  }
}

}  // namespace tonghu::journal
