// Times as protobuf carries them.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "absl/time/time.h"

namespace tonghu::clock {

// The timestamp to the microsecond, as PostgreSQL keeps times. Anything finer is cut off, towards the past.
absl::Time ToTime(const google::protobuf::Timestamp& timestamp);
// The time as a timestamp. A time that protobuf can't carry (before the year 1, after 9999, infinite) becomes
// the nearest that it can.
google::protobuf::Timestamp ToTimestamp(absl::Time time);

inline void SetTime(absl::Time time, google::protobuf::Timestamp* timestamp) {
  *timestamp = ToTimestamp(time);
}

}  // namespace tonghu::clock
