#include "libs/clock/timestamp.h"

#include <algorithm>

namespace tonghu::clock {
namespace {

// The bounds of google.protobuf.Timestamp: 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z.
constexpr absl::Time kFirst = absl::FromUnixSeconds(-62'135'596'800);
constexpr absl::Time kLast = absl::FromUnixMicros(253'402'300'799'999'999);

}  // namespace

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  // PostgreSQL keeps microseconds. What is finer is cut off here, so that a stored time equals the one in
  // memory.
  return absl::FromUnixSeconds(timestamp.seconds()) +
         absl::Floor(absl::Nanoseconds(timestamp.nanos()), absl::Microseconds(1));
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  time = std::clamp(time, kFirst, kLast);
  const int64_t seconds = absl::ToUnixSeconds(time);  // towards the past
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Microseconds(time - absl::FromUnixSeconds(seconds)) * 1000));
  return timestamp;
}

}  // namespace tonghu::clock
