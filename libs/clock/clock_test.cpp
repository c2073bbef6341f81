#include "libs/clock/clock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "libs/clock/epoch_day.h"

namespace tonghu::clock {
namespace {

class VirtualClockTest : public testing::Test {
 protected:
  void SetUp() override { path_ = absl::StrCat(testing::TempDir(), "/clock-", ::getpid()); }
  void TearDown() override { ::unlink(path_.c_str()); }
  std::string path_;
};

TEST_F(VirtualClockTest, TwoMappingsShareOneTime) {
  const absl::Time start = absl::FromUnixSeconds(1'700'000'000);
  auto one = VirtualClock::Open(path_, start);
  auto two = VirtualClock::Open(path_, start + absl::Hours(9));
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ((*two)->Now(), start) << "the first to make the file sets the time";
  ASSERT_TRUE((*one)->AdvanceTo(start + absl::Hours(1)).ok());
  EXPECT_EQ((*two)->Now(), start + absl::Hours(1));
}

TEST_F(VirtualClockTest, NeverGoesBack) {
  const absl::Time start = absl::FromUnixSeconds(1'700'000'000);
  auto clock = VirtualClock::Open(path_, start);
  ASSERT_TRUE(clock.ok());
  EXPECT_EQ((*clock)->AdvanceTo(start - absl::Seconds(1)).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ((*clock)->Now(), start);
}

TEST(ClockTest, DaysAreChinese) {
  // 16:30 UTC is already the next day in China.
  const absl::Time evening = absl::FromCivil(absl::CivilSecond(2026, 9, 1, 16, 30, 0), absl::UTCTimeZone());
  EXPECT_EQ(DayOf(evening), absl::CivilDay(2026, 9, 2));
  EXPECT_EQ(StartOf(absl::CivilDay(2026, 9, 2)),
            absl::FromCivil(absl::CivilSecond(2026, 9, 1, 16, 0, 0), absl::UTCTimeZone()));
}

TEST(ChinaTest, TheDayIsThatOfTheTimeZone) {
  const absl::TimeZone zone = absl::FixedTimeZone(8 * 60 * 60);
  std::vector<absl::Time> times = {absl::InfinitePast(), absl::InfiniteFuture(), absl::UniversalEpoch()};
  for (const int64_t day : {-5'000'000, -800'000, -9'000, -1, 0, 1, 20'698, 20'699, 3'000'000, 5'000'000}) {
    const absl::Time midnight = absl::FromUnixSeconds(day * 86400 - 8 * 3600);
    times.insert(times.end(), {midnight - absl::Nanoseconds(1), midnight, midnight + absl::Nanoseconds(1)});
  }
  for (const absl::Time time : times) {
    EXPECT_EQ(DayOf(time), absl::ToCivilDay(time, zone)) << time;
    EXPECT_EQ(StartOf(DayOf(time)), absl::FromCivil(DayOf(time), zone)) << time;
  }
}

TEST(ClockTest, RefusesUnknownSettings) {
  EXPECT_EQ(Make("lunar").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Make("virtual:").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(Make("system").ok());
}

TEST(EpochDayTest, DaysCountFromTheFirstOf1970) {
  EXPECT_EQ(EpochDay(absl::CivilDay(1970, 1, 1)), 0);
  EXPECT_EQ(EpochDay(absl::CivilDay(1969, 12, 31)), -1);
  EXPECT_EQ(EpochDay(absl::CivilDay(2026, 9, 7)), 20703);
  EXPECT_EQ(DayOfEpoch(20703), absl::CivilDay(2026, 9, 7));
}

}  // namespace
}  // namespace tonghu::clock
