// The relay against a real PostgreSQL and a real nats-server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/journal/relay.h"
#include "tests/harness/journal_test.h"
#include "tests/harness/nats_server.h"
#include "tonghu/journal/v1/event.pb.h"

namespace tonghu::journal {
namespace {

class RelayTest : public harness::JournalTest {
 protected:
  void SetUp() override {
    JournalTest::SetUp();
    ASSERT_TRUE(nats_.Start());
    auto bus = jetstream::Connection::Open({nats_.url(), "relay-test"});
    ASSERT_TRUE(bus.ok()) << bus.status();
    bus_ = std::move(*bus);
    ASSERT_TRUE(harness::Eventually([&] { return bus_->connected(); }));
    leases_ = std::make_unique<Leases>(Leases::Options{"one", kShards, absl::Seconds(5)}, *pool_);
    ASSERT_TRUE(harness::Eventually([&] { return leases_->Held().size() == kShards; }));
  }

  // Puts `count` more events into a shard's journal, and gives the runs as they would be handed over.
  void Say(int shard, int count, std::vector<journal::Run>* runs = nullptr) {
    auto connection = pool_->Acquire(absl::Seconds(5));
    for (int n = 0; n < count; n += per_row_) {
      auto transaction = ShardTransaction::Begin(**connection, shard, clock_);
      ASSERT_TRUE(transaction.ok()) << transaction.status();
      for (int i = n; i < std::min(count, n + per_row_); ++i)
        transaction->Append("said", "520102", "k", "word");
      ASSERT_TRUE(transaction->Commit().ok());
      for (journal::Run& run : transaction->TakeRuns()) {
        if (runs != nullptr) runs->push_back(std::move(run));
      }
    }
  }

  int64_t Behind() {
    return Count("SELECT sum(h.seq - c.seq)::bigint FROM journal_head h JOIN relay_cursor c USING (shard)");
  }

  // What the stream holds, taken by a consumer of its own: the positions of each shard, in order.
  std::map<int, std::vector<int64_t>> OnTheBus(size_t events) {
    EXPECT_TRUE(jetstream::EnsureConsumer(*bus_, {.stream = EventStream().name, .durable = "reader"}).ok());
    auto puller = jetstream::Puller::Make(*bus_, {.stream = EventStream().name, .durable = "reader"});
    EXPECT_TRUE(puller.ok()) << puller.status();
    std::map<int, std::vector<int64_t>> positions;
    size_t seen = 0;
    harness::Eventually([&] {
      for (const jetstream::Incoming& message : (*puller)->Take(100)) {
        v1::EventRun run;
        EXPECT_TRUE(run.ParseFromString(message.data));
        for (const Event& event : EventsOf(run)) {
          positions[event.shard].push_back(event.seq);
          ++seen;
        }
      }
      return seen >= events;
    });
    return positions;
  }

