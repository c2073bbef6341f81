// What becomes of callers when something behind the gateway goes away, when many watch, and when one may see
// many children.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "libs/clock/waker.h"
#include "services/gateway/domain/envelope.h"
#include "tests/system/gateway_fixture.h"

namespace tonghu::system_test {
namespace {

using testing::IsSubsetOf;

TEST_F(GatewaySystemTest, WhatGoesAwayIsSaidAndComesBack) {
  ASSERT_EQ(ListAlerts().status, 200);
  ASSERT_TRUE(stack().Kill("alerts-1").ok());
  EXPECT_EQ(ListAlerts().status, 503);
  ASSERT_TRUE(stack().Start("alerts-1").ok());
  EXPECT_TRUE(Comes([] { return ListAlerts().status == 200; }));

  ASSERT_TRUE(stack().Kill("access-1").ok());
  EXPECT_TRUE(Comes([] { return ReasonOf(ListAlerts()) == "SIGN_IN_UNAVAILABLE"; })) << ListAlerts().body;
  ASSERT_TRUE(stack().Start("access-1").ok());
  EXPECT_TRUE(Comes([] { return ListAlerts().status == 200; })) << ListAlerts().body;
}

// Callers who go on whatever they are answered, and what that was: "200", "503 SIGN_IN_AWAY", and how often.
class Callers {
 public:
  using Ask = std::function<std::string()>;
  explicit Callers(Ask ask) {
    for (int i = 0; i < 4; ++i) {
      threads_.emplace_back([this, ask] {
        clock::Waker pause;  // the gateway counts calls
        while (!over_) {
          const std::string answer = ask();
          Count(answer);
          pause.Wait(absl::Milliseconds(80));
        }
      });
    }
  }
  ~Callers() { Stop(); }
  // How often that was the answer so far.
  int Heard(const std::string& answer) {
    absl::MutexLock lock(&mutex_);
    const auto found = answers_.find(answer);
    return found == answers_.end() ? 0 : found->second;
  }
  // Ends them; gives the different answers.
  std::set<std::string> Stop() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    std::set<std::string> all;
    absl::MutexLock lock(&mutex_);
    for (const auto& [answer, count] : answers_) all.insert(answer);
    return all;
  }

 private:
  void Count(const std::string& answer) {
    absl::MutexLock lock(&mutex_);
    ++answers_[answer];
  }

  absl::Mutex mutex_;
  std::map<std::string, int> answers_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> over_ = false;
  std::vector<std::thread> threads_;
};

TEST_F(GatewaySystemTest, WithoutRedisNobodyWrongIsLetInAndAfterwardsPeopleSignInAgain) {
  const auto asking = [](const std::string& headers) {
    return [headers] {
      const HttpReply reply = ListAlerts(headers);
      return reply.status == 200 ? "200" : absl::StrCat(reply.status, " ", ReasonOf(reply));
    };
  };
  Callers officers(asking(Bearer()));
  Callers strangers(asking("Authorization: Bearer nonsense\r\n"));
  ASSERT_TRUE(
      Comes([&] { return officers.Heard("200") >= 10 && strangers.Heard("401 SESSION_OVER") >= 10; }));
  ASSERT_TRUE(stack().Kill("redis").ok());
  EXPECT_TRUE(Comes(
      [&] { return officers.Heard("503 SIGN_IN_AWAY") >= 20 && strangers.Heard("503 SIGN_IN_AWAY") >= 20; }));
  EXPECT_EQ(officers.Heard("401 SESSION_OVER"), 0) << "what is not known is not called over";
  ASSERT_TRUE(stack().Start("redis").ok());
  EXPECT_TRUE(Comes([&] { return officers.Heard("401 SESSION_OVER") >= 10; }));
  EXPECT_EQ(ReasonOf(ListAlerts()), "SESSION_OVER") << "Redis forgets";
  EXPECT_THAT(officers.Stop(), IsSubsetOf({"200", "503 SIGN_IN_AWAY", "401 SESSION_OVER"}));
  EXPECT_THAT(strangers.Stop(), IsSubsetOf({"503 SIGN_IN_AWAY", "401 SESSION_OVER"}));

  SignInAgain();
  Callers again(asking(Bearer()));
  ASSERT_TRUE(Comes([&] { return again.Heard("200") >= 10; }));
  ASSERT_TRUE(stack().Kill("access-1").ok());
  EXPECT_TRUE(Comes([&] { return again.Heard("503 SIGN_IN_UNAVAILABLE") >= 20; }));
  const int served = again.Heard("200");
  ASSERT_TRUE(stack().Start("access-1").ok());
  EXPECT_TRUE(Comes([&] { return again.Heard("200") >= served + 20; })) << "the session has outlived access";
  EXPECT_THAT(again.Stop(), IsSubsetOf({"200", "503 SIGN_IN_UNAVAILABLE", "503 SIGN_IN_AWAY"}));
}

// Ten thousand are held before a service of the test's own (services/gateway/http/idle_streams_test.cpp).
TEST_F(GatewaySystemTest, ManyIdleStreamsLeaveRoomForCalls) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const std::string asked = Json{{"parent", school_.county}}.dump();
  std::vector<std::unique_ptr<HttpClient>> watchers;
  // The gateway counts connections of an address; loopback has many.
  for (int i = 0; i < 150; ++i) {
    watchers.push_back(std::make_unique<HttpClient>(port_));
    watchers.back()->Send(RequestBytes("POST /tonghu.alerts.v1.AlertService/WatchAlerts",
                                       "Content-Type: application/connect+json\r\n" + Bearer(),
                                       gateway::EnvelopeHead(0, asked.size()) + asked));
  }
  for (auto& watcher : watchers) ASSERT_EQ(watcher->ReadHead().status, 200);
  EXPECT_EQ(ListAlerts().status, 200);
}

// Such an identity is longer than what gRPC takes as metadata by default.
TEST_F(GatewaySystemTest, AHelperOfFiveHundredChildrenSeesThemAll) {
  constexpr int kChildren = 500;
  for (int i = 1; i < kChildren; ++i) ASSERT_TRUE(harness::PutPairedChild(*client_, school_).ok());
  auto slip = client::MakeAccount(*client_, school_.teacher);
  ASSERT_TRUE(slip.ok()) << slip.status();
  const auto helper = client::SignInFirst(*client_, *slip, kPassword);
  ASSERT_TRUE(helper.ok()) << helper.status();
  const std::string bearer = absl::StrCat("Authorization: Bearer ", helper->token, "\r\n");
  // How many children the helper sees; the answer's text instead when that is none.
  const auto seen = [&bearer] {
    const auto reply = Post("registry.v1.ChildService/ListChildren",
                            {{"parent", school_.county}, {"pageSize", 1000}}, bearer);
    const Json json = Json::parse(reply.body, nullptr, false);
    if (reply.status != 200 || !json.is_object()) return reply.body;
    return std::to_string(json.value("children", Json::array()).size());
  };
  EXPECT_TRUE(Comes([&seen] { return seen() == std::to_string(kChildren); })) << seen();
}

}  // namespace
}  // namespace tonghu::system_test
