#include "libs/journal/clock_guard.h"

#include <gtest/gtest.h>

namespace tonghu::journal {
namespace {

const absl::Time kWall = absl::FromUnixSeconds(1'790'000'000);
const absl::Time kMonotonic = absl::FromUnixSeconds(5000);

TEST(ClockGuardTest, ARunningClockFires) {
  ClockGuard guard;
  for (int second = 0; second < 100; ++second) {
    guard.Look(kWall + absl::Seconds(second) + absl::Milliseconds(second), kMonotonic + absl::Seconds(second),
               absl::InfinitePast());
  }
  EXPECT_EQ(guard.held(), "");
}

TEST(ClockGuardTest, JumpsEitherWayHoldUntilReleased) {
  for (const absl::Duration jump : {absl::Seconds(3), -absl::Seconds(3), absl::Hours(24 * 365)}) {
    ClockGuard guard;
    guard.Look(kWall, kMonotonic, absl::InfinitePast());
    guard.Look(kWall + absl::Seconds(1) + jump, kMonotonic + absl::Seconds(1), absl::InfinitePast());
    EXPECT_NE(guard.held(), "") << absl::FormatDuration(jump);
    guard.Look(kWall + absl::Seconds(2) + jump, kMonotonic + absl::Seconds(2), absl::InfinitePast());
    EXPECT_NE(guard.held(), "") << "running on does not release it";
    EXPECT_NE(guard.Release(kWall + absl::Seconds(3) + jump, kMonotonic + absl::Seconds(3)), "");
    guard.Look(kWall + absl::Seconds(4) + jump, kMonotonic + absl::Seconds(4), absl::InfinitePast());
    EXPECT_EQ(guard.held(), "");
  }
}

TEST(ClockGuardTest, DisagreementWithTheDatabaseHolds) {
  ClockGuard guard;
  guard.Look(kWall, kMonotonic, kWall + absl::Seconds(1));
  EXPECT_EQ(guard.held(), "");
  guard.Look(kWall + absl::Seconds(1), kMonotonic + absl::Seconds(1), kWall - absl::Minutes(5));
  EXPECT_NE(guard.held(), "");
}

}  // namespace
}  // namespace tonghu::journal
