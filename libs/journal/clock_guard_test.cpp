#include "libs/journal/clock_guard.h"

#include <gtest/gtest.h>

namespace tonghu::journal {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'790'000'000);
const absl::Time kMonotonic = absl::FromUnixSeconds(5000);

// Looks of a machine whose clock is ahead of the database's by an offset.
class ClockGuardTest : public testing::Test {
 protected:
  // `second` seconds after the start.
  void Look(double second, absl::Duration ahead, absl::Duration round_trip = absl::ZeroDuration()) {
    const absl::Time now = kStart + absl::Seconds(second);
    guard_.Look({now + ahead, kMonotonic + absl::Seconds(second), now - round_trip / 2, round_trip});
  }
  void LookWithoutDatabase(double second, absl::Duration ahead) {
    guard_.Look({kStart + absl::Seconds(second) + ahead, kMonotonic + absl::Seconds(second), std::nullopt});
  }

  ClockGuard guard_{{}};
};

TEST_F(ClockGuardTest, TrustBeginsWithTheFirstAgreement) {
  EXPECT_FALSE(guard_.trusted());
  LookWithoutDatabase(0, absl::ZeroDuration());
  EXPECT_FALSE(guard_.trusted());
  EXPECT_NE(guard_.why(), "");
  Look(1, absl::Milliseconds(300));
  EXPECT_TRUE(guard_.trusted());
  EXPECT_EQ(guard_.why(), "");
  EXPECT_EQ(guard_.offset(), absl::Milliseconds(300));
}

TEST_F(ClockGuardTest, AClockThatIsWrongFromTheBeginningIsNeverTrusted) {
  for (int second = 0; second < 100; ++second) Look(second, absl::Hours(1));
  EXPECT_FALSE(guard_.trusted());
}

TEST_F(ClockGuardTest, ARunningClockIsTrusted) {
  for (int second = 0; second < 100; ++second) {
    Look(second, absl::Milliseconds(15) * second);  // drifts, a little a look
    EXPECT_TRUE(guard_.trusted()) << second;
  }
}

TEST_F(ClockGuardTest, AJumpEitherWayIsDistrustedAtOnce) {
  for (const absl::Duration jump :
       {absl::Seconds(3), -absl::Seconds(3), absl::Hours(1), -absl::Hours(8760)}) {
    guard_ = ClockGuard({});
    Look(0, absl::ZeroDuration());
    ASSERT_TRUE(guard_.trusted());
    LookWithoutDatabase(1, jump);
    EXPECT_FALSE(guard_.trusted()) << absl::FormatDuration(jump);
  }
}

TEST_F(ClockGuardTest, TrustReturnsByItselfWhenTheClockHasAgreedForAWhile) {
  Look(0, absl::ZeroDuration());
  Look(1, absl::Seconds(5));
  EXPECT_FALSE(guard_.trusted());
  Look(2, absl::ZeroDuration());  // put right: a jump again
  Look(3, absl::ZeroDuration());
  Look(6.9, absl::ZeroDuration());
  EXPECT_FALSE(guard_.trusted()) << "agrees since second 2, for 4.9 seconds";
  Look(7.1, absl::ZeroDuration());
  EXPECT_TRUE(guard_.trusted());
}

TEST_F(ClockGuardTest, ADisagreementInBetweenBeginsTheWhileAnew) {
  Look(0, absl::ZeroDuration());
  Look(1, absl::Seconds(5));
  Look(2, absl::ZeroDuration());
  Look(4, absl::Seconds(2.5));
  Look(5, absl::ZeroDuration());
  Look(8, absl::ZeroDuration());
  EXPECT_FALSE(guard_.trusted());
  Look(10, absl::ZeroDuration());
  EXPECT_TRUE(guard_.trusted());
}

TEST_F(ClockGuardTest, ASlowAnswerOfTheDatabaseDoesNotCount) {
  Look(0, absl::ZeroDuration());
  Look(1, absl::Seconds(30), absl::Seconds(1.5));
  EXPECT_FALSE(guard_.trusted()) << "the wall clock jumped, whatever the database says";
  guard_ = ClockGuard({});
  Look(0, absl::ZeroDuration());
  const absl::Time now = kStart + absl::Seconds(60);
  guard_.Look({now, kMonotonic + absl::Seconds(60), now - absl::Seconds(50), absl::Seconds(50)});
  EXPECT_TRUE(guard_.trusted()) << "the answer is old, not the clock wrong";
}

TEST_F(ClockGuardTest, TheRoundTripMayExplainADifference) {
  Look(0, absl::ZeroDuration());
  Look(1, absl::Seconds(2.3), absl::Seconds(0.8));
  EXPECT_FALSE(guard_.trusted()) << "it jumped";
  guard_ = ClockGuard({});
  Look(0, absl::Seconds(2.3), absl::Seconds(0.8));
  EXPECT_TRUE(guard_.trusted()) << "2.3 s, of which 0.4 s may be the way";
}

TEST_F(ClockGuardTest, WithoutTheDatabaseTrustStays) {
  Look(0, absl::ZeroDuration());
  for (int second = 1; second < 100; ++second) LookWithoutDatabase(second, absl::ZeroDuration());
  EXPECT_TRUE(guard_.trusted());
}

}  // namespace
}  // namespace tonghu::journal