  int per_row_ = 100;  // events a transaction of Say
  harness::NatsServer nats_;
  std::unique_ptr<jetstream::Connection> bus_;
  std::unique_ptr<Leases> leases_;
};

TEST_F(RelayTest, PublishesEachShardInOrderAndMovesTheCursor) {
  Relay relay({.service = "pairing", .batch = 100}, *pool_, *bus_, *leases_);
  for (int shard = 0; shard < kShards; ++shard) Say(shard, 500);
  relay.Wake();
  ASSERT_TRUE(harness::Eventually([&] { return Behind() == 0; }));
  for (const auto& [shard, positions] : OnTheBus(2000)) {
    ASSERT_EQ(positions.size(), 500u) << shard;
    for (size_t i = 0; i < positions.size(); ++i)
      ASSERT_EQ(positions[i], static_cast<int64_t>(i + 1)) << shard;
  }
}

// Looked at through the order in the stream: the little of shard 3 must not come behind all of shard 0.
TEST_F(RelayTest, AShardFarBehindLetsTheOthersGoOn) {
  Say(0, 5000);
  Say(3, 10);
  Relay relay({.service = "pairing", .batch = 100}, *pool_, *bus_, *leases_);
  ASSERT_TRUE(harness::Eventually([&] { return Behind() == 0; }));
  ASSERT_TRUE(jetstream::EnsureConsumer(*bus_, {.stream = EventStream().name, .durable = "order"}).ok());
  auto puller = jetstream::Puller::Make(*bus_, {.stream = EventStream().name, .durable = "order"});
  ASSERT_TRUE(puller.ok());
  int before = 0;
  bool came = false;
  harness::Eventually([&] {
    for (const jetstream::Incoming& message : (*puller)->Take(1)) {
      v1::EventRun run;
      EXPECT_TRUE(run.ParseFromString(message.data));
      came = run.shard() == 3;
      if (!came) before += run.entries_size();
    }
    return came;
  });
  EXPECT_TRUE(came);
  EXPECT_LE(before, 100) << "events of shard 0 before the first of shard 3: a batch at most";
}

TEST_F(RelayTest, GoesOnByItselfWhenTheBusComesBack) {
  Relay relay({.service = "pairing"}, *pool_, *bus_, *leases_);
  Say(1, 10);
  ASSERT_TRUE(harness::Eventually([&] { return Behind() == 0; }));
  nats_.Kill();
  Say(1, 10);
  ASSERT_TRUE(harness::Eventually([&] { return !bus_->connected(); }));
  EXPECT_EQ(Behind(), 10);
  ASSERT_TRUE(nats_.Start());
  EXPECT_TRUE(harness::Eventually([&] { return Behind() == 0; }));
}

// What is committed while the journal is not looked at goes out of memory, once each and in order, whatever
// comes late, twice or not at all.
TEST_F(RelayTest, WhatIsHandedOverGoesOnAndWhatIsNotIsRead) {
  per_row_ = 10;
  Say(1, 10);
  Relay relay({.service = "pairing", .poll = absl::Seconds(1)}, *pool_, *bus_, *leases_);
  ASSERT_TRUE(harness::Eventually([&] { return Behind() == 0; }));
  std::vector<journal::Run> runs;
  for (int round = 0; round < 20; ++round) {
    runs.clear();
    Say(1, 40, &runs);
    ASSERT_EQ(runs.size(), 4u);
    relay.HandOver(1, {runs[2]});                      // before those it follows
    if (round % 2 == 0) relay.HandOver(1, {runs[1]});  // the first is never handed over
    relay.HandOver(1, {runs[2], runs[3]});             // one twice
  }
  ASSERT_TRUE(harness::Eventually([&] { return Behind() == 0; }));
  const std::map<int, std::vector<int64_t>> positions = OnTheBus(810);
  ASSERT_EQ(positions.at(1).size(), 810u);
  for (size_t i = 0; i < 810; ++i) ASSERT_EQ(positions.at(1)[i], static_cast<int64_t>(i + 1));
}

TEST_F(RelayTest, I7OverTheBoundWhatIsHandedOverIsDroppedAndRead) {
  Relay relay({.service = "pairing", .most_bytes = 10'000}, *pool_, *bus_, *leases_);
  nats_.Kill();
  ASSERT_TRUE(harness::Eventually([&] { return !bus_->connected(); }));
  std::vector<journal::Run> runs;
  Say(1, 3000, &runs);
  for (journal::Run& run : runs) relay.HandOver(1, {std::move(run)});
  ASSERT_TRUE(nats_.Start());
  ASSERT_TRUE(harness::Eventually([&] { return Behind() == 0; }));
  EXPECT_EQ(OnTheBus(3000)[1].size(), 3000u);
}

// Its process dies between a commit and the publishing: another one finds it in the journal.
TEST_F(RelayTest, I2WhatWasHandedOverToOneThatDiedIsReadByTheNext) {
  {
    Relay relay({.service = "pairing"}, *pool_, *bus_, *leases_);
    nats_.Kill();
    ASSERT_TRUE(harness::Eventually([&] { return !bus_->connected(); }));
    std::vector<journal::Run> runs;
    Say(1, 50, &runs);
    relay.HandOver(1, std::move(runs));
  }
  EXPECT_EQ(Behind(), 50);
  ASSERT_TRUE(nats_.Start());
  ASSERT_TRUE(harness::Eventually([&] { return bus_->connected(); }));
  Relay next({.service = "pairing"}, *pool_, *bus_, *leases_);
  ASSERT_TRUE(harness::Eventually([&] { return Behind() == 0; }));
  EXPECT_EQ(OnTheBus(50)[1].size(), 50u);
}

TEST_F(RelayTest, WithoutLeaseItRelaysNothing) {
  leases_->Stand(false);
  Relay relay({.service = "pairing"}, *pool_, *bus_, *leases_);
  Say(1, 10);
  relay.Wake();
  Leases other({"two", kShards, absl::Seconds(5)}, *pool_);
  ASSERT_TRUE(harness::Eventually([&] { return other.Held().size() == kShards; }));
  EXPECT_EQ(Behind(), 10);
  Relay others({.service = "pairing"}, *pool_, *bus_, other);
  EXPECT_TRUE(harness::Eventually([&] { return Behind() == 0; }));
}

}  // namespace
}  // namespace tonghu::journal
