// Status codes as the Connect protocol writes them (https://connectrpc.com/docs/protocol, "Error codes").
// Pure.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tonghu::gateway {

// The protocol's name of a code: "invalid_argument". OK has none: "unknown".
absl::string_view ConnectCode(absl::StatusCode code);

// The HTTP status that a unary call answers with a code: 400 for INVALID_ARGUMENT.
int HttpStatusOf(absl::StatusCode code);

// The words behind the number in a status line: "Bad Request".
absl::string_view ReasonOf(int http_status);

}  // namespace tonghu::gateway
