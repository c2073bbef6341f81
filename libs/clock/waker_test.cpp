#include "libs/clock/waker.h"

#include <gtest/gtest.h>

#include <thread>

namespace tonghu::clock {
namespace {

TEST(WakerTest, AWakeBeforeTheWaitEndsItOnce) {
  Waker waker;
  waker.Wake();
  const absl::Time began = MonotonicNow();
  EXPECT_TRUE(waker.Wait(absl::Hours(1)));
  EXPECT_LT(MonotonicNow() - began, absl::Minutes(1));
  EXPECT_TRUE(waker.Wait(absl::Milliseconds(1))) << "over by itself";
}

TEST(WakerTest, AWakeEndsAWaitUnderWay) {
  Waker waker;
  std::thread other([&] { waker.Wake(); });
  EXPECT_TRUE(waker.Wait(absl::Hours(1)));
  other.join();
}

TEST(WakerTest, StoppedNothingWaits) {
  Waker waker;
  std::thread other([&] { waker.Stop(); });
  EXPECT_FALSE(waker.Pause(absl::Hours(1)));
  EXPECT_FALSE(waker.Wait(absl::Hours(1)));
  EXPECT_TRUE(waker.stopped());
  other.join();
}

TEST(WakerTest, APauseKeepsTheWakeForTheNextWait) {
  Waker waker;
  waker.Wake();
  EXPECT_TRUE(waker.Pause(absl::Milliseconds(1)));
  EXPECT_TRUE(waker.Wait(absl::Hours(1)));
}

}  // namespace
}  // namespace tonghu::clock
