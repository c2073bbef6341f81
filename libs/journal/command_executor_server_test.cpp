// The executor against a real PostgreSQL: group commit, repeated requests, failures that stay alone.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <future>

#include "absl/strings/str_cat.h"
#include "google/protobuf/wrappers.pb.h"
#include "libs/journal/command_executor.h"
#include "libs/journal/event_run.h"
#include "libs/journal/testing/cutting_proxy.h"
#include "libs/refusal/refusal.h"
#include "tests/harness/journal_test.h"

namespace tonghu::journal {
namespace {

using Text = google::protobuf::StringValue;

class JournalServerTest : public harness::JournalTest {
 protected:
  std::unique_ptr<CommandExecutor> MakeExecutor(size_t max_queue = 20000) {
    return std::make_unique<CommandExecutor>(
        // So patient that PostgreSQL is up again in time, however slow the machine is.
        CommandExecutor::Options{
            .queue = {.shards = kShards, .max_queue = max_queue, .patience = absl::Minutes(2)}},
        CommandExecutor::Parts{*pool_, *pool_, clock_, ids_}, [](int, auto) {});
  }
};

// Says words: stores each and appends an event; "no" is refused, "poison" breaks a constraint of the table.
absl::Status SayWords(ShardTransaction& transaction, CommandHandler<Text, Text>::Commands commands) {
  for (const auto& command : commands) {
    if (command.request->value() == "no") {
      *command.reply = refusal::Invalid("NO", "value", "no", "不");
      continue;
    }
    if (command.request->value() == "once") {
      auto there = transaction.db().Run("SELECT 1 FROM said WHERE word = 'once'");
      if (!there.ok()) return there.status();
      if (there->rows() > 0) {
        *command.reply = refusal::Exists("SAID", "value", "said already", "说过了");
        continue;
      }
    }
    auto stored =
        transaction.db().Run("INSERT INTO said VALUES ($1, $2)",
                             postgres::Params().Text(*command.county).Text(command.request->value()));
    if (!stored.ok()) return stored.status();
    transaction.Append("said", *command.county, command.request->value(), command.request->value());
    Text reply;
    reply.set_value(absl::StrCat("said ", command.request->value()));
    *command.reply = reply;
  }
  return absl::OkStatus();
}

// Submits and gives the future answer.
std::future<absl::StatusOr<Text>> Say(CommandHandler<Text, Text>& handler, const std::string& county,
                                      const std::string& id, const std::string& word,
                                      const std::string& actor = "tests") {
  auto promise = std::make_shared<std::promise<absl::StatusOr<Text>>>();
  auto request = std::make_shared<Text>();
  request->set_value(word);
  handler.Submit({county, actor, id}, request,
                 [promise](absl::StatusOr<Text> reply, int64_t) { promise->set_value(std::move(reply)); });
  return promise->get_future();
}

// As SayWords, with the actor set for each.
absl::Status SayWordsOfMany(ShardTransaction& transaction, CommandHandler<Text, Text>::Commands commands) {
  for (const auto& command : commands) {
    transaction.set_actor(*command.actor);
    if (absl::Status said = SayWords(transaction, {&command, 1}); !said.ok()) return said;
  }
  return absl::OkStatus();
}

TEST_F(JournalServerTest, EveryEventSaysWhoGaveItsCommand) {
  auto executor = MakeExecutor();
  CommandHandler<Text, Text> one(*executor, "Say", SayWords);
  CommandHandler<Text, Text> many(*executor, "SayOfMany", SayWordsOfMany, {.actors = Actors::kMany});
  std::vector<std::future<absl::StatusOr<Text>>> answers;
  for (int i = 0; i < 200; ++i) {
    const std::string actor = i % 5 == 4 ? "" : absl::StrCat("actors/", i % 5);
    answers.push_back(Say(i % 2 == 0 ? one : many, "520102", "", absl::StrCat(i), actor));
  }
  for (auto& answer : answers) EXPECT_TRUE(answer.get().ok());
  auto connection = pool_->Acquire(absl::Seconds(5));
  ASSERT_TRUE(connection.ok());
  auto events = ReadJournal(**connection, {"registry", executor->ShardOf("520102"), 1, 1000});
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_EQ(events->size(), 200u);
  for (const Event& event : *events) {
    const int i = std::stoi(event.payload);
    EXPECT_EQ(event.actor, i % 5 == 4 ? "" : absl::StrCat("actors/", i % 5)) << event.payload;
  }
  EXPECT_LT(Count("SELECT count(*) FROM journal"), 200) << "several shared a run";
}

TEST_F(JournalServerTest, I1EveryAcknowledgedCommandIsStoredOnceAndPositionsHaveNoGaps) {
  auto executor = MakeExecutor();
  CommandHandler<Text, Text> handler(*executor, "Say", SayWords);
  std::vector<std::future<absl::StatusOr<Text>>> answers;
  for (int i = 0; i < 3000; ++i)
    answers.push_back(Say(handler, absl::StrCat(520100 + i % 9), "", absl::StrCat("w", i)));
  for (auto& answer : answers) EXPECT_TRUE(answer.get().ok());
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 3000);
  EXPECT_EQ(Count("SELECT sum(seq)::bigint FROM journal_head"), 3000);
  EXPECT_EQ(Count("SELECT count(*) FROM journal_head h WHERE (SELECT coalesce(sum(events), 0) FROM journal "
                  "WHERE shard = "
                  "h.shard) <> h.seq OR "
                  "(SELECT coalesce(max(seq), 0) FROM journal WHERE shard = h.shard) <> h.seq"),
            0);
}

TEST_F(JournalServerTest, TheSameRequestIdIsDecidedOnce) {
  auto executor = MakeExecutor();
  CommandHandler<Text, Text> handler(*executor, "Say", SayWords);
  std::vector<std::future<absl::StatusOr<Text>>> answers;
  for (int i = 0; i < 50; ++i) answers.push_back(Say(handler, "520102", "one-id", "word"));
  for (auto& answer : answers) {
    auto reply = answer.get();
    ASSERT_TRUE(reply.ok()) << reply.status();
    EXPECT_EQ(reply->value(), "said word");
  }
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 1);
  auto other = Say(handler, "520102", "one-id", "another word").get();
  EXPECT_EQ(other.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(refusal::Of(other.status()).reason, "REQUEST_ID_REUSED");
  EXPECT_TRUE(Say(handler, "520103", "one-id", "another word").get().ok()) << "ids are a county's own";
}

TEST_F(JournalServerTest, ARepetitionGetsTheFirstAnswerEvenWhenItWouldBeRefusedNow) {
  auto executor = MakeExecutor();
  CommandHandler<Text, Text> handler(*executor, "Say", SayWords);
  ASSERT_TRUE(Say(handler, "520102", "id-1", "once").get().ok());
  auto repeated = Say(handler, "520102", "id-1", "once").get();
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(repeated->value(), "said once");
  EXPECT_EQ(refusal::Of(Say(handler, "520102", "id-2", "once").get().status()).reason, "SAID");
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 1);
}

