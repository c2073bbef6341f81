// Redis, for what may be lost at any moment. A caller decides what a failure means; nothing may depend on an
// answer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tonghu::redis {

// How often something may be tried: `free` tries at once, then each after a wait that begins with `first` and
// doubles up to `longest`. Tries are forgotten when none was made for `forget`.
struct Pace {
  int free = 5;
  absl::Duration first, longest, forget;
};

// Whether Set sets a key that is not there.
enum class Where { kAnywhere, kOverOld };

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

  // Takes one more try at `key`. Gives zero and counts the try; or, counting nothing, how long the key has
  // still to wait. A `now` that went back makes nobody wait longer than `longest`.
  absl::StatusOr<absl::Duration> Try(const std::string& key, const Pace& pace, absl::Time now);

  // The value of a key; none when there is none.
  absl::StatusOr<std::optional<std::string>> Get(const std::string& key);
  // Sets a key to a value that lasts so long. Gives whether it was set.
  absl::StatusOr<bool> Set(const std::string& key, const std::string& value, absl::Duration lasts,
                           Where where = Where::kAnywhere);
  absl::Status Delete(const std::string& key);

  // Adds a member to the set at `key`, which lasts so long from now; takes one away; gives all.
  absl::Status AddMember(const std::string& key, const std::string& member, absl::Duration lasts);
  absl::Status RemoveMember(const std::string& key, const std::string& member);
  absl::StatusOr<std::vector<std::string>> Members(const std::string& key);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tonghu::redis
