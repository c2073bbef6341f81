// Who holds a shard's lock and does not go on is thrown out; an urgent command waits for nobody.
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "google/protobuf/wrappers.pb.h"
#include "libs/journal/command_executor.h"
#include "libs/journal/lease.h"
#include "libs/refusal/refusal.h"
#include "tests/harness/journal_test.h"

namespace tonghu::journal {
namespace {

using Text = google::protobuf::StringValue;
using Answer = std::future<absl::StatusOr<Text>>;

// Far above what is meant, for a machine under load; far below any of PostgreSQL's own time-outs here.
constexpr absl::Duration kSoon = absl::Seconds(12);

absl::Status Store(ShardTransaction& transaction, CommandHandler<Text, Text>::Commands commands) {
  for (const auto& command : commands) {
    auto stored =
        transaction.db().Run("INSERT INTO said VALUES ($1, $2)",
                             postgres::Params().Text(*command.county).Text(command.request->value()));
    if (!stored.ok()) return stored.status();
    *command.reply = *command.request;
  }
  return absl::OkStatus();
}

class ShardLockTest : public harness::JournalTest {
 protected:
  void SetUp() override {
    harness::JournalTest::SetUp();
    executor_ = std::make_unique<CommandExecutor>(CommandExecutor::Options{.queue = {.shards = kShards}},
                                                  CommandExecutor::Parts{*pool_, reserve_, clock_, ids_},
                                                  [](int, auto) {});
    holder_ = Open();
    ASSERT_NE(holder_, nullptr);
    // So that it is not PostgreSQL that ends it.
    ASSERT_TRUE(
        holder_->Script("SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0").ok());
    const std::string take = absl::StrCat(
        "BEGIN; SELECT seq FROM journal_head WHERE shard = ", executor_->ShardOf(kCounty), " FOR UPDATE");
    ASSERT_TRUE(holder_->Script(take).ok());
  }
  void TearDown() override {
    executor_.reset();
    // A session at work does not notice that its client has gone.
    if (holder_ != nullptr)
      Execute(absl::StrCat("SELECT pg_terminate_backend(", PQbackendPID(holder_->raw()), ")")).IgnoreError();
  }

  static Answer Submit(CommandHandler<Text, Text>& handler, const std::string& word,
                       std::function<bool()> wanted = nullptr, const std::string& county = kCounty) {
    auto promise = std::make_shared<std::promise<absl::StatusOr<Text>>>();
    auto request = std::make_shared<Text>();
    request->set_value(word);
    handler.Submit({county, "tests", "", std::move(wanted)}, request,
                   [promise](absl::StatusOr<Text> reply, int64_t) { promise->set_value(std::move(reply)); });
    return promise->get_future();
  }

  // How long the answer takes; it must be good.
  absl::Duration Timed(Answer answer) {
    const absl::Time begin = MonotonicNow();
    const auto reply = answer.get();
    EXPECT_TRUE(reply.ok()) << reply.status();
    return MonotonicNow() - begin;
  }

  // Starts a statement of the holder's that never ends, or a COPY whose rows never come.
  void HolderBegins(const char* sql) {
    ASSERT_EQ(PQsendQuery(holder_->raw(), sql), 1);
    ASSERT_EQ(PQflush(holder_->raw()), 0);
    const int pid = PQbackendPID(holder_->raw());
    ASSERT_TRUE(harness::Eventually([&] {
      return Count(absl::StrCat("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid = ",
                                pid)) == 1;
    }));
  }
  bool HolderLives() {
    return Count(absl::StrCat("SELECT count(*) FROM pg_stat_activity WHERE pid = ",
                              PQbackendPID(holder_->raw()))) == 1;
  }

