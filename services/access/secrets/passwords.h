// Passwords as they are stored: argon2id by libsodium, 64 MiB and two passes, about 0.1 s of a processor.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tonghu::access {

// The hash of a password, with its salt and costs in it. Takes 64 MiB and a tenth of a second, so it is
// called on workers of a bounded number. Errors: RESOURCE_EXHAUSTED without memory.
absl::StatusOr<std::string> HashPassword(const std::string& password);

// Whether the hash is this password's. An empty hash is nobody's; looking at it takes as long as at any
// other, so that the time does not tell whether there is an account.
bool IsPassword(const std::string& hash, const std::string& password);

}  // namespace tonghu::access
