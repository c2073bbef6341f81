#include <future>

#include "nlohmann/json.hpp"
#include "tests/harness/bus_test.h"

namespace tonghu::jetstream {
namespace {

using harness::BusTest;

class PublisherTest : public BusTest {
 protected:
  void SetUp() override {
    BusTest::SetUp();
    ASSERT_TRUE(EnsureStream(*connection_, Stream()).ok());
    auto publisher = Publisher::Make(*connection_);
    ASSERT_TRUE(publisher.ok()) << publisher.status();
    publisher_ = std::move(*publisher);
  }
  void TearDown() override { publisher_.reset(); }

  int64_t Stored() {
    auto text = connection_->Request("$JS.API.STREAM.INFO.T", "", absl::Seconds(5));
    return text.ok() ? nlohmann::json::parse(*text)["state"]["messages"].get<int64_t>() : -1;
  }

  std::unique_ptr<Publisher> publisher_;
};

TEST_F(PublisherTest, MoreThanTheWindowAtOnce) {
  ASSERT_TRUE(publisher_->PublishAll(Batch(0, 20'000), absl::Seconds(30)).ok());
  EXPECT_EQ(Stored(), 20'000);
  EXPECT_TRUE(publisher_->PublishAll({}, absl::Seconds(1)).ok());
}

TEST_F(PublisherTest, RepeatedMessageIdsAreStoredOnce) {
  ASSERT_TRUE(publisher_->PublishAll(Batch(0, 100), absl::Seconds(5)).ok());
  ASSERT_TRUE(publisher_->PublishAll(Batch(50, 100), absl::Seconds(5)).ok());
  EXPECT_EQ(Stored(), 150);
}

TEST_F(PublisherTest, BytesArriveUnchanged) {
  const std::string bytes("\0\r\n\xff end", 8);
  ASSERT_TRUE(
      publisher_
          ->PublishAll(std::vector<Outgoing>{{"t.a", "id", bytes}, {"t.a", "id2", ""}}, absl::Seconds(5))
          .ok());
  ASSERT_TRUE(EnsureConsumer(*connection_, Consumer()).ok());
  auto puller = MakePuller();
  const auto got = TakeAll(*puller, 2);
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].data, bytes);
  EXPECT_EQ(got[1].data, "");
}

TEST_F(PublisherTest, RefusesWhatWouldBreakTheProtocol) {
  for (const Outgoing& bad : {Outgoing{"t a", "id", ""}, Outgoing{"t.a", "id\r\nX: y", ""},
                              Outgoing{"", "id", ""}, Outgoing{"t.a", "id", std::string(2 << 20, 'x')}}) {
    EXPECT_EQ(publisher_->PublishAll(std::vector<Outgoing>{bad}, absl::Seconds(2)).code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(Stored(), 0);
}

TEST_F(PublisherTest, StreamGoneIsNotFoundAndItCanBeMadeAgain) {
  ASSERT_TRUE(publisher_->PublishAll(Batch(0, 10), absl::Seconds(5)).ok());
  ASSERT_TRUE(connection_->Request("$JS.API.STREAM.DELETE.T", "", absl::Seconds(5)).ok());
  EXPECT_EQ(publisher_->PublishAll(Batch(10, 5000), absl::Seconds(5)).code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(EnsureStream(*connection_, Stream()).ok());
  EXPECT_TRUE(publisher_->PublishAll(Batch(10, 5000), absl::Seconds(5)).ok());
  EXPECT_EQ(Stored(), 5000);
}

TEST_F(PublisherTest, ServerKilledInTheMiddleFailsInTimeAndARetryStoresAll) {
  ASSERT_TRUE(EnsureConsumer(*connection_, Consumer()).ok());
  const auto batch = Batch(0, 200'000);
  const absl::Time start = absl::Now();
  auto result =
      std::async(std::launch::async, [&] { return publisher_->PublishAll(batch, absl::Seconds(20)); });
  while (Stored() < 1000) ASSERT_LT(absl::Now() - start, absl::Seconds(10));
  server_.Kill();
  const absl::Status status = result.get();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_LT(absl::Now() - start, absl::Seconds(15));
  EXPECT_FALSE(publisher_->PublishAll(Batch(0, 1), absl::Seconds(1)).ok());

  ASSERT_TRUE(server_.Start());
  ASSERT_TRUE(AwaitConnected());
  const auto again = Batch(0, 20'000);
  EXPECT_TRUE(PublishUntilOk(*publisher_, again, absl::Seconds(20)).ok());
  EXPECT_GE(Stored(), 20'000);
}

TEST_F(PublisherTest, FrozenServerEndsInTimeAndItsLateAnswersDoNotCount) {
  server_.Freeze();
  const absl::Time start = absl::Now();
  EXPECT_EQ(publisher_->PublishAll(Batch(0, 50), absl::Milliseconds(300)).code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  // The late answers of the 50 come while the next batch waits for its own 3, two of which no stream takes.
  server_.Thaw();
  auto next = Batch(100, 3);
  next[1].subject = next[2].subject = "elsewhere";
  EXPECT_EQ(publisher_->PublishAll(next, absl::Seconds(5)).code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(publisher_->PublishAll(Batch(200, 5), absl::Seconds(5)).ok());
}

TEST_F(PublisherTest, FrozenServerWithAFullSocketStaysBounded) {
  server_.Freeze();
  std::vector<Outgoing> batch = Batch(0, 4000);
  for (auto& m : batch) m.data.assign(20'000, 'x');  // more than any socket buffer holds
  const absl::Time start = absl::Now();
  EXPECT_FALSE(publisher_->PublishAll(batch, absl::Seconds(1)).ok());
  EXPECT_LT(absl::Now() - start, absl::Seconds(5)) << "the time limit plus one blocked write";
  server_.Thaw();
}

TEST_F(PublisherTest, DestroyedWhileAnswersArrive) {
  for (int round = 0; round < 20; ++round) {
    auto publisher = Publisher::Make(*connection_);
    ASSERT_TRUE(publisher.ok());
    (*publisher)->PublishAll(Batch(0, 2000), absl::Milliseconds(2)).IgnoreError();
  }
}

}  // namespace
}  // namespace tonghu::jetstream
