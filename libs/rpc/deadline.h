// Deadlines as gRPC takes them.
#pragma once

#include <grpc/support/time.h>

#include "absl/time/time.h"

namespace tonghu::rpc {

// The deadline `timeout` from now, by the monotonic clock, so that no setting of the wall clock moves it.
gpr_timespec MonotonicDeadline(absl::Duration timeout);

}  // namespace tonghu::rpc
