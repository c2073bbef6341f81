#include "libs/redis/redis.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"

namespace tonghu::redis {
namespace {

// A private redis-server, killed and restarted at will on one socket.
class RedisServer {
 public:
  RedisServer() {
    std::string name = absl::StrCat(std::filesystem::temp_directory_path().string(), "/tonghu-redis-XXXXXX");
    dir_ = ::mkdtemp(name.data()) == nullptr ? "" : name;
  }
  ~RedisServer() {
    Kill();
    if (!dir_.empty()) std::filesystem::remove_all(dir_);
  }
  std::string socket() const { return dir_ + "/redis.sock"; }

  bool Start(const char* memory = "0") {
    int out[2];
    if (::pipe2(out, O_CLOEXEC) != 0) return false;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(out[1], STDOUT_FILENO);
      const std::string path = socket();
      ::execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", path.c_str(), "--dir",
               dir_.c_str(), "--save", "", "--maxmemory", memory, nullptr);
      ::_exit(127);
    }
    ::close(out[1]);
    log_ = out[0];
    std::string seen;
    const absl::Time deadline = absl::Now() + absl::Seconds(10);
    while (absl::Now() < deadline) {
      pollfd wait{log_, POLLIN, 0};
      if (::poll(&wait, 1, 100) <= 0) continue;
      char bytes[4096];
      const ssize_t n = ::read(log_, bytes, sizeof bytes);
      if (n <= 0) return false;
      if (seen.append(bytes, n).find("accept connections") != std::string::npos) return true;
    }
    return false;
  }
  void Kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::close(log_);
    pid_ = -1;
  }
  void Freeze() {
    ::kill(pid_, SIGSTOP);
    ::waitpid(pid_, nullptr, WUNTRACED);  // the signal only starts to stop it
  }
  void Thaw() { ::kill(pid_, SIGCONT); }

 private:
  std::string dir_;
  pid_t pid_ = -1;
  int log_ = -1;
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

}  // namespace
}  // namespace tonghu::redis
