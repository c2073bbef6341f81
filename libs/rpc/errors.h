// The one place where absl::Status becomes grpc::Status, and back.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "libs/refusal/refusal.h"

namespace tonghu::rpc {

// Carries code and message over, with google.rpc details (AIP-193): an ErrorInfo (reason, domain "tonghu",
// for a refusal metadata "field"), a BadRequest field violation when a field is named, and a LocalizedMessage
// in zh-CN. A status that is no refusal gets the reason of its code and a general Chinese sentence. The
// messages of INTERNAL, UNKNOWN and DATA_LOSS are for the log and not shown to the caller. Long texts are
// cut: they travel in trailers, of which clients take 8 KiB.
grpc::Status ToGrpc(const absl::Status& status);

// The reason, field and sentences that ToGrpc shows of an error, filled in where the status is no refusal.
refusal::Refusal Shown(const absl::Status& status);

// Whether `status` is a fault of ours and not the caller's: INTERNAL, UNKNOWN or DATA_LOSS, and no refusal.
bool IsFault(const absl::Status& status);

// The inverse of ToGrpc: details become a refusal again (libs/refusal) where they were one.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace tonghu::rpc
