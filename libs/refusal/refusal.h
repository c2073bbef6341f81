// A refusal is an error that a caller can act on. Where a rule refuses, the refusal is made with its reason;
// it travels as an absl::Status and becomes a gRPC status in one place (libs/rpc/errors.h).
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tonghu::refusal {

// What a refusal says. docs/reasons.md lists all reasons and sentences.
struct Refusal {
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
  std::string reason;      // UPPER_SNAKE, stable: "BIRTH_DATE_IN_FUTURE"
  std::string field;       // path in the request: "child.birth_date"; empty when no one field is at fault
  std::string message;     // English, for logs and developers; no personal data
  std::string message_zh;  // Chinese, for the officer: what is wrong and what to do
};

// Makes the status of a refusal: code and English message, the rest as a payload.
absl::Status Make(const Refusal& refusal);

// Refusals with the code INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION and ALREADY_EXISTS, in this order.
absl::Status Invalid(std::string_view reason, std::string_view field, std::string_view message,
                     std::string_view message_zh);
absl::Status NotFound(std::string_view reason, std::string_view field, std::string_view message,
                      std::string_view message_zh);
absl::Status Precondition(std::string_view reason, std::string_view field, std::string_view message,
                          std::string_view message_zh);
absl::Status Exists(std::string_view reason, std::string_view field, std::string_view message,
                    std::string_view message_zh);

// UNAVAILABLE, reason SERVER_STOPPING: this replica is stopping, and another one takes the call.
absl::Status ServerStopping();

// RESOURCE_EXHAUSTED, reason SERVER_BUSY: a bounded queue is full, and has room again in a moment.
absl::Status ServerBusy();

// Marks a refusal of something unknown that another service owns ("registry"): this service may only not have
// consumed the owner's event yet. The pipeline asks the owner before the caller gets such a refusal
// (libs/rpc/gate.h, Gate::Ask).
absl::Status OwnedBy(std::string_view service, absl::Status refusal);
// The service that OwnedBy was given; empty for every other status.
std::string OwnerOf(const absl::Status& status);

// Whether `status` was made by Make: a caller's error, final until the caller changes something.
bool IsRefusal(const absl::Status& status);

// The refusal that Make was given; for other statuses code and message, with an empty reason.
Refusal Of(const absl::Status& status);

}  // namespace tonghu::refusal
