// A whole node against a real PostgreSQL; the bus is not there, which no node waits for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "libs/journal/node.h"
#include "libs/rpc/testing/raw.h"
#include "tests/harness/journal_test.h"

namespace tonghu::journal {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class NodeTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = Open();
    ASSERT_NE(db_, nullptr);
    const absl::Status emptied = db_->Script(
        "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = "
        "current_schema() LOOP EXECUTE 'DROP TABLE ' || quote_ident(t); END LOOP; END $$");
    ASSERT_TRUE(emptied.ok()) << emptied;
    // A port that is free.
    v1::JournalService::CallbackService none;
    auto taken = rpc::Server::Start({.listen = "127.0.0.1:0"}, {&none});
    ASSERT_TRUE(taken.ok()) << taken.status();
    settings_.listen = absl::StrCat("127.0.0.1:", (*taken)->port());
  }
  void TearDown() override { Stop(); }

  absl::StatusOr<std::unique_ptr<Node>> OpenNode(const process::Settings& settings) {
    return Node::Open(settings, {{"thing", {{1, "001_thing", "CREATE TABLE thing (n integer)"}}}});
  }

  // Serves on a thread of its own until Stop, or until it fails.
  void Serve() {
    auto node = OpenNode(settings_);
    ASSERT_TRUE(node.ok()) << node.status();
    node_ = *std::move(node);
    serving_ = std::thread([this] { outcome_ = node_->Serve({}); });
    channel_ = rpc::Dial(settings_.listen);
    ASSERT_TRUE(harness::Eventually([&] { return Status().ok(); }));
  }
  // SIGTERM to the thread that waits for it: the others here are not all the node's.
  void Stop() {
    if (!serving_.joinable()) return;
    ::pthread_kill(serving_.native_handle(), SIGTERM);
    serving_.join();
  }

  absl::StatusOr<v1::JournalStatus> Status() {
    auto context = rpc::WithDeadline(absl::Seconds(20));
    v1::JournalStatus status;
    const grpc::Status asked = v1::JournalService::NewStub(channel_)->GetStatus(context.get(), {}, &status);
    if (!asked.ok()) return absl::UnavailableError(asked.error_message());
    return status;
  }

  int64_t Count(const std::string& sql) {
    auto rows = db_->Run(sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->Int(0, 0) : -1;
  }

  process::Settings settings_{.service = "pairing",
                              .replica = "pairing-1",
                              .admin_listen = "127.0.0.1:0",
                              .clock = "system",
                              .shards = 4,
                              .postgres = Conninfo(),
                              .nats_url = "nats://127.0.0.1:1",
                              .insecure = true};
  std::unique_ptr<postgres::Connection> db_;
  std::unique_ptr<Node> node_;
  std::shared_ptr<grpc::Channel> channel_;
  std::thread serving_;
  absl::Status outcome_;
};

TEST_F(NodeTest, OpensOnAnEmptySchemaAndAgain) {
  for (int i = 0; i < 2; ++i) {
    auto node = OpenNode(settings_);
    ASSERT_TRUE(node.ok()) << node.status();
    EXPECT_EQ(Count("SELECT count(*) FROM thing"), 0) << "the service's own script";
    EXPECT_EQ(Count("SELECT count(*) FROM journal_head"), 4);
    EXPECT_EQ(Count("SELECT count(*) FROM relay_cursor"), 4);
    EXPECT_EQ(Count("SELECT count(*) FROM lease"), 4);
  }
}

TEST_F(NodeTest, AnotherNumberOfShardsIsRefused) {
  ASSERT_TRUE(OpenNode(settings_).ok());
  process::Settings other = settings_;
  other.shards = 16;
  const absl::Status refused = OpenNode(other).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), AllOf(HasSubstr("shards is 16"), HasSubstr("created with 4")));
  EXPECT_EQ(Count("SELECT count(*) FROM journal_head"), 4);
}

TEST_F(NodeTest, APeerThatNoSettingNamesIsRefused) {
  settings_.peers["registry"] = "127.0.0.1:1";
  auto node = OpenNode(settings_);
  ASSERT_TRUE(node.ok()) << node.status();
  EXPECT_TRUE((*node)->Peer("registry").ok());
  const absl::Status missing = (*node)->Peer("alerts").status();
  EXPECT_TRUE(absl::IsInvalidArgument(missing)) << missing;
  EXPECT_THAT(std::string(missing.message()), HasSubstr("peers.alerts"));
  EXPECT_EQ((*node)->Serve({.producers = {"alerts"}}), missing) << "and whose events can't be heard";
}

TEST_F(NodeTest, ServesHealthAndItsStatusAndGivesItsLeasesBackWhenItStops) {
  ASSERT_NO_FATAL_FAILURE(Serve());
  EXPECT_EQ(rpc::testing::CallRaw(channel_, "/grpc.health.v1.Health/Check", "").bytes, "\x08\x01");
  auto status = Status();
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->service(), "pairing");
  EXPECT_EQ(status->replica(), "pairing-1");
  EXPECT_EQ(status->shards_size(), 4);
  EXPECT_FALSE(status->bus_connected());
  const std::string held = "SELECT count(*) FROM lease WHERE owner = 'pairing-1' AND expire_time > now()";
  EXPECT_TRUE(harness::Eventually([&] { return Count(held) == 4; }));

  const absl::Time begin = clock::MonotonicNow();
  Stop();
  EXPECT_TRUE(outcome_.ok()) << outcome_;
  EXPECT_LT(clock::MonotonicNow() - begin, absl::Seconds(12)) << "5 s are meant";
  EXPECT_EQ(Count(held), 0);
  EXPECT_FALSE(Status().ok()) << "nobody listens";
}

TEST_F(NodeTest, ASecondOneOnThePortFailsAndSaysSo) {
  ASSERT_NO_FATAL_FAILURE(Serve());
  process::Settings second = settings_;
  second.replica = "pairing-2";
  auto node = OpenNode(second);
  ASSERT_TRUE(node.ok()) << node.status();
  const absl::Status failed = (*node)->Serve({});
  EXPECT_TRUE(absl::IsUnavailable(failed)) << failed;
  EXPECT_THAT(std::string(failed.message()), HasSubstr(settings_.listen));
  EXPECT_TRUE(Status().ok()) << "the first goes on";
}

}  // namespace
}  // namespace tonghu::journal
