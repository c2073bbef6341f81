#include "libs/clock/duration.h"

namespace tonghu::clock {

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Microseconds(duration.nanos() / 1000);
}

google::protobuf::Duration ToProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  // The division leaves the rest in `duration`, with the sign of the whole, as protobuf wants both parts.
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
  return proto;
}

}  // namespace tonghu::clock
