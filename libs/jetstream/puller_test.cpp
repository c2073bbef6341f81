#include <set>

#include "tests/harness/bus_test.h"

namespace tonghu::jetstream {
namespace {

using harness::BusTest;

class PullerTest : public BusTest {
 protected:
  void SetUp() override {
    BusTest::SetUp();
    ASSERT_TRUE(EnsureStream(*connection_, Stream()).ok());
    ASSERT_TRUE(EnsureConsumer(*connection_, Consumer()).ok());
    auto publisher = Publisher::Make(*connection_);
    ASSERT_TRUE(publisher.ok());
    publisher_ = std::move(*publisher);
  }
  void TearDown() override { publisher_.reset(); }

  void Publish(int from, int count) {
    const absl::Status s = PublishUntilOk(*publisher_, Batch(from, count), absl::Seconds(20));
    ASSERT_TRUE(s.ok()) << s;
  }

  bool AwaitMissing(Puller& puller, absl::Duration timeout = absl::Seconds(10)) {
    const absl::Time deadline = absl::Now() + timeout;
    while (!puller.consumer_missing() && absl::Now() < deadline) {
      puller.Take(100);
      arrived_.Wait(absl::Milliseconds(100));
    }
    return puller.consumer_missing();
  }

  std::unique_ptr<Publisher> publisher_;
};

TEST_F(PullerTest, TenThousandInOrder) {
  Publish(0, 10'000);
  auto puller = MakePuller();
  const auto got = TakeAll(*puller, 10'000);
  ASSERT_EQ(got.size(), 10'000u);
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(got[i].data, absl::StrCat(i));
  EXPECT_FALSE(puller->consumer_missing());
}

TEST_F(PullerTest, MayBeGivenBackAfterTheConnectionWasClosed) {
  std::vector<std::unique_ptr<Puller>> pullers;
  for (int i = 0; i < 10; ++i) {
    auto made = Puller::Make(*connection_, {.stream = "T", .durable = "d"});
    ASSERT_TRUE(made.ok()) << made.status();
    pullers.push_back(std::move(*made));
  }
  connection_->Close();
  const absl::Time begin = absl::Now();
  pullers.clear();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10)) << "nothing is drained from a closed connection";
}

TEST_F(PullerTest, ARequestBringsAtMostSoManyBytesAndTheNextGoesOn) {
  constexpr int kCount = 40, kSize = 300'000;
  std::vector<Outgoing> large = Batch(0, kCount);
  for (Outgoing& message : large) message.data.append(kSize, 'x');
  ASSERT_TRUE(PublishUntilOk(*publisher_, large, absl::Seconds(20)).ok());
  auto made = Puller::Make(
      *connection_,
      {.stream = "T", .durable = "d", .notify = [this] { arrived_.Set(); }, .batch_bytes = 2 << 20});
  ASSERT_TRUE(made.ok()) << made.status();
  std::vector<Incoming> got = (*made)->Take(kCount);
  size_t most_at_once = 0;
  for (const absl::Time end = absl::Now() + absl::Seconds(20); got.size() < kCount && absl::Now() < end;) {
    arrived_.Wait(absl::Milliseconds(100));
    auto some = (*made)->Take(kCount);
    most_at_once = std::max(most_at_once, some.size());
    for (auto& message : some) got.push_back(std::move(message));
  }
  EXPECT_EQ(got.size(), kCount);
  EXPECT_LE(most_at_once, 2 * (2 << 20) / kSize) << "two requests of 2 MiB";
  EXPECT_FALSE((*made)->consumer_missing());
}

TEST_F(PullerTest, HoldsAtMostTwoRequestsWorth) {
  auto limits = Consumer();
  limits.max_ack_pending = 5000;
  ASSERT_TRUE(EnsureConsumer(*connection_, limits).ok());
  Publish(0, 5000);
  auto puller = MakePuller(100);
  puller->Take(0);
  // Nothing is taken, so exactly two requests can be filled, and stay so over many round trips.
  const auto delivered = [this](const char* count) {
    const std::string state =
        connection_->Request("$JS.API.CONSUMER.INFO.T.d", "", absl::Seconds(5)).value_or("");
    return state.find(absl::StrCat("\"num_ack_pending\":", count, ",")) != std::string::npos;
  };
  const absl::Time deadline = absl::Now() + absl::Seconds(5);
  while (!delivered("200")) ASSERT_LT(absl::Now(), deadline);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(delivered("200"));
  EXPECT_EQ(TakeAll(*puller, 5000).size(), 5000u);
}

TEST_F(PullerTest, AsksAgainAfterARequestExpired) {
  auto puller = MakePuller(100, absl::Milliseconds(200));
  EXPECT_TRUE(puller->Take(10).empty());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(arrived_.Wait(absl::Seconds(5))) << "the end of a request is told";
    EXPECT_TRUE(puller->Take(10).empty());
  }
  Publish(0, 10);
  EXPECT_EQ(TakeAll(*puller, 10).size(), 10u);
}

TEST_F(PullerTest, AckThroughCoversAllBefore) {
  auto quick = Consumer();
  quick.ack_wait = absl::Seconds(1);
  ASSERT_TRUE(EnsureConsumer(*connection_, quick).ok());
  Publish(0, 100);
  auto puller = MakePuller();
  const auto got = TakeAll(*puller, 100);
  ASSERT_EQ(got.size(), 100u);
  ASSERT_TRUE(puller->AckThrough(got[59]).ok());
  const auto again = TakeAll(*puller, 40);
  ASSERT_EQ(again.size(), 40u);
  EXPECT_EQ(again.front().data, "60");
  EXPECT_EQ(again.back().data, "99");
  EXPECT_EQ(puller->AckThrough(Incoming{}).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(PullerTest, ConsumerDeletedWhilePulling) {
  Publish(0, 10);
  auto puller = MakePuller();
  ASSERT_EQ(TakeAll(*puller, 10).size(), 10u);
  EXPECT_FALSE(puller->consumer_missing());
  ASSERT_TRUE(connection_->Request("$JS.API.CONSUMER.DELETE.T.d", "", absl::Seconds(5)).ok());
  EXPECT_TRUE(AwaitMissing(*puller));
  ASSERT_TRUE(EnsureConsumer(*connection_, Consumer()).ok());
  EXPECT_EQ(TakeAll(*puller, 10).size(), 10u) << "a new consumer starts from the first message";
  EXPECT_FALSE(puller->consumer_missing());
}

TEST_F(PullerTest, MissingFromTheStartEndsWithoutMessagesToo) {
  ASSERT_TRUE(connection_->Request("$JS.API.STREAM.DELETE.T", "", absl::Seconds(5)).ok());
  auto puller = MakePuller();
  EXPECT_TRUE(AwaitMissing(*puller));
  ASSERT_TRUE(EnsureStream(*connection_, Stream()).ok());
  ASSERT_TRUE(EnsureConsumer(*connection_, Consumer()).ok());
  const absl::Time deadline = absl::Now() + absl::Seconds(5);
  while (puller->consumer_missing() && absl::Now() < deadline) {
    puller->Take(10);
    arrived_.Wait(absl::Milliseconds(50));
  }
  EXPECT_FALSE(puller->consumer_missing()) << "an empty stream is not a missing one";
}

TEST_F(PullerTest, SurvivesARestartOfTheServer) {
  auto puller = MakePuller();
  Publish(0, 100);
  const auto before = TakeAll(*puller, 100);
  ASSERT_EQ(before.size(), 100u);
  ASSERT_TRUE(puller->AckThrough(before.back()).ok());
  ASSERT_TRUE(connection_->Request("$JS.API.INFO", "", absl::Seconds(5)).ok());  // so the server has seen it
  puller->Take(1);  // a request is open when the server dies
  server_.Kill();
  ASSERT_TRUE(down_.Wait(absl::Seconds(10)));
  EXPECT_TRUE(puller->Take(10).empty());
  EXPECT_EQ(puller->AckThrough(before.back()).code(), absl::StatusCode::kUnavailable);
  ASSERT_TRUE(server_.Start());
  ASSERT_TRUE(AwaitConnected());
  const absl::Time start = absl::Now();
  Publish(100, 100);
  bool newest = false;
  while (!newest && absl::Now() - start < absl::Seconds(10)) {
    for (const auto& m : TakeAll(*puller, 1, absl::Seconds(1))) newest = newest || m.data == "199";
  }
  EXPECT_TRUE(newest);
  EXPECT_LT(absl::Now() - start, absl::Seconds(2)) << "the lost request was waited for";
}

TEST_F(PullerTest, WipedServerMeansConsumerMissing) {
  auto puller = MakePuller();
  Publish(0, 10);
  ASSERT_EQ(TakeAll(*puller, 10).size(), 10u);
  server_.Kill();
  server_.Wipe();
  ASSERT_TRUE(server_.Start());
  EXPECT_TRUE(AwaitMissing(*puller));
}

TEST_F(PullerTest, UnackedComesAgainAfterAReconnect) {
  auto quick = Consumer();
  quick.ack_wait = absl::Seconds(1);
  ASSERT_TRUE(EnsureConsumer(*connection_, quick).ok());
  Publish(0, 50);
  {
    auto puller = MakePuller();
    ASSERT_EQ(TakeAll(*puller, 50).size(), 50u);
  }
  server_.Kill();
  ASSERT_TRUE(server_.Start());
  ASSERT_TRUE(AwaitConnected());
  auto puller = MakePuller();
  // In any order: what the killed server didn't remember having delivered comes first, the rest after
  // ack_wait.
  std::set<std::string> again;
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  while (again.size() < 50 && absl::Now() < deadline) {
    for (const auto& m : TakeAll(*puller, 1, absl::Seconds(1))) again.insert(m.data);
  }
  EXPECT_EQ(again.size(), 50u);
}

TEST_F(PullerTest, DestroyedWhileMessagesArrive) {
  auto limits = Consumer();
  limits.max_ack_pending = 1'000'000;
  ASSERT_TRUE(EnsureConsumer(*connection_, limits).ok());
  Publish(0, 60'000);
  for (int round = 0; round < 30; ++round) {
    auto puller = MakePuller(1000);
    puller->Take(1);
    EXPECT_TRUE(arrived_.Wait(absl::Seconds(5)));
  }
}

TEST_F(PullerTest, RefusesBadOptions) {
  EXPECT_FALSE(Puller::Make(*connection_, {"T", ""}).ok());
  EXPECT_FALSE(Puller::Make(*connection_, {"T", "d", 0}).ok());
  EXPECT_FALSE(Puller::Make(*connection_, {"T", "d", 10, absl::ZeroDuration()}).ok());
}

}  // namespace
}  // namespace tonghu::jetstream
