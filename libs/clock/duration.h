// Durations as protobuf carries them.
#pragma once

#include <google/protobuf/duration.pb.h>

#include "absl/time/time.h"

namespace tonghu::clock {

// The duration to the microsecond, as PostgreSQL keeps intervals. Anything finer is cut off.
absl::Duration ToDuration(const google::protobuf::Duration& duration);
google::protobuf::Duration ToProto(absl::Duration duration);

}  // namespace tonghu::clock
