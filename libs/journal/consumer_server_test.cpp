// The consumer against a real PostgreSQL, a real nats-server and a producer over gRPC.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <atomic>
#include <map>

#include "libs/clock/timestamp.h"
#include "libs/journal/consumer.h"
#include "libs/journal/event_run.h"
#include "libs/journal/relay.h"
#include "libs/rpc/server.h"
#include "tests/harness/journal_test.h"
#include "tests/harness/nats_server.h"

namespace tonghu::journal {
namespace {

using testing::AnyOf;
using testing::ElementsAre;

// A producer's journal of shards 1 and 2, in memory.
class Producer final : public v1::JournalService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ReadEvents(grpc::CallbackServerContext* context,
                                       const v1::ReadEventsRequest* request,
                                       v1::ReadEventsResponse* response) override {
    absl::MutexLock lock(&mutex_);
    if (frozen_) return Hold(context);
    ++reads_;
    const std::vector<Event>& events = events_[request->shard()];
    const auto head = static_cast<int64_t>(events.size());
    response->set_head_seq(head);
    for (int64_t seq = request->from_seq(); seq <= head && response->events_size() < request->page_size();
         ++seq)
      *response->add_events() = ToMessage(events[seq - 1]);
    return Done(context);
  }
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context, const v1::GetStatusRequest*,
                                      v1::JournalStatus* response) override {
    absl::MutexLock lock(&mutex_);
    if (frozen_) return Hold(context);
    for (const auto& [shard, events] : events_) {
      v1::ShardStatus* status = response->add_shards();
      status->set_shard(shard);
      status->set_head_seq(static_cast<int64_t>(events.size()));
    }
    return Done(context);
  }

  // The next event, which is also given.
  Event Say(const std::string& key, const std::string& payload, int shard = 1) {
    absl::MutexLock lock(&mutex_);
    std::vector<Event>& events = events_[shard];
    events.push_back(harness::Said(static_cast<int64_t>(events.size()) + 1, key, payload));
    events.back().shard = shard;
    return events.back();
  }
  int reads() {
    absl::MutexLock lock(&mutex_);
    return reads_;
  }

  // From now on calls get no answer, until it thaws: then all do.
  void Freeze() {
    absl::MutexLock lock(&mutex_);
    frozen_ = true;
  }
  void Thaw() {
    std::vector<grpc::ServerUnaryReactor*> held;
    {
      absl::MutexLock lock(&mutex_);
      frozen_ = false;
      held.swap(held_);
    }
    for (grpc::ServerUnaryReactor* call : held) call->Finish(grpc::Status::OK);
  }
  size_t held() {
    absl::MutexLock lock(&mutex_);
    return held_.size();
  }

 private:
  grpc::ServerUnaryReactor* Hold(grpc::CallbackServerContext* context) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    held_.push_back(context->DefaultReactor());
    return held_.back();
  }
  static grpc::ServerUnaryReactor* Done(grpc::CallbackServerContext* context) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  absl::Mutex mutex_;
  std::map<int, std::vector<Event>> events_ ABSL_GUARDED_BY(mutex_);  // by shard
  int reads_ ABSL_GUARDED_BY(mutex_) = 0;
  bool frozen_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<grpc::ServerUnaryReactor*> held_ ABSL_GUARDED_BY(mutex_);
};

