// The one place where our statuses become gRPC statuses and back.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "libs/refusal/refusal.h"

namespace tonghu::rpc {

// Code and message carried over, with google.rpc details: one ErrorInfo (reason, domain "tonghu", for a
// refusal metadata "field"), a BadRequest field violation when a field is named, and one LocalizedMessage in
// zh-CN. Statuses that are no refusal get the reason of their code and a general Chinese sentence; INTERNAL,
// UNKNOWN and DATA_LOSS messages are not shown to the caller (they are for the log). Long texts are cut: they
// travel in trailers of 8 KiB.
grpc::Status ToGrpc(const absl::Status& status);

// What ToGrpc shows of an error: reason, field and sentences, filled in where the status is no refusal.
refusal::Refusal Shown(const absl::Status& status);

// Whether `status` is our fault, not the caller's: INTERNAL, UNKNOWN or DATA_LOSS and no refusal.
bool IsFault(const absl::Status& status);

// The inverse: details become a refusal again (libs/refusal) where they were one.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace tonghu::rpc
