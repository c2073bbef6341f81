// Times as protobuf carries them.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "absl/time/time.h"

namespace tonghu::clock {

// To the microsecond, as PostgreSQL keeps times: what is finer is cut off, towards the past.
absl::Time ToTime(const google::protobuf::Timestamp& timestamp);
// What protobuf can't say (before the year 1, after 9999, infinite) becomes the nearest that it can.
google::protobuf::Timestamp ToTimestamp(absl::Time time);

inline void SetTime(absl::Time time, google::protobuf::Timestamp* timestamp) {
  *timestamp = ToTimestamp(time);
}

}  // namespace tonghu::clock
