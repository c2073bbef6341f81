// Settings from a TOML file: typed, bounded, and unknown keys refused.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tonghu::config {

// Reads settings by dotted keys ("nats.url"). A getter that meets a fault (absent, of another type, out of
// bounds) records it and returns the default; the first fault is kept and given by Fault and Finish, so that
// callers check once, at the end. Not thread-safe.
class Reader {
 public:
  // Errors: NOT_FOUND (no file), INVALID_ARGUMENT (not TOML; line and column).
  static absl::StatusOr<Reader> Open(const std::string& path);
  static absl::StatusOr<Reader> Parse(std::string_view text);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  std::string String(std::string_view key);                              // required
  std::string String(std::string_view key, std::string_view otherwise);  // optional
  int64_t Int(std::string_view key, int64_t otherwise, int64_t min, int64_t max);
  bool Bool(std::string_view key, bool otherwise);
  absl::Duration Duration(std::string_view key, absl::Duration otherwise, absl::Duration min,
                          absl::Duration max);            // "250ms", "5s"
  std::vector<std::string> Keys(std::string_view table);  // names directly below a table; empty when absent

  // The first fault so far; OK when there is none.
  absl::Status Fault() const;
  // The first fault, or INVALID_ARGUMENT naming the keys nobody asked for.
  absl::Status Finish() const;

 private:
  struct State;
  explicit Reader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tonghu::config