TEST_F(JournalServerTest, AFailingCommandFailsAlone) {
  auto executor = MakeExecutor();
  CommandHandler<Text, Text> handler(*executor, "Say", SayWords);
  std::vector<std::future<absl::StatusOr<Text>>> answers;
  for (int i = 0; i < 200; ++i)
    answers.push_back(Say(handler, "520102", "",
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
  auto executor = MakeExecutor();
  CommandHandler<Text, Text> handler(*executor, "Say", SayWords);
  std::vector<std::future<absl::StatusOr<Text>>> answers;
  for (int i = 0; i < 2000; ++i) {
    if (i == 1000) {
      ASSERT_TRUE(stack().Kill("postgres").ok());
    }
    answers.push_back(
        Say(handler, absl::StrCat(520100 + i % 4), absl::StrCat("id-", i), absl::StrCat("w", i)));
  }
  ASSERT_TRUE(stack().Start("postgres").ok());
  int acknowledged = 0;
  for (auto& answer : answers) acknowledged += answer.get().ok();
  EXPECT_EQ(acknowledged, 2000) << "the executor waits through a short outage";
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 2000);
  EXPECT_EQ(Count("SELECT count(DISTINCT word) FROM said"), 2000);
}

TEST_F(JournalServerTest, AnswersAreKeptOnlyForRequestIdsThatACallerGave) {
  auto executor = MakeExecutor();
  CommandHandler<Text, Text> handler(*executor, "Say", SayWords);
  ASSERT_TRUE(Say(handler, "520102", "", "word").get().ok());
  EXPECT_EQ(Count("SELECT count(*) FROM request"), 0);
  ASSERT_TRUE(Say(handler, "520102", "id-1", "another").get().ok());
  EXPECT_EQ(Count("SELECT count(*) FROM request"), 1);
}

TEST_F(JournalServerTest, NoAnswerIsKeptWhereTheDecidersRowsHoldTheRequestId) {
  auto executor = MakeExecutor();
  std::vector<std::string> seen;
  CommandHandler<Text, Text> handler(
      *executor, "Say",
      [&](ShardTransaction& transaction, CommandHandler<Text, Text>::Commands commands) {
        for (const auto& command : commands) seen.push_back(*command.request_id);
        return SayWords(transaction, commands);
      },
      {.repeats = Repeats::kOwnRows});
  const std::string id = ids::Derived("a request");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Say(handler, "520102", id, "word").get().ok());
  EXPECT_THAT(seen, ::testing::ElementsAre(id, id)) << "the decider is asked each time";
  EXPECT_EQ(Count("SELECT count(*) FROM request"), 0);
}

