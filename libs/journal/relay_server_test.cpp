// The relay against a real PostgreSQL and a real nats-server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/jetstream/test_server.h"
#include "libs/journal/relay.h"
#include "tests/harness/journal_test.h"
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

  // Puts `count` more events into a shard's journal.
  void Say(int shard, int count) {
    ASSERT_TRUE(
        Execute(absl::StrCat("INSERT INTO journal SELECT h.shard, h.seq + n, 'said', '520102', 'k', now(), "
                             "'word' FROM journal_head h, generate_series(1, ",
                             count, ") n WHERE h.shard = ", shard, "; UPDATE journal_head SET seq = seq + ",
                             count, " WHERE shard = ", shard))
            .ok());
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
        for (const Event& event : run.events()) {
          positions[event.shard()].push_back(event.seq());
          ++seen;
        }
      }
      return seen >= events;
    });
    return positions;
  }

  jetstream::testing_server::NatsServer nats_;
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
      came = run.events(0).shard() == 3;
      if (!came) before += run.events_size();
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
