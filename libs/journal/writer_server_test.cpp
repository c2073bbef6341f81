// The journal against a real PostgreSQL: group commit, repeated requests, failures that stay alone,
// quarantine, leases, sweeps.
#include <gtest/gtest.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "google/protobuf/wrappers.pb.h"
#include "libs/journal/lease.h"
#include "libs/journal/migrations.h"
#include "libs/journal/quarantine.h"
#include "libs/journal/sweeper.h"
#include "libs/journal/writer.h"
#include "libs/refusal/refusal.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::journal {
namespace {

using Text = google::protobuf::StringValue;
constexpr int kShards = 4;

// Each test starts with an empty schema.
class JournalServerTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    pool_ = std::make_unique<postgres::Pool>(Conninfo(), 16);
    auto connection = pool_->Acquire(absl::Seconds(5));
    ASSERT_TRUE(connection.ok()) << connection.status();
    postgres::Connection& db = **connection;
    const absl::Status emptied = db.Script(
        "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = "
        "current_schema() LOOP "
        "EXECUTE 'DROP TABLE ' || quote_ident(t); END LOOP; END $$");
    ASSERT_TRUE(emptied.ok()) << emptied;
    ASSERT_TRUE(postgres::Migrate(db, "journal", Migrations()).ok());
    ASSERT_TRUE(db.Script("CREATE TABLE said (county text, word text CHECK (word <> 'poison'))").ok());
    ASSERT_TRUE(db.Script(absl::StrCat("INSERT INTO journal_head SELECT n, 0 FROM generate_series(0, ",
                                       kShards - 1, ") n"))
                    .ok());
    ASSERT_TRUE(
        db.Script(absl::StrCat("INSERT INTO lease SELECT n FROM generate_series(0, ", kShards - 1, ") n"))
            .ok());
  }

  int64_t Count(const std::string& sql) {
    auto connection = pool_->Acquire(absl::Seconds(5));
    auto rows = (*connection)->Run(sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->Int(0, 0) : -1;
  }

  std::unique_ptr<Writer> MakeWriter(size_t max_queue = 20000) {
    return std::make_unique<Writer>(Writer::Options{.shards = kShards, .max_queue = max_queue}, *pool_,
                                    clock_, ids_, [](int) {});
  }

  clock::SystemClock clock_;
  ids::SeededSource ids_{7};
  std::unique_ptr<postgres::Pool> pool_;
};

// Says words: stores each and appends an event; "no" is refused, "poison" breaks a constraint of the table.
absl::Status SayWords(ShardTransaction& transaction, Lane<Text, Text>::Slots slots) {
  for (const auto& slot : slots) {
    if (slot.request->value() == "no") {
      *slot.reply = refusal::Invalid("NO", "value", "no", "不");
      continue;
    }
    if (slot.request->value() == "once") {
      auto there = transaction.db().Run("SELECT 1 FROM said WHERE word = 'once'");
      if (!there.ok()) return there.status();
      if (there->rows() > 0) {
        *slot.reply = refusal::Exists("SAID", "value", "said already", "说过了");
        continue;
      }
    }
    auto stored = transaction.db().Run("INSERT INTO said VALUES ($1, $2)",
                                       postgres::Params().Text(*slot.county).Text(slot.request->value()));
    if (!stored.ok()) return stored.status();
    transaction.Append("said", *slot.county, slot.request->value(), slot.request->value());
    Text reply;
    reply.set_value(absl::StrCat("said ", slot.request->value()));
    *slot.reply = reply;
  }
  return absl::OkStatus();
}

// Submits and gives the future answer.
std::future<absl::StatusOr<Text>> Say(Lane<Text, Text>& lane, const std::string& county,
                                      const std::string& id, const std::string& word) {
  auto promise = std::make_shared<std::promise<absl::StatusOr<Text>>>();
  Text request;
  request.set_value(word);
  lane.Submit(county, id, request,
              [promise](absl::StatusOr<Text> reply) { promise->set_value(std::move(reply)); });
  return promise->get_future();
}

TEST_F(JournalServerTest, I1EveryAcknowledgedCommandIsStoredOnceAndPositionsHaveNoGaps) {
  auto writer = MakeWriter();
  Lane<Text, Text> lane(*writer, "Say", SayWords);
  std::vector<std::future<absl::StatusOr<Text>>> answers;
  for (int i = 0; i < 3000; ++i)
    answers.push_back(Say(lane, absl::StrCat(520100 + i % 9), "", absl::StrCat("w", i)));
  for (auto& answer : answers) EXPECT_TRUE(answer.get().ok());
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 3000);
  EXPECT_EQ(Count("SELECT sum(seq)::bigint FROM journal_head"), 3000);
  EXPECT_EQ(Count("SELECT count(*) FROM journal_head h WHERE (SELECT count(*) FROM journal WHERE shard = "
                  "h.shard) <> h.seq OR "
                  "(SELECT coalesce(max(seq), 0) FROM journal WHERE shard = h.shard) <> h.seq"),
            0);
}

