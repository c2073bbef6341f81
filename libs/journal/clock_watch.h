// The watch over the machine's clock (docs/adr/2026-11-25-a-wrong-clock-stands-aside.md).
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "libs/clock/waker.h"
#include "libs/journal/clock_guard.h"
#include "libs/metrics/metrics.h"
#include "libs/postgres/pool.h"

namespace tonghu::journal {

// Looks at the machine's clock and the database's twice a second, on a thread of its own. A virtual clock is
// always trusted. Thread-safe.
class ClockWatch {
 public:
  struct Options {
    absl::Duration every = absl::Milliseconds(500);
    ClockGuard::Options guard = {};
    // Reads the machine's wall clock; a test gives its own.
    std::function<absl::Time()> wall = SystemTime;
  };
  // Called when trust changes, on the watch's thread, in this order.
  struct Listeners {
    std::function<void(bool trusted)> stand;
    // Tells the operators; called again with each look until it succeeds. `why` is empty when trust has
    // returned.
    std::function<absl::Status(const std::string& why)> tell;
  };

  // Looks at the clocks once; blocks for two seconds at most.
  ClockWatch(Options options, postgres::Pool& pool, const clock::Clock& clock, metrics::Metrics& metrics);
  ~ClockWatch() { Stop(); }
  // Starts the thread that goes on looking. Calls `stand` with the first look's outcome before it returns. To
  // be called once.
  void Start(Listeners listeners);
  // Ends the thread: no listener is called any more. Idempotent.
  void Stop();

  bool trusted() const;
  // Why the clock is not trusted; empty while it is.
  std::string why() const;
  // OK while trusted, else UNAVAILABLE, reason CLOCK_DISTRUSTED: another replica takes the call.
  absl::Status Admit() const;

  // The wall clock, read from the kernel: absl::Now() notices a step up to two seconds late.
  static absl::Time SystemTime();

 private:
  void Work();
  void Look();
  void Tell();
  bool Distrusted() const;
  ClockGuard::Reading Read();

  const Options options_;
  postgres::Pool& pool_;
  const bool virtual_;
  prometheus::Gauge& trusted_gauge_;
  prometheus::Gauge& offset_gauge_;
  // Watch thread only.
  Listeners listeners_;
  bool noted_ = false;  // the newest message, told or in to_tell_, is of a distrust
  std::vector<std::string> to_tell_;
  mutable absl::Mutex mutex_;
  ClockGuard guard_ ABSL_GUARDED_BY(mutex_);
  clock::Waker waker_;
  std::thread thread_;
};

}  // namespace tonghu::journal
