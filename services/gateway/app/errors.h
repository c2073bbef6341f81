// Errors as Connect's JSON (https://connectrpc.com/docs/protocol, "Error").
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/domain/request.h"

namespace tonghu::gateway {

// An error of a call, as gRPC carries it.
struct CallError {
  absl::StatusCode code = absl::StatusCode::kUnknown;
  std::string message;
  std::string details;  // a serialized google.rpc.Status, or nothing
};

// {"code", "message", "details"}: each detail has its type, its bytes in base64 and, when the type is known,
// a readable form in `debug`.
std::string ErrorJson(const CallError& error);

// The last message of a stream: {"error", "metadata"}; without error when `error` is null.
std::string EndOfStreamJson(const CallError* error, const Headers& metadata);

// What is longer than the gateway takes: RESOURCE_EXHAUSTED, reason REQUEST_TOO_LARGE. `message` is the
// English sentence; the Chinese one says the limit.
absl::Status TooLarge(absl::string_view message, size_t most_bytes);

}  // namespace tonghu::gateway
