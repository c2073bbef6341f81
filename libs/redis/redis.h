// Redis, for what may be lost at any moment. A caller decides what a failure means; nothing may depend on an
// answer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tonghu::redis {

// A client with one connection, made when first needed and again after any error. Calls take turns. A call
// has the time-out for waiting for its turn, connecting and sending, and as long again for the answer. Keys
// are any bytes. The process must ignore SIGPIPE (process::StopSignal does). Thread-safe.
// Errors: UNAVAILABLE (not there, lost, refused), DEADLINE_EXCEEDED; INVALID_ARGUMENT for a window not
// between 1 ms and 366 days.
class Client {
 public:
  explicit Client(std::string socket_path, absl::Duration timeout = absl::Milliseconds(200));
  ~Client();
  // Counts one more use of `key` in the window in which `now` lies, and gives the count so far in that
  // window. Windows begin at multiples of their length since 1970, so that all replicas share them.
  absl::StatusOr<int64_t> CountInWindow(const std::string& key, absl::Duration window, absl::Time now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tonghu::redis
