// Waiting for a condition without knowing when it comes.
#pragma once

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/clock/waker.h"

namespace tonghu::harness {

// Asks `condition` again and again until it is true; false when it was not within `most`, by the monotonic
// clock.
template <class Condition>
bool Eventually(Condition condition, absl::Duration most = absl::Seconds(60)) {
  const absl::Time end = clock::MonotonicNow() + most;
  for (;;) {
    if (condition()) return true;
    if (clock::MonotonicNow() >= end) return false;
    absl::SleepFor(absl::Milliseconds(10));
  }
}

}  // namespace tonghu::harness
