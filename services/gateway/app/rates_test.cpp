#include "services/gateway/app/rates.h"

#include <gtest/gtest.h>

namespace tonghu::gateway {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

TEST(RatesTest, AKeyHasItsShareOfEachWindow) {
  Rates rates("");
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(rates.Take("a", 5, kNow + absl::Seconds(i)));
  EXPECT_FALSE(rates.Take("a", 5, kNow + absl::Seconds(9)));
  EXPECT_TRUE(rates.Take("b", 5, kNow + absl::Seconds(9)));
  EXPECT_TRUE(rates.Take("a", 5, kNow + absl::Seconds(10)));
}

TEST(RatesTest, ZeroIsNoLimit) {
  Rates rates("");
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(rates.Take("a", 0, kNow));
}

TEST(RatesTest, WithoutRedisEachCountsForItself) {
  Rates rates("/nowhere/redis.sock");
  for (int i = 0; i < 30; ++i) EXPECT_EQ(rates.Take("a", 20, kNow), i < 20) << i;
}

}  // namespace
}  // namespace tonghu::gateway