TEST_F(JournalServerTest, TheSameRequestIdIsDecidedOnce) {
  auto writer = MakeWriter();
  Lane<Text, Text> lane(*writer, "Say", SayWords);
  std::vector<std::future<absl::StatusOr<Text>>> answers;
  for (int i = 0; i < 50; ++i) answers.push_back(Say(lane, "520102", "one-id", "word"));
  for (auto& answer : answers) {
    auto reply = answer.get();
    ASSERT_TRUE(reply.ok()) << reply.status();
    EXPECT_EQ(reply->value(), "said word");
  }
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 1);
  auto other = Say(lane, "520102", "one-id", "another word").get();
  EXPECT_EQ(other.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(refusal::Of(other.status()).reason, "REQUEST_ID_REUSED");
  EXPECT_TRUE(Say(lane, "520103", "one-id", "another word").get().ok()) << "ids are a county's own";
}

TEST_F(JournalServerTest, ARepetitionGetsTheFirstAnswerEvenWhenItWouldBeRefusedNow) {
  auto writer = MakeWriter();
  Lane<Text, Text> lane(*writer, "Say", SayWords);
  ASSERT_TRUE(Say(lane, "520102", "id-1", "once").get().ok());
  auto repeated = Say(lane, "520102", "id-1", "once").get();
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(repeated->value(), "said once");
  EXPECT_EQ(refusal::Of(Say(lane, "520102", "id-2", "once").get().status()).reason, "SAID");
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 1);
}

TEST_F(JournalServerTest, AFailingCommandFailsAlone) {
  auto writer = MakeWriter();
  Lane<Text, Text> lane(*writer, "Say", SayWords);
  std::vector<std::future<absl::StatusOr<Text>>> answers;
  for (int i = 0; i < 200; ++i)
    answers.push_back(Say(lane, "520102", "",
                          i == 57       ? "poison"
                          : i % 10 == 0 ? "no"
                                        : absl::StrCat("w", i)));
  int stored = 0, refused = 0, failed = 0;
  for (auto& answer : answers) {
    auto reply = answer.get();
    stored += reply.ok();
    refused += refusal::IsRefusal(reply.status());
    failed += !reply.ok() && !refusal::IsRefusal(reply.status());
  }
  EXPECT_EQ(stored, 179);
  EXPECT_EQ(refused, 20);
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 179);
}

TEST_F(JournalServerTest, ARestartOfPostgresqlLosesAndDoublesNothing) {
  auto writer = MakeWriter();
  Lane<Text, Text> lane(*writer, "Say", SayWords);
  std::vector<std::future<absl::StatusOr<Text>>> answers;
  for (int i = 0; i < 2000; ++i) {
    if (i == 1000) {
      ASSERT_TRUE(stack().Kill("postgres").ok());
    }
    answers.push_back(Say(lane, absl::StrCat(520100 + i % 4), absl::StrCat("id-", i), absl::StrCat("w", i)));
  }
  ASSERT_TRUE(stack().Start("postgres").ok());
  int acknowledged = 0;
  for (auto& answer : answers) acknowledged += answer.get().ok();
  EXPECT_EQ(acknowledged, 2000) << "the writer waits through a short outage";
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 2000);
  EXPECT_EQ(Count("SELECT count(DISTINCT word) FROM said"), 2000);
}

TEST_F(JournalServerTest, I7AFullQueueRefusesAtOnce) {
  auto writer = MakeWriter(/*max_queue=*/10);
  Lane<Text, Text> lane(*writer, "Say", SayWords);
  auto hold = pool_->Acquire(absl::Seconds(5));
  ASSERT_TRUE(hold.ok());
  auto blocked = ShardTransaction::Begin(**hold, writer->ShardOf("520102"), clock_.Now());
  ASSERT_TRUE(blocked.ok());
  std::vector<std::future<absl::StatusOr<Text>>> answers;
  for (int i = 0; i < 2000; ++i) answers.push_back(Say(lane, "520102", "", absl::StrCat("w", i)));
  EXPECT_EQ(answers.back().get().status().code(), absl::StatusCode::kResourceExhausted);
  { auto end = std::move(*blocked); }  // rolls back, frees the shard
  EXPECT_TRUE(answers.front().get().ok());
  writer->Stop();  // what is still queued needs its lane
}

