// A refusal: an error that a caller can act on. Named once with a reason, carried as absl::Status, mapped to
// gRPC once (libs/rpc).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tonghu::refusal {

struct Refusal {
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
  std::string reason;      // UPPER_SNAKE, stable: "BIRTH_DATE_IN_FUTURE"
  std::string field;       // path in the request: "child.birth_date"; empty when no one field is at fault
  std::string message;     // English, for logs and developers; no personal data
  std::string message_zh;  // Chinese, for the officer: what is wrong and what to do
};

// The refusal as a status: code and English message, the rest as a payload.
absl::Status Make(const Refusal& refusal);

// INVALID_ARGUMENT / NOT_FOUND / FAILED_PRECONDITION / ALREADY_EXISTS in one line.
absl::Status Invalid(std::string_view reason, std::string_view field, std::string_view message,
                     std::string_view message_zh);
absl::Status NotFound(std::string_view reason, std::string_view field, std::string_view message,
                      std::string_view message_zh);
absl::Status Precondition(std::string_view reason, std::string_view field, std::string_view message,
                          std::string_view message_zh);
absl::Status Exists(std::string_view reason, std::string_view field, std::string_view message,
                    std::string_view message_zh);

// UNAVAILABLE, reason SERVER_STOPPING: another replica, or this one in a moment, takes the call.
absl::Status ServerStopping();

// RESOURCE_EXHAUSTED, reason SERVER_BUSY: what is bounded is full; a little later there is room.
absl::Status ServerBusy();

// The refusal marked: what it does not know is another service's ("registry"), of which this one may only not
// have heard yet. The journal's commands and questions ask there before they give it to the caller.
absl::Status OwnedBy(std::string_view service, absl::Status refusal);
// That service; empty for every other status.
std::string OwnerOf(const absl::Status& status);

// Whether `status` was made by Make: a caller's error, final until the caller changes something.
bool IsRefusal(const absl::Status& status);

// What Make was given; for other statuses code and message, with an empty reason.
Refusal Of(const absl::Status& status);

}  // namespace tonghu::refusal
