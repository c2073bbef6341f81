// Signatures of Standard Webhooks (standardwebhooks.com), version v1: HMAC-SHA256.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tonghu::alerts {

// Reads the key in "whsec_" + base64. Errors: INVALID_ARGUMENT for any other text, or a key outside 24 .. 64
// bytes.
absl::StatusOr<std::string> WebhookKey(std::string_view secret);

// The signature: "v1," + base64 of the HMAC of "<id>.<seconds since 1970>.<body>".
std::string WebhookSignature(const std::string& key, const std::string& id, absl::Time time,
                             const std::string& body);

}  // namespace tonghu::alerts
