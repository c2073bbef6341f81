// Passwords as they are stored: argon2id by libsodium, 64 MiB and two passes, about 0.1 s of a processor.
#pragma once

#include <prometheus/counter.h>

#include <string>

#include "absl/status/statusor.h"

namespace tonghu::access {

// Hashes passwords, and counts how often. Thread-safe.
class Passwords {
 public:
  // `hashings` outlives it.
  explicit Passwords(prometheus::Counter& hashings) : hashings_(hashings) {}

  // The hash of a password, with its salt and costs in it. Takes 64 MiB and a tenth of a second, so it is
  // called on workers of a bounded number. Errors: RESOURCE_EXHAUSTED without memory.
  absl::StatusOr<std::string> Hash(const std::string& password) const;

  // Whether the hash is this password's. An empty hash is nobody's; looking at it takes as long as at any
  // other, so that the time does not tell whether there is an account.
  bool IsOf(const std::string& hash, const std::string& password) const;

 private:
  prometheus::Counter& hashings_;
};

}  // namespace tonghu::access