// Handles "said" events by storing their payload.
absl::Status Store(ShardTransaction& transaction, absl::Span<const Event* const> events) {
  for (const Event* event : events) {
    auto stored = transaction.db().Run("INSERT INTO said VALUES ($1, $2)",
                                       postgres::Params().Text(event->county()).Text(event->payload()));
    if (!stored.ok()) return stored.status();
  }
  return absl::OkStatus();
}

Event Heard(int64_t seq, const std::string& key, const std::string& payload) {
  Event event;
  event.set_producer("registry");
  event.set_shard(1);
  event.set_seq(seq);
  event.set_type("said");
  event.set_county("520102");
  event.set_key(key);
  event.set_payload(payload);
  return event;
}

TEST_F(JournalServerTest, QuarantineKeepsAKeysOrderAndReleasesIt) {
  auto connection = pool_->Acquire(absl::Seconds(5));
  const std::vector<Event> events = {Heard(1, "a", "poison"), Heard(2, "b", "fine"), Heard(3, "a", "later")};
  {
    auto transaction = ShardTransaction::Begin(**connection, 1, clock_.Now());
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(SetAside(*transaction, events[0], "it is poison").ok());
    auto free = HoldBack(*transaction, {&events[1], &events[2]});
    ASSERT_TRUE(free.ok()) << free.status();
    ASSERT_EQ(free->size(), 1u) << "the same key waits behind, others go on";
    EXPECT_EQ((*free)[0]->key(), "b");
    ASSERT_TRUE(transaction->Commit().ok());
  }
  auto listed = ListQuarantined(**connection, "", 10);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ((*listed)[1].error(), "waits behind 1");
  auto stuck = Release(**connection, 1, "520102", "a", clock_.Now(), Store);
  ASSERT_TRUE(stuck.ok()) << stuck.status();
  EXPECT_EQ(stuck->applied, 0);
  EXPECT_EQ(stuck->remaining, 2);
  ASSERT_TRUE((*connection)->Script("ALTER TABLE said DROP CONSTRAINT said_word_check").ok());
  auto released = Release(**connection, 1, "520102", "a", clock_.Now(), Store);
  EXPECT_EQ(released->applied, 2);
  EXPECT_EQ(Count("SELECT count(*) FROM quarantine"), 0);
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 2);
}

// Waits for a condition, within a bound.
template <class Condition>
bool Eventually(Condition condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return false;
}

TEST_F(JournalServerTest, ReplicasShareTheShardsAndTakeOver) {
  auto one = std::make_unique<Leases>(Leases::Options{"one", kShards, absl::Milliseconds(400)}, *pool_);
  ASSERT_TRUE(Eventually([&] { return one->Held().size() == kShards; }));
  Leases two({"two", kShards, absl::Milliseconds(400)}, *pool_);
  ASSERT_TRUE(Eventually([&] { return one->Held().size() == 2 && two.Held().size() == 2; }));
  for (int shard : one->Held()) EXPECT_FALSE(two.Holds(shard));
  one = nullptr;
  EXPECT_TRUE(Eventually([&] { return two.Held().size() == kShards; }));
}

TEST_F(JournalServerTest, ASweepFiresEverythingOverdueOnce) {
  {
    auto connection = pool_->Acquire(absl::Seconds(5));
    ASSERT_TRUE((*connection)
                    ->Script("CREATE TABLE due (shard int, n int, open boolean, due_time timestamptz);"
                             "INSERT INTO due SELECT n % 4, n, true, now() - interval '1 day' FROM "
                             "generate_series(1, 2500) n")
                    .ok());
  }
  const Sweep sweep{"test", "SELECT EXISTS (SELECT FROM due WHERE shard = $1 AND open AND due_time <= $2)",
                    [](ShardTransaction& transaction, int limit) -> absl::StatusOr<int> {
                      auto fired = transaction.db().Run(
                          "UPDATE due SET open = false WHERE n IN (SELECT n FROM due WHERE shard = $1 AND "
                          "open AND due_time <= $2 LIMIT $3) RETURNING n::text",
                          postgres::Params().Int(transaction.shard()).Time(transaction.now()).Int(limit));
                      if (!fired.ok()) return fired.status();
                      for (int i = 0; i < fired->rows(); ++i)
                        transaction.Append("due", "520102", "k", fired->String(i, 0));
                      return fired->rows();
                    }};
  Leases leases({"one", kShards, absl::Seconds(5)}, *pool_);
  Sweeper sweeper({.batch = 100}, *pool_, leases, clock_, {sweep}, [](int) {});
  ASSERT_TRUE(Eventually([&] { return Count("SELECT count(*) FROM journal") == 2500; }));
  EXPECT_EQ(Count("SELECT count(DISTINCT payload) FROM journal"), 2500);
}

}  // namespace
}  // namespace tonghu::journal
