#include "libs/rpc/workers.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/notification.h"

namespace tonghu::rpc {
namespace {

TEST(WorkersTest, RefusesWhenFullAndDrainsAtTheEnd) {
  std::atomic<int> ran = 0;
  absl::Notification begun, go;
  {
    Workers workers(1, 2);
    ASSERT_TRUE(workers.Submit([&] {
      begun.Notify();
      go.WaitForNotification();
      ++ran;
    }));
    begun.WaitForNotification();
    EXPECT_TRUE(workers.Submit([&] { ++ran; }));
    EXPECT_TRUE(workers.Submit([&] { ++ran; }));
    EXPECT_FALSE(workers.Submit([&] { ++ran; })) << "one runs, two wait";
    go.Notify();
  }
  EXPECT_EQ(ran, 3);
}

TEST(WorkersTest, WithoutAQueueFreeThreadsStillTakeWork) {
  absl::Notification first, second, go;
  Workers workers(2, 0);
  ASSERT_TRUE(workers.Submit([&] { first.Notify(), go.WaitForNotification(); }));
  ASSERT_TRUE(workers.Submit([&] { second.Notify(), go.WaitForNotification(); }));
  EXPECT_FALSE(workers.Submit([] {}));
  first.WaitForNotification();
  second.WaitForNotification();
  EXPECT_FALSE(workers.Submit([] {}));
  go.Notify();
}

TEST(WorkersTest, WhatWaitingTasksKeepIsBounded) {
  absl::Notification begun, go;
  Workers workers(1, 1000);
  ASSERT_TRUE(workers.Submit([&] { begun.Notify(), go.WaitForNotification(); }, 60 << 20));
  begun.WaitForNotification();
  for (int i = 0; i < 16; ++i)
    EXPECT_TRUE(workers.Submit([] {}, 4 << 20)) << "the one that runs does not count";
  EXPECT_FALSE(workers.Submit([] {}, 4 << 20));
  EXPECT_TRUE(workers.Submit([] {}));
  go.Notify();
}

TEST(WorkersTest, ManyTasksAllRun) {
  std::atomic<int> ran = 0;
  {
    Workers workers(4, 10'000);
    for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(workers.Submit([&] { ++ran; }));
  }
  EXPECT_EQ(ran, 10'000);
}

}  // namespace
}  // namespace tonghu::rpc