class ConsumerTest : public harness::JournalTest {
 protected:
  void SetUp() override {
    JournalTest::SetUp();
    auto server = rpc::Server::Start({.listen = "127.0.0.1:0"}, {&producer_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = std::move(*server);
    auto bus = jetstream::Connection::Open({nats_.url(), "consumer-test"});
    ASSERT_TRUE(bus.ok()) << bus.status();
    bus_ = std::move(*bus);
    leases_ = std::make_unique<Leases>(Leases::Options{"one", kShards, absl::Seconds(5)}, *pool_);
  }
  void TearDown() override {
    consumer_.reset();
    producer_.Thaw();
  }

  void StartBus() {
    ASSERT_TRUE(nats_.Start());
    ASSERT_TRUE(harness::Eventually([&] { return bus_->connected(); }));
    ASSERT_TRUE(jetstream::EnsureStream(*bus_, EventStream()).ok());
  }

  void Publish(const std::vector<Event>& events) {
    std::vector<jetstream::Outgoing> messages;
    for (size_t i = 0; i < events.size();) {
      const Event& first = events[i];
      std::vector<journal::Run> run;
      for (; i < events.size() && run.size() < 2 && Follows(first, events[i], run); ++i) {
        const Event& event = events[i];
        AddTo(run, {event.seq, event.type, event.county, event.key, event.time, event.payload});
      }
      for (const journal::Run& one : run)
        messages.push_back(
            {absl::StrCat("tonghu.v1.", first.producer, ".", first.shard, ".520102.", one.type),
             absl::StrCat(first.producer, first.shard, "m", one.first_seq),
             MessageOf(first.producer, first.shard, one)});
    }
    auto publisher = jetstream::Publisher::Make(*bus_);
    ASSERT_TRUE(publisher.ok());
    ASSERT_TRUE((*publisher)->PublishAll(messages, absl::Seconds(30)).ok());
  }

  // Whether the event may lie in the runs that begin with `first`.
  static bool Follows(const Event& first, const Event& event, const std::vector<journal::Run>& runs) {
    return runs.empty() || (event.producer == first.producer && event.shard == first.shard &&
                            event.seq == runs.back().last_seq() + 1);
  }

  void Consume(EventHandler handler = harness::StoreSaid, size_t batch = 1000) {
    quarantine_ = std::make_unique<Quarantine>(
        Quarantine::Options{.service = "pairing", .producers = {"registry"}, .handler = handler});
    auto channel = rpc::Dial(absl::StrCat("127.0.0.1:", server_->port()));
    Consumer::Options options = options_;
    options.service = "pairing";
    options.threads = 1;
    options.batch = batch;
    for (const std::string& name : producers_) {
      ASSERT_TRUE(Execute(absl::StrCat("INSERT INTO journal_cursor SELECT '", name,
                                       "', shard, 0 FROM journal_head ON CONFLICT DO NOTHING"))
                      .ok());
      options.producers.push_back({name, v1::JournalService::NewStub(channel)});
    }
    consumer_ = std::make_unique<Consumer>(
        std::move(options), Consumer::Parts{*pool_, *bus_, *leases_, clock_, *quarantine_, metrics_}, handler,
        [](int, auto) {});
  }

  int64_t Cursor(int shard) {
    return Count(
        absl::StrCat("SELECT seq FROM journal_cursor WHERE producer = 'registry' AND shard = ", shard));
  }
  bool Applied(int64_t seq, int shard = 1) {
    return harness::Eventually([&] { return Cursor(shard) >= seq; });
  }

  Producer producer_;
  std::vector<std::string> producers_{"registry"};  // all of them answered for by `producer_`
  Consumer::Options options_;
  std::unique_ptr<rpc::Server> server_;
  harness::NatsServer nats_;
  std::unique_ptr<jetstream::Connection> bus_;
  std::unique_ptr<Leases> leases_;
  metrics::Metrics metrics_;
  std::unique_ptr<Quarantine> quarantine_;
  std::unique_ptr<Consumer> consumer_;
};

TEST_F(ConsumerTest, I2WithoutTheBusTheJournalIsRead) {
  for (int i = 1; i <= 3000; ++i) producer_.Say("k", absl::StrCat(i));
  Consume();
  ASSERT_TRUE(Applied(3000));
  EXPECT_EQ(Count("SELECT count(DISTINCT word) FROM said"), 3000);
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 3000);
}

// More comes than can be applied: what waits must not be pushed out and read again over gRPC.
TEST_F(ConsumerTest, UnderLoadTheBusWaitsAndNothingIsReadAgain) {
  StartBus();
  std::vector<Event> events;
  for (int i = 1; i <= 30'000; ++i) events.push_back(producer_.Say("k", absl::StrCat(i)));
  Publish(events);
  Consume(
      [](ShardTransaction& transaction, absl::Span<const Event* const> some) {
        return transaction.db()
            .Run("INSERT INTO said SELECT '520102', n::text FROM generate_series($1, $2) n",
                 postgres::Params().Int(some.front()->seq).Int(some.back()->seq))
            .status();
      },
      /*batch=*/200);
  ASSERT_TRUE(Applied(30'000));
  EXPECT_EQ(Count("SELECT count(DISTINCT word) FROM said"), 30'000);
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 30'000);
  EXPECT_EQ(producer_.reads(), 0) << "all of it came over the bus";
  // And the bus was told what is applied, on the way.
  EXPECT_TRUE(harness::Eventually([&] {
    auto info = bus_->Request("$JS.API.CONSUMER.INFO.TONGHU.pairing-registry-1", "", absl::Seconds(2));
    return info.ok() && info->find("\"num_ack_pending\":0,") != std::string::npos;
  }));
}

TEST_F(ConsumerTest, APoisonousEventIsSetAsideAndItsKeyWaits) {
  for (int i = 1; i <= 500; ++i)
    producer_.Say(absl::StrCat("k", i % 10), i == 123 ? "poison" : absl::StrCat(i));
  Consume();
  ASSERT_TRUE(Applied(500));
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 500 - 1 - 37) << "of key k3: twelve before the poison";
  EXPECT_EQ(Count("SELECT count(*) FROM quarantine WHERE key = 'k3'"), 38);
  EXPECT_EQ(Count("SELECT count(*) FROM quarantine"), 38);
  EXPECT_GE(Count("SELECT count(*) FROM journal WHERE type = 'operator_notice'"), 1);
}

TEST_F(ConsumerTest, APoisonousEventInsideARunIsSetAsideAlone) {
  StartBus();
  std::vector<Event> events;
  for (int i = 1; i <= 400; ++i)
    events.push_back(producer_.Say(absl::StrCat("k", i % 100), i == 123 ? "poison" : absl::StrCat(i)));
  Publish(events);
  Consume();
  ASSERT_TRUE(Applied(400));
  EXPECT_EQ(producer_.reads(), 0) << "one message";
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 400 - 1 - 2) << "of key k23: one before the poison";
  EXPECT_EQ(Count("SELECT count(*) FROM quarantine WHERE key = 'k23'"), 3);
  EXPECT_EQ(Count("SELECT count(*) FROM quarantine"), 3);
}

// They change nothing here: the cursor moves over them without a transaction of theirs.
TEST_F(ConsumerTest, EventsThatNobodyWantsArePassedOver) {
  StartBus();
  std::vector<Event> events;
  for (int i = 1; i <= 1000; ++i) {
    events.push_back(producer_.Say("k", absl::StrCat(i)));
    if (i % 100 != 0) events.back().type = "hummed";
  }
  Publish(events);
  options_.wants = [](std::string_view type) { return type == "said"; };
  std::vector<int64_t> firsts;
  Consume([&](ShardTransaction& transaction, absl::Span<const Event* const> some) -> absl::Status {
    firsts.push_back(some[0]->seq);
    for (const Event* event : some) {
      if (event->type != "said") continue;
      if (absl::Status stored = harness::StoreSaid(transaction, {&event, 1}); !stored.ok()) return stored;
    }
    return absl::OkStatus();
  });
  ASSERT_TRUE(Applied(1000));
  Event last = producer_.Say("k", "hummed behind the last wanted one");
  last.type = "hummed";
  Publish({last});
  ASSERT_TRUE(Applied(1001)) << "and the cursor is stored soon, though nothing else happens";
  consumer_->Stop();
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 10);
  EXPECT_EQ(firsts[0] % 100, 0) << "a transaction begins at a wanted one";
}

// The end of what was applied may not have been on PostgreSQL's disk: effects and cursor are lost together
// and come again, though nothing new is said.
TEST_F(ConsumerTest, I2PostgresqlStoppedAtOnceLosesAndDoublesNothing) {
  StartBus();
  Consume();
  int said = 0;
  // Connections of the pool die with PostgreSQL.
  const auto reached = [&](int seq) {
    return harness::Eventually([&] {
      auto connection = pool_->Acquire(absl::Seconds(5));
      if (!connection.ok()) return false;
      auto cursor =
          (*connection)->Run("SELECT seq FROM journal_cursor WHERE producer = 'registry' AND shard = 1");
      return cursor.ok() && cursor->Int(0, 0) >= seq;
    });
  };
  for (int round = 0; round < 3; ++round) {
    std::vector<Event> events;
    for (int i = 0; i < 2000; ++i) events.push_back(producer_.Say("k", absl::StrCat(++said)));
    Publish(events);
    ASSERT_TRUE(reached(round == 2 ? said : said - 1000));
    ASSERT_TRUE(stack().Kill("postgres").ok());
    ASSERT_TRUE(stack().Start("postgres").ok());
  }
  ASSERT_TRUE(reached(said));
  EXPECT_EQ(Count("SELECT count(DISTINCT word) FROM said"), said);
  EXPECT_EQ(Count("SELECT count(*) FROM said"), said);
}

// A pool without a free connection, a missing table, a slow statement: none is the event's fault.
TEST_F(ConsumerTest, TheMachinesFaultsQuarantineNothing) {
  for (int i = 1; i <= 50; ++i) producer_.Say("k", absl::StrCat(i));
  std::atomic<int> tries{0};
  Consume([&](ShardTransaction& transaction, absl::Span<const Event* const> events) -> absl::Status {
    const int n = tries++;
    if (n < 40 && n % 4 == 0) return absl::ResourceExhaustedError("no connection is free");
    if (n < 40 && n % 4 == 1) return absl::InternalError("?");
    if (n < 40 && n % 4 == 2) return absl::UnknownError("?");
    if (n < 40) return transaction.db().Run("SELECT * FROM no_such_table").status();
    return harness::StoreSaid(transaction, events);
  });
  ASSERT_TRUE(Applied(50));
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 50);
  EXPECT_EQ(Count("SELECT count(*) FROM quarantine"), 0);
  EXPECT_GE(tries.load(), 41);
}

// Whoever holds a shard at work is waited for: that is no fault of the events, and other shards go on.
TEST_F(ConsumerTest, AShardThatIsHeldWaitsByItselfAndNothingIsSetAside) {
  for (int i = 1; i <= 500; ++i) producer_.Say("k", absl::StrCat(i));
  auto holder = Open();
  ASSERT_NE(holder, nullptr);
  ASSERT_TRUE(holder
                  ->Script("SET statement_timeout = 0; BEGIN; SELECT FROM journal_head WHERE shard = 1 FOR "
                           "UPDATE")
                  .ok());
  ASSERT_EQ(PQsendQuery(holder->raw(), "SELECT pg_sleep(600)"), 1);
  ASSERT_EQ(PQflush(holder->raw()), 0);
  const std::string at_work = absl::StrCat(" FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = ",
                                           PQbackendPID(holder->raw()));
  ASSERT_TRUE(harness::Eventually([&] { return Count("SELECT count(*)" + at_work) == 1; }));
  std::vector<size_t> together;
  Consume([&](ShardTransaction& transaction, absl::Span<const Event* const> events) {
    if (transaction.shard() == 1) together.push_back(events.size());
    return harness::StoreSaid(transaction, events);
  });
  // Long enough for the held shard to be tried in vain many times.
  for (int i = 1; i <= 10; ++i) {
    producer_.Say("other", absl::StrCat("other ", i), /*shard=*/2);
    EXPECT_TRUE(Applied(i, /*shard=*/2));
  }
  EXPECT_EQ(Cursor(1), 0);
  EXPECT_EQ(Count("SELECT count(pg_terminate_backend(pid))" + at_work), 1);
  ASSERT_TRUE(Applied(500));
  consumer_->Stop();
  EXPECT_THAT(together, ElementsAre(500)) << "no smaller than before";
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 510);
  EXPECT_EQ(Count("SELECT count(*) FROM quarantine"), 0);
}