  static constexpr char kCounty[] = "520102";
  postgres::Pool reserve_{Conninfo(), 3};
  std::unique_ptr<CommandExecutor> executor_;
  std::unique_ptr<postgres::Connection> holder_;
};

TEST_F(ShardLockTest, AHolderThatDoesNothingIsEnded) {
  CommandHandler<Text, Text> handler(*executor_, "Store", Store);
  EXPECT_LT(Timed(Submit(handler, "word")), kSoon);
  EXPECT_FALSE(HolderLives());
  executor_->Stop();
}

// Active for PostgreSQL, so that none of its time-outs ends it.
TEST_F(ShardLockTest, AHolderWhoseCopyNeverGoesOnIsEnded) {
  CommandHandler<Text, Text> handler(*executor_, "Store", Store);
  ASSERT_NO_FATAL_FAILURE(HolderBegins("COPY said FROM STDIN"));
  EXPECT_LT(Timed(Submit(handler, "word")), kSoon);
  EXPECT_FALSE(HolderLives());
  executor_->Stop();
}

TEST_F(ShardLockTest, AHolderAtWorkIsWaitedForButNotByAnUrgentCommand) {
  CommandHandler<Text, Text> usual(*executor_, "Store", Store);
  CommandHandler<Text, Text> urgent(*executor_, "Alarm", Store, {.urgency = rpc::Urgency::kUrgent});
  ASSERT_NO_FATAL_FAILURE(HolderBegins("SELECT pg_sleep(60)"));
  Answer waiting = Submit(usual, "word");
  EXPECT_EQ(waiting.wait_for(std::chrono::seconds(4)), std::future_status::timeout);
  EXPECT_TRUE(HolderLives());
  EXPECT_LT(Timed(Submit(urgent, "fire")), kSoon);
  EXPECT_LT(Timed(std::move(waiting)), kSoon);
  executor_->Stop();
}

TEST_F(ShardLockTest, ABackgroundTransactionGivesUpAtOnceAndALongOneMayThink) {
  auto connection = pool_->Acquire(absl::Seconds(5));
  ASSERT_TRUE(connection.ok());
  const int shard = executor_->ShardOf(kCounty);
  const absl::Time begin = MonotonicNow();
  auto refused = ShardTransaction::Begin(**connection, shard, clock_, Purpose::kBackground);
  EXPECT_TRUE(postgres::IsLockTimeout(refused.status())) << refused.status();
  EXPECT_LT(MonotonicNow() - begin, absl::Seconds(1.4)) << "less than a command waits";
  ASSERT_TRUE(holder_->Script("ROLLBACK").ok());

  auto thinking = ShardTransaction::Begin(**connection, shard, clock_, Purpose::kLong);
  ASSERT_TRUE(thinking.ok()) << thinking.status();
  CommandHandler<Text, Text> handler(*executor_, "Store", Store);
  Answer waiting = Submit(handler, "word");
  EXPECT_EQ(waiting.wait_for(std::chrono::seconds(5)), std::future_status::timeout);
  EXPECT_TRUE(thinking->Commit().ok()) << "an import is not taken for a stalled one";
  EXPECT_LT(Timed(std::move(waiting)), kSoon);
  executor_->Stop();
}

// Another shard's commands do not wait, though the executor has two threads only.
TEST_F(ShardLockTest, OtherShardsGoOnMeanwhile) {
  CommandHandler<Text, Text> handler(*executor_, "Store", Store);
  ASSERT_NO_FATAL_FAILURE(HolderBegins("SELECT pg_sleep(60)"));
  Answer held = Submit(handler, "held");
  std::string other = "520103";
  for (int i = 103; executor_->ShardOf(other) == executor_->ShardOf(kCounty); ++i)
    other = absl::StrCat("520", i);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(Submit(handler, "word", nullptr, other).get().ok());
  EXPECT_EQ(held.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  ASSERT_TRUE(Execute(absl::StrCat("SELECT pg_terminate_backend(", PQbackendPID(holder_->raw()), ")")).ok());
  EXPECT_TRUE(held.get().ok());
  executor_->Stop();
}

TEST_F(ShardLockTest, TwentyThousandWaitingCommandsDoNotDelayAnUrgentOne) {
  CommandHandler<Text, Text> usual(*executor_, "Store", Store);
  CommandHandler<Text, Text> urgent(*executor_, "Alarm", Store, {.urgency = rpc::Urgency::kUrgent});
  std::vector<Answer> many;
  for (int i = 0; i < 19990; ++i) many.push_back(Submit(usual, "word"));
  ASSERT_TRUE(holder_->Script("ROLLBACK").ok());
  Answer alarm = Submit(urgent, "fire");
  EXPECT_LT(Timed(std::move(alarm)), kSoon);
  EXPECT_GT(executor_->in_flight(), 1000) << "they wait still";
  executor_->Stop();
  for (auto& one : many) one.wait();
}

TEST_F(ShardLockTest, WhatManyLargeCommandsTakeIsBoundedAndFreedWhenTheirCallersLeave) {
  CommandHandler<Text, Text> handler(*executor_, "Store", Store);
  ASSERT_NO_FATAL_FAILURE(HolderBegins("SELECT pg_sleep(60)"));
  std::atomic<bool> wanted = true;
  const std::string large(4 << 20, 'x');
  std::vector<Answer> many;
  for (int i = 0; i < 128; ++i) many.push_back(Submit(handler, large, [&] { return wanted.load(); }));
  EXPECT_LE(executor_->in_flight(), 8) << "64 MiB, and each is held twice";
  EXPECT_EQ(refusal::Of(many.back().get().status()).reason, "SERVER_BUSY");
  many.pop_back();
  wanted = false;
  // One may be under way; those behind it are let go though the shard is still held.
  EXPECT_TRUE(harness::Eventually([&] { return executor_->in_flight() <= 2; }));
  EXPECT_TRUE(HolderLives());
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 0) << "nobody waits for them: they are not decided";
  executor_->Stop();
  for (auto& one : many) EXPECT_FALSE(one.get().ok());
}

TEST_F(ShardLockTest, APoisonedBatchAndAnOutageEndInTimeForAll) {
  CommandHandler<Text, Text> handler(*executor_, "Store", Store);
  std::vector<Answer> many;
  for (int i = 0; i < 1000; ++i) many.push_back(Submit(handler, i == 500 ? "poison" : "word"));
  ASSERT_TRUE(stack().Kill("postgres").ok());
  const absl::Time begin = MonotonicNow();
  many.push_back(Submit(handler, "later"));
  for (auto& one : many) {
    const auto reply = one.get();
    EXPECT_TRUE(reply.ok() || absl::IsUnavailable(reply.status())) << reply.status();
  }
  // The batch is tried for 10 s in all, and what waits behind it waits no longer than that.
  EXPECT_LT(MonotonicNow() - begin, absl::Seconds(30));
  Answer last = Submit(handler, "last");
  const absl::Time stop = MonotonicNow();
  executor_->Drain(absl::Seconds(1));
  executor_->Stop();
  EXPECT_LT(MonotonicNow() - stop, absl::Seconds(10)) << "a second, and what a loaded machine adds";
  EXPECT_TRUE(absl::IsUnavailable(last.get().status()));
  ASSERT_TRUE(stack().Start("postgres").ok());
}

}  // namespace
}  // namespace tonghu::journal
