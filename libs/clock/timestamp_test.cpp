#include "libs/clock/timestamp.h"

#include <gtest/gtest.h>

#include "libs/clock/duration.h"

namespace tonghu::clock {
namespace {

TEST(TimestampTest, GoesThereAndBackToTheMicrosecond) {
  for (const absl::Time time : {absl::UnixEpoch(), absl::FromUnixMicros(1'788'000'000'123'456),
                                absl::FromUnixMicros(-1), absl::FromUnixMicros(-62'135'596'800'000'000)}) {
    const google::protobuf::Timestamp timestamp = ToTimestamp(time);
    EXPECT_EQ(ToTime(timestamp), time);
    EXPECT_GE(timestamp.nanos(), 0) << "protobuf counts them forward from the second";
    EXPECT_LT(timestamp.nanos(), 1'000'000'000);
  }
}

TEST(TimestampTest, WhatIsFinerIsCutOffTowardsThePast) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(-5);
  timestamp.set_nanos(1'999);
  EXPECT_EQ(ToTime(timestamp), absl::FromUnixSeconds(-5) + absl::Microseconds(1));
  EXPECT_EQ(ToTime(ToTimestamp(absl::UnixEpoch() - absl::Nanoseconds(1))),
            absl::UnixEpoch() - absl::Microseconds(1));
}

TEST(TimestampTest, WhatProtobufCantSayIsTheNearestThatItCan) {
  EXPECT_EQ(ToTimestamp(absl::InfinitePast()).seconds(), -62'135'596'800);
  EXPECT_EQ(ToTimestamp(absl::InfiniteFuture()).seconds(), 253'402'300'799);
  EXPECT_EQ(ToTimestamp(absl::InfiniteFuture()).nanos(), 999'999'000);
}

TEST(DurationTest, GoesThereAndBackToTheMicrosecond) {
  for (const absl::Duration duration :
       {absl::ZeroDuration(), absl::Hours(48), absl::Microseconds(1'000'001), -absl::Milliseconds(1500)}) {
    EXPECT_EQ(ToDuration(ToProto(duration)), duration);
  }
  google::protobuf::Duration fine;
  fine.set_nanos(1'999);
  EXPECT_EQ(ToDuration(fine), absl::Microseconds(1));
}

}  // namespace
}  // namespace tonghu::clock
