// The rules of passwords (等保 level 3). Pure.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace tonghu::access {

inline constexpr size_t kLongestPassword = 256;  // bytes
inline constexpr int kRememberedPasswords = 5;   // a new password is none of the last so many

// Checks a new password of the account with this login. Refusals: PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG,
// PASSWORD_TOO_SIMPLE, PASSWORD_HAS_LOGIN, PASSWORD_COMMON, of the field new_password.
absl::Status CheckPassword(std::string_view password, std::string_view login);

// The refusal of a password that the account had before.
absl::Status PasswordUsedBefore();

}  // namespace tonghu::access
