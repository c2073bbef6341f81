// The one way in which a call is tried again.
#pragma once

#include <grpcpp/grpcpp.h>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

namespace tonghu::client {

// How often and how long a call is tried, by the monotonic clock.
struct Bounds {
  absl::Duration timeout = absl::Seconds(10);       // for all tries and the pauses between them
  absl::Duration once = absl::InfiniteDuration();   // for one try
  int tries = 4;                                    // in all; 0: as many as the time allows
  absl::Duration pause = absl::Milliseconds(200);   // before the second try; then doubled each time …
  absl::Duration longest_pause = absl::Seconds(2);  // … up to this
};

// Bounds of one try, for callers who want to see every refusal.
Bounds Once(absl::Duration timeout = absl::Seconds(30));

// Whether the same call may succeed a moment later: no answer (UNAVAILABLE, CANCELLED by the server,
// DEADLINE_EXCEEDED), a full queue (reason SERVER_BUSY), or another's change in between (ABORTED, except
// reason ETAG_MISMATCH, for which the caller must read again).
bool MayPass(const absl::Status& status);

// Calls `work`, which may take as long as it is told, until its status is none that may pass or the bounds
// are reached. Gives the last status. `work` must be harmless when done twice: a change carries a request id.
absl::Status Retry(const Bounds& bounds, absl::FunctionRef<absl::Status(absl::Duration)> work);

// Tries a gRPC call, which is given a context with a deadline for each try.
absl::Status RetryCall(const Bounds& bounds, absl::FunctionRef<grpc::Status(grpc::ClientContext&)> call);

}  // namespace tonghu::client