// The commit succeeds, the connection is lost before its answer comes.
class UnknownOutcomeTest : public JournalServerTest {
 protected:
  void SetUp() override {
    JournalServerTest::SetUp();
    const std::string real = Conninfo();
    const size_t at = real.find("host=") + 5;
    const std::string folder = real.substr(at, real.find(' ', at) - at);
    const size_t port_at = real.find("port=") + 5;
    const std::string port = real.substr(port_at, real.find(' ', port_at) - port_at);
    char own[] = "/tmp/tonghu-proxy-XXXXXX";
    ASSERT_NE(::mkdtemp(own), nullptr);
    own_ = own;
    proxy_ = std::make_unique<testing::CuttingProxy>(folder, own_, ".s.PGSQL." + port);
    cut_ = std::make_unique<postgres::Pool>(std::string(real).replace(at, folder.size(), own_), 4);
  }
  void TearDown() override {
    cut_.reset();
    proxy_.reset();
    std::filesystem::remove_all(own_);
  }
  std::unique_ptr<CommandExecutor> MakeCutExecutor() {
    return std::make_unique<CommandExecutor>(CommandExecutor::Options{.queue = {.shards = kShards}},
                                             CommandExecutor::Parts{*cut_, *cut_, clock_, ids_},
                                             [](int, auto) {});
  }

  std::string own_;
  std::unique_ptr<testing::CuttingProxy> proxy_;
  std::unique_ptr<postgres::Pool> cut_;
};

TEST_F(UnknownOutcomeTest, I1WithoutARequestIdTheJournalTellsWhetherItWasDecided) {
  auto executor = MakeCutExecutor();
  CommandHandler<Text, Text> handler(*executor, "Say", SayWords);
  for (int i = 0; i < 5; ++i) {
    proxy_->CutNextCommit();
    auto reply = Say(handler, "520102", "", "word").get();
    ASSERT_TRUE(reply.ok()) << reply.status();
    EXPECT_EQ(reply->value(), "said word");
    EXPECT_EQ(proxy_->cuts(), i + 1);
    EXPECT_EQ(Count("SELECT count(*) FROM said"), i + 1) << "once each";
  }
  EXPECT_EQ(Count("SELECT sum(events) FROM journal"), 5);
  EXPECT_EQ(Count("SELECT count(*) FROM request"), 0);
}

TEST_F(UnknownOutcomeTest, I1WithoutARequestIdAndWithoutAnEventTheStoredAnswerTells) {
  auto executor = MakeCutExecutor();
  CommandHandler<Text, Text> handler(
      *executor, "Note", [](ShardTransaction& transaction, const auto& commands) -> absl::Status {
        for (const auto& command : commands) {
          *command.reply = *command.request;
          auto stored = transaction.db().Run("INSERT INTO said VALUES ($1, $2)",
                                             postgres::Params().Text(*command.county).Text("noted"));
          if (!stored.ok()) return stored.status();
        }
        return absl::OkStatus();
      });
  proxy_->CutNextCommit();
  ASSERT_TRUE(Say(handler, "520102", "", "word").get().ok());
  EXPECT_EQ(proxy_->cuts(), 1);
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 1);
}

TEST_F(UnknownOutcomeTest, I1WithRequestIdsTheStoredAnswersTell) {
  auto executor = MakeCutExecutor();
  CommandHandler<Text, Text> handler(*executor, "Say", SayWords);
  proxy_->CutNextCommit();
  ASSERT_TRUE(Say(handler, "520102", "id-1", "word").get().ok());
  EXPECT_EQ(proxy_->cuts(), 1);
  EXPECT_EQ(Say(handler, "520102", "id-1", "word").get()->value(), "said word");
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 1);
}

TEST_F(JournalServerTest, I7AFullQueueRefusesAtOnce) {
  auto executor = MakeExecutor(/*max_queue=*/10);
  CommandHandler<Text, Text> handler(*executor, "Say", SayWords);
  auto hold = pool_->Acquire(absl::Seconds(5));
  ASSERT_TRUE(hold.ok());
  auto blocked = ShardTransaction::Begin(**hold, executor->ShardOf("520102"), clock_);
  ASSERT_TRUE(blocked.ok());
  std::vector<std::future<absl::StatusOr<Text>>> answers;
  for (int i = 0; i < 2000; ++i) answers.push_back(Say(handler, "520102", "", absl::StrCat("w", i)));
  EXPECT_EQ(answers.back().get().status().code(), absl::StatusCode::kResourceExhausted);
  { auto end = std::move(*blocked); }  // rolls back, frees the shard
  EXPECT_TRUE(answers.front().get().ok());
  executor->Stop();  // what is still queued needs its handler
}

}  // namespace
}  // namespace tonghu::journal