// The commit of a single event fails for good, and before it is tried again another replica has applied it:
// the next event must not be taken for it.
TEST_F(ConsumerTest, I2ACursorMovedAfterAFailedCommitLosesNothing) {
  ASSERT_TRUE(Execute("CREATE TABLE late (n int, CONSTRAINT once UNIQUE (n) DEFERRABLE INITIALLY DEFERRED);"
                      "INSERT INTO late VALUES (1)")
                  .ok());
  for (int i = 1; i <= 3; ++i) producer_.Say("k", absl::StrCat(i));
  std::atomic<bool> moved{false};
  std::vector<int64_t> handled;
  std::thread other;
  Consume(
      [&](ShardTransaction& transaction, absl::Span<const Event* const> events) -> absl::Status {
        if (!moved.exchange(true)) {
          // Waits for this transaction's lock of the cursor, so that it moves it right after the failed
          // commit.
          other = std::thread([this] {
            EXPECT_TRUE(
                Execute("WITH moved AS (UPDATE journal_cursor SET seq = 1 WHERE producer = 'registry' AND "
                        "shard = 1 AND seq = 0 RETURNING 1) "
                        "INSERT INTO said SELECT '520102', '1' FROM moved")
                    .ok());
          });
          EXPECT_TRUE(harness::Eventually([&] {
            return Count(
                       "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = "
                       "current_user") == 1;
          }));
          return transaction.db().Run("INSERT INTO late VALUES (1)").status();
        }
        for (const Event* event : events) handled.push_back(event->seq);
        return harness::StoreSaid(transaction, events);
      },
      /*batch=*/1);
  ASSERT_TRUE(Applied(3));
  other.join();
  consumer_->Stop();
  // Should the consumer have been the faster one, it has applied the first too.
  EXPECT_THAT(handled, AnyOf(ElementsAre(2, 3), ElementsAre(1, 2, 3)));
  EXPECT_EQ(Count("SELECT count(DISTINCT word) FROM said"), 3);
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 3);
  EXPECT_EQ(Count("SELECT count(*) FROM quarantine"), 0);
}

