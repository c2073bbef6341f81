#include <thread>

#include "tests/harness/bus_test.h"

namespace tonghu::jetstream {
namespace {

using harness::BusTest;
using harness::Signal;

class ConnectionTest : public BusTest {};

TEST_F(ConnectionTest, AsksTheServer) {
  ASSERT_TRUE(connection_->connected());
  auto info = connection_->Request("$JS.API.INFO", "", absl::Seconds(2));
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_NE(info->find("\"memory\""), std::string::npos);
}

TEST_F(ConnectionTest, NobodyAnsweringIsUnavailable) {
  EXPECT_EQ(connection_->Request("nobody.there", "", absl::Seconds(2)).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(connection_->Request("a b", "", absl::Seconds(2)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ConnectionTest, FrozenServerEndsInDeadlineExceeded) {
  server_.Freeze();
  EXPECT_EQ(connection_->Request("$JS.API.INFO", "", absl::Milliseconds(200)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  server_.Thaw();
}

TEST_F(ConnectionTest, KilledServerFailsARequestAtOnce) {
  server_.Freeze();
  absl::Status status;
  const absl::Time start = absl::Now();
  std::thread asking([&] { status = connection_->Request("$JS.API.INFO", "", absl::Seconds(30)).status(); });
  server_.Kill();
  asking.join();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST_F(ConnectionTest, OpensBeforeTheServerStarts) {
  server_.Kill();
  auto early = NatsConnection::Open({server_.url(), "early"});
  ASSERT_TRUE(early.ok()) << early.status();
  EXPECT_FALSE((*early)->connected());
  EXPECT_EQ((*early)->Request("$JS.API.INFO", "", absl::Seconds(1)).status().code(),
            absl::StatusCode::kUnavailable);
  Signal up;
  const int id = (*early)->AddListener([&](bool connected) {
    if (connected) up.Set();
  });
  auto publisher = Publisher::Make(**early);
  ASSERT_TRUE(publisher.ok()) << publisher.status();
  EXPECT_EQ((*publisher)->PublishAll(Batch(0, 1), absl::Seconds(1)).code(), absl::StatusCode::kUnavailable);

  ASSERT_TRUE(server_.Start());
  ASSERT_TRUE(up.Wait(absl::Seconds(10)));
  ASSERT_TRUE(EnsureStream(**early, Stream()).ok());
  EXPECT_TRUE((*publisher)->PublishAll(Batch(0, 10), absl::Seconds(5)).ok())
      << "subscribed before it was connected";
  (*early)->RemoveListener(id);
}

TEST_F(ConnectionTest, AskingWhetherItIsConnectedNeverWaitsForAFrozenServer) {
  server_.Freeze();
  auto frozen =
      NatsConnection::Open({server_.url(), "frozen"});  // its first handshake is over, others follow
  ASSERT_TRUE(frozen.ok()) << frozen.status();
  absl::Duration longest = absl::ZeroDuration();
  const absl::Time end = absl::Now() + absl::Seconds(6);
  for (absl::Time before = absl::Now(); before < end; before = absl::Now()) {
    EXPECT_FALSE((*frozen)->connected());
    longest = std::max(longest, absl::Now() - before);
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_LT(longest, absl::Seconds(1)) << "a handshake takes two seconds";
  server_.Thaw();
}

TEST_F(ConnectionTest, ClosesWhileNeverConnected) {
  server_.Kill();
  const absl::Time start = absl::Now();
  auto never = Connection::Open({server_.url(), "never"});
  ASSERT_TRUE(never.ok());
  auto puller = Puller::Make(**never, {"T", "d"});
  ASSERT_TRUE(puller.ok());
  EXPECT_TRUE((*puller)->Take(10).empty());
  puller->reset();
  never->reset();
  EXPECT_LT(absl::Now() - start, absl::Seconds(4)) << "waited out a close that was never reported";
}

}  // namespace
}  // namespace tonghu::jetstream
