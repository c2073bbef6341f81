#include "libs/journal/time.h"

#include <gtest/gtest.h>

namespace tonghu::journal {
namespace {

const absl::Time kNewest = absl::FromUnixSeconds(1'790'000'000);

TEST(TimeTest, AClockThatRunsIsTheTime) {
  EXPECT_EQ(TimeBehind(kNewest, kNewest + absl::Microseconds(1)), kNewest + absl::Microseconds(1));
  EXPECT_EQ(TimeBehind(absl::InfinitePast(), kNewest), kNewest) << "nothing was committed on this shard yet";
}

TEST(TimeTest, ASmallStepBackStandsStill) {
  EXPECT_EQ(TimeBehind(kNewest, kNewest - absl::Milliseconds(1500)), kNewest);
  EXPECT_EQ(TimeBehind(kNewest, kNewest - absl::Minutes(1)), kNewest);
}

TEST(TimeTest, AClockPutRightIsFollowed) {
  EXPECT_EQ(TimeBehind(kNewest, kNewest - absl::Hours(24 * 365)), kNewest - absl::Hours(24 * 365));
}

}  // namespace
}  // namespace tonghu::journal
