#include "libs/redis/redis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "tests/harness/server_process.h"

namespace tonghu::redis {
namespace {

// Started again it listens on the same socket.
class RedisServer final : public harness::ServerProcess {
 public:
  std::string socket() const { return dir() + "/redis.sock"; }
  bool Start(const char* memory = "0") {
    return Run({"redis-server", "--port", "0", "--unixsocket", socket(), "--dir", dir(), "--save", "",
                "--maxmemory", memory},
               STDOUT_FILENO, "accept connections");
  }
};

class RedisTest : public testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    ASSERT_TRUE(server_.Start()) << "these tests need redis-server on PATH";
  }
  RedisServer server_;
  Client client_{server_.socket()};
  // One more use of `key` in the minute of start_.
  absl::StatusOr<int64_t> Count(Client& client, const std::string& key) {
    return client.CountInWindow(key, absl::Minutes(1), start_);
  }
  const absl::Time start_ = absl::FromUnixSeconds(1'700'000'040);  // a whole minute
};

TEST_F(RedisTest, AnyBytesInKeys) {
  for (const std::string& key :
       {std::string("a b"), std::string("\"quoted\" 'too'"), std::string("nul\0inside", 10),
        std::string("%s %b\r\n"), std::string("\xff\xfe"), std::string(), std::string(1 << 20, 'x')}) {
    for (const int count : {1, 2}) EXPECT_EQ(*Count(client_, key), count);
  }
}

TEST_F(RedisTest, CountsEnd) {
  // A window of the past: its key goes as soon as it was made.
  const absl::Time deadline = absl::Now() + absl::Seconds(5);
  ASSERT_TRUE(client_.CountInWindow("a", absl::Milliseconds(1), start_).ok());
  while (*client_.CountInWindow("a", absl::Milliseconds(1), start_) > 1) ASSERT_LT(absl::Now(), deadline);
}

TEST_F(RedisTest, CountsInItsWindow) {
  const absl::Duration minute = absl::Minutes(1);
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(*client_.CountInWindow("r", minute, start_ + absl::Seconds(i)), i);
  EXPECT_EQ(*client_.CountInWindow("other", minute, start_), 1);
  EXPECT_EQ(*client_.CountInWindow("r", absl::Hours(1), start_), 1) << "another window, another count";
  EXPECT_EQ(*client_.CountInWindow("r", minute, start_ + minute - absl::Nanoseconds(1)), 21);
  EXPECT_EQ(*client_.CountInWindow("r", minute, start_ + minute), 1);
  EXPECT_EQ(client_.CountInWindow("r", absl::ZeroDuration(), start_).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(RedisTest, ManyThreadsCountTogether) {
  std::vector<std::thread> threads;
  Client patient(server_.socket(), absl::Seconds(10));
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) EXPECT_TRUE(patient.CountInWindow("all", absl::Minutes(1), start_).ok());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(*patient.CountInWindow("all", absl::Minutes(1), start_), 2001);
}

TEST_F(RedisTest, KilledFailsInTimeAndRestartedWorksAtOnce) {
  EXPECT_EQ(*Count(client_, "a"), 1);
  server_.Kill();
  const absl::Time before = absl::Now();
  EXPECT_EQ(Count(client_, "a").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Count(client_, "a").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_LT(absl::Now() - before, absl::Seconds(1));
  ASSERT_TRUE(server_.Start());
  EXPECT_EQ(*Count(client_, "a"), 1);
  // Restarted between two calls: the dead connection is noticed before it is used.
  server_.Kill();
  ASSERT_TRUE(server_.Start());
  EXPECT_EQ(*Count(client_, "a"), 1);
}

TEST_F(RedisTest, FrozenEndsInTimeAndThawedWorks) {
  EXPECT_EQ(*Count(client_, "b"), 1);
  server_.Freeze();
  absl::Time before = absl::Now();
  EXPECT_EQ(Count(client_, "a").status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(absl::Now() - before, absl::Seconds(1));
  // More than the socket holds: sending is bounded too.
  before = absl::Now();
  EXPECT_FALSE(Count(client_, std::string(8 << 20, 'x')).ok());
  EXPECT_LT(absl::Now() - before, absl::Seconds(1));
  server_.Thaw();
  Client patient(server_.socket(), absl::Seconds(10));
  EXPECT_EQ(*Count(patient, "b"), 2);
}

TEST_F(RedisTest, ALateAnswerWhileTheNextCallWaitsIsNotItsOwn) {
  Client slow(server_.socket(), absl::Seconds(1));
  for (int i = 1; i <= 5; ++i) ASSERT_EQ(*Count(slow, "a"), i);
  server_.Freeze();
  EXPECT_EQ(Count(slow, "a").status().code(), absl::StatusCode::kDeadlineExceeded);
  absl::Notification asking;
  std::thread next([&] {
    asking.Notify();
    EXPECT_EQ(*Count(slow, "b"), 1);
  });
  asking.WaitForNotification();
  server_.Thaw();
  next.join();
}

TEST_F(RedisTest, WaitingForATurnIsBoundedToo) {
  server_.Freeze();
  const absl::Time before = absl::Now();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) threads.emplace_back([&] { EXPECT_FALSE(Count(client_, "a").ok()); });
  for (auto& thread : threads) thread.join();
  EXPECT_LT(absl::Now() - before, absl::Seconds(1));
  server_.Thaw();
}

TEST_F(RedisTest, RefusalsCarryNoData) {
  server_.Kill();
  ASSERT_TRUE(server_.Start("1"));  // one byte of memory: whatever writes is refused
  const absl::Status s = Count(client_, "secret-key").status();
  EXPECT_EQ(s.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(s.message()), testing::StartsWith("redis: refused: "));
  EXPECT_THAT(std::string(s.message()), testing::Not(testing::HasSubstr("secret")));
  EXPECT_EQ(Count(client_, "secret-key").status(), s) << "a refusal keeps the connection";
}

TEST_F(RedisTest, ValuesLastAndAreReplaced) {
  EXPECT_EQ(*client_.Get("k"), std::nullopt);
  EXPECT_EQ(*client_.Set("k", "old", absl::Minutes(1), Where::kOverOld), false);
  EXPECT_EQ(*client_.Get("k"), std::nullopt);
  const std::string bytes("a\0\r\n\xff", 5);
  EXPECT_EQ(*client_.Set("k", bytes, absl::Minutes(1)), true);
  EXPECT_EQ(*client_.Get("k"), bytes);
  EXPECT_EQ(*client_.Set("k", "new", absl::Milliseconds(20), Where::kOverOld), true);
  const absl::Time deadline = absl::Now() + absl::Seconds(5);
  while (client_.Get("k")->has_value()) ASSERT_LT(absl::Now(), deadline);
  ASSERT_TRUE(client_.Set("k", "v", absl::Minutes(1)).ok());
  ASSERT_TRUE(client_.Delete("k").ok());
  EXPECT_EQ(*client_.Get("k"), std::nullopt);
}

TEST_F(RedisTest, SetsHaveMembers) {
  using ::testing::IsEmpty;
  using ::testing::UnorderedElementsAre;
  EXPECT_THAT(*client_.Members("s"), IsEmpty());
  for (const char* member : {"a", "b", "a"})
    ASSERT_TRUE(client_.AddMember("s", member, absl::Minutes(1)).ok());
  EXPECT_THAT(*client_.Members("s"), UnorderedElementsAre("a", "b"));
  ASSERT_TRUE(client_.RemoveMember("s", "a").ok());
  EXPECT_THAT(*client_.Members("s"), UnorderedElementsAre("b"));
}

TEST_F(RedisTest, TriesWaitLongerAndLonger) {
  const Pace pace{
      .free = 3, .first = absl::Seconds(5), .longest = absl::Seconds(15), .forget = absl::Hours(1)};
  absl::Time now = start_;
  const auto attempt = [&] { return *client_.Try("t", pace, now); };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(attempt(), absl::ZeroDuration()) << i;
  EXPECT_EQ(attempt(), absl::Seconds(5));
  now += absl::Seconds(4);
  EXPECT_EQ(attempt(), absl::Seconds(1));  // a try that waits counts nothing
  for (const int wait : {10, 15, 15}) {
    now += absl::Seconds(15);
    EXPECT_EQ(attempt(), absl::ZeroDuration());
    EXPECT_EQ(attempt(), absl::Seconds(wait));
  }
  EXPECT_EQ(*client_.Try("another", pace, now), absl::ZeroDuration());
  now -= absl::Hours(24);  // the clock went back a day
  EXPECT_EQ(attempt(), absl::ZeroDuration());
  ASSERT_TRUE(client_.Delete("t").ok());
  now += absl::Hours(24);
  EXPECT_EQ(attempt(), absl::ZeroDuration());
}

}  // namespace
}  // namespace tonghu::redis
