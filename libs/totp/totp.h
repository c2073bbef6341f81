// One-time codes (RFC 6238, by liboath): six digits, half a minute each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace tonghu::totp {

constexpr size_t kSecretBytes = 20;  // as RFC 4226 advises for SHA-1

// The number of the half minute since 1970 whose code this is: that of `now`, the one before or the one
// after, since a phone's clock may be a little wrong. None: a code of no such half minute.
std::optional<int64_t> StepOfCode(std::string_view secret, std::string_view code, absl::Time now);

// The code of a moment, for clients and tests.
std::string CodeAt(std::string_view secret, absl::Time time);

// The secret in Base32, as people type it into an app; and back, empty for any other text.
std::string ToBase32(std::string_view secret);
std::string FromBase32(std::string_view text);

// The otpauth:// address that apps read from a QR code.
std::string AddressOf(std::string_view secret, std::string_view login);

}  // namespace tonghu::totp
