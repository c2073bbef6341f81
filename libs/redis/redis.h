// Redis for what may be lost at any moment. Callers decide what a failure means; nothing may depend on an
// answer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tonghu::redis {

// One connection, made when first needed and again after any error. Thread-safe (calls take turns). Waiting
// for its turn, connecting and sending, a call has the time-out, and as long again for the answer. Keys are
// any bytes. Whoever uses it ignores SIGPIPE, as process::StopSignal does. Errors: UNAVAILABLE (not there,
// lost, refused), DEADLINE_EXCEEDED; INVALID_ARGUMENT for a window not between 1 ms and 366 days.
class Client {
 public:
  explicit Client(std::string socket_path, absl::Duration timeout = absl::Milliseconds(200));
  ~Client();
  // Counts one more use of `key` in the window that `now` lies in (windows start at multiples since the
  // epoch); gives the count so far in that window.
  absl::StatusOr<int64_t> CountInWindow(const std::string& key, absl::Duration window, absl::Time now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tonghu::redis
