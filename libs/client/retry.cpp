#include "libs/client/retry.h"

#include <algorithm>

#include "libs/clock/waker.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"

namespace tonghu::client {

Bounds Once(absl::Duration timeout) { return {.timeout = timeout, .tries = 1}; }

bool MayPass(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
      return true;
    case absl::StatusCode::kResourceExhausted:
      // A full queue empties. A message over the size limit, which has this code too, stays too large.
      return refusal::Of(status).reason == "SERVER_BUSY";
    case absl::StatusCode::kAborted:
      // An etag that is out of date stays so.
      return refusal::Of(status).reason != "ETAG_MISMATCH";
    default:
      return false;
  }
}

absl::Status Retry(const Bounds& bounds, absl::FunctionRef<absl::Status(absl::Duration)> work) {
  const absl::Time end = clock::MonotonicNow() + bounds.timeout;
  absl::Duration pause = bounds.pause;
  for (int tried = 1;; ++tried) {
    // Each try has a bound of its own, so that a replica that hangs leaves time for another.
    const absl::Status status = work(std::min(bounds.once, end - clock::MonotonicNow()));
    // A try that could only begin after the end is left out: the last status says more than a time-out.
    if (!MayPass(status) || tried == bounds.tries || clock::MonotonicNow() + pause >= end) return status;
    absl::SleepFor(pause);
    pause = std::min(2 * pause, bounds.longest_pause);
  }
}

absl::Status RetryCall(const Bounds& bounds, absl::FunctionRef<grpc::Status(grpc::ClientContext&)> call) {
  return Retry(bounds, [&](absl::Duration timeout) {
    const auto context = rpc::WithDeadline(timeout);
    return rpc::FromGrpc(call(*context));
  });
}

}  // namespace tonghu::client