// Its calls are held open to the end, and everything else is applied meanwhile.
TEST_F(ConsumerTest, AFrozenProducerHoldsUpNothingThatComesOverTheBus) {
  StartBus();
  options_.ask_timeout = absl::Hours(1);
  producers_ = {"registry", "pairing"};
  producer_.Freeze();
  producer_.Say("k", "lost on the bus");
  Publish({producer_.Say("k", "behind the gap")});
  Consume();
  ASSERT_TRUE(harness::Eventually([&] { return producer_.held() == 3; })) << "two heads and the gap";
  Event other = harness::Said(1, "k", "another producer");
  other.producer = "pairing";
  Publish({other, producer_.Say("k", "another shard", /*shard=*/2)});
  EXPECT_TRUE(Applied(1, /*shard=*/2));
  EXPECT_TRUE(harness::Eventually(
      [&] { return Count("SELECT seq FROM journal_cursor WHERE producer = 'pairing' AND shard = 1") == 1; }));
  EXPECT_EQ(producer_.held(), 3u) << "one call at a time";
  EXPECT_EQ(Cursor(1), 0);
  producer_.Thaw();
  EXPECT_TRUE(Applied(2));
}

// Neither its own fault nor an outage: it stays where it is, and somebody is told, once, and when it is over.
TEST_F(ConsumerTest, AnEventThatFailsForAReasonUnknownIsToldToTheOperators) {
  options_.tell_after = absl::Milliseconds(1);
  for (int i = 1; i <= 20; ++i) producer_.Say(absl::StrCat("k", i), absl::StrCat(i));
  std::atomic<bool> repaired{false};
  std::atomic<int> tries{0};
  const auto handler = [&](ShardTransaction& transaction, absl::Span<const Event* const> events) {
    for (const Event* event : events) {
      if (event->seq != 7 || repaired) continue;
      ++tries;
      return absl::InternalError("?");
    }
    return harness::StoreSaid(transaction, events);
  };
  Consume(handler);
  const auto notices = [&] {
    return Count("SELECT coalesce(sum(events), 0) FROM journal WHERE type = 'operator_notice'");
  };
  ASSERT_TRUE(harness::Eventually([&] { return notices() == 1; }));
  const int told = tries;
  ASSERT_TRUE(harness::Eventually([&] { return tries > told + 3; }));
  EXPECT_EQ(notices(), 1) << "once";
  EXPECT_EQ(Cursor(1), 6);
  EXPECT_EQ(Count("SELECT count(*) FROM quarantine"), 0);
  consumer_.reset();  // and whoever goes on knows that they were told
  repaired = true;
  Consume(handler);
  ASSERT_TRUE(Applied(20));
  EXPECT_EQ(notices(), 2);
  auto connection = pool_->Acquire(absl::Seconds(5));
  auto said = ReadJournal(**connection, {"pairing", 1, 1, 10});
  ASSERT_TRUE(said.ok());
  for (int i = 0; i < 2; ++i) {
    OperatorNotice notice;
    ASSERT_TRUE(notice.ParseFromString((*said)[i].payload));
    EXPECT_EQ(notice.matter(), v1::OPERATOR_MATTER_EVENT_WAITS);
    EXPECT_EQ(notice.seq(), 7);
    EXPECT_EQ(notice.over(), i == 1);
  }
}

TEST_F(ConsumerTest, I3GapsDoublesAndDisorderOnTheBusAreHealed) {
  StartBus();
  std::vector<Event> events;
  for (int i = 1; i <= 1000; ++i) events.push_back(producer_.Say("k", absl::StrCat(i)));
  std::vector<Event> sent(events.begin() + 500, events.end());
  sent.insert(sent.end(), events.begin(), events.begin() + 300);
  Publish(sent);
  Consume();
  ASSERT_TRUE(Applied(1000));
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 1000);
  EXPECT_EQ(
      Count(
          "SELECT count(*) FROM (SELECT word::int <> row_number() OVER (ORDER BY nth) AS wrong FROM said) s "
          "WHERE wrong"),
      0);
}

}  // namespace
}  // namespace tonghu::journal
