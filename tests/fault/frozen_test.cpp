// One replica freezes in mid-transaction, with a shard's lock in its hands. The others go on: an emergency at
// once, commands of that shard after a moment, other shards as if nothing were.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/client/client.h"
#include "libs/postgres/connection.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "tests/harness/small_school.h"
#include "tests/harness/stack.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"

namespace tonghu::fault {
namespace {

constexpr const char* kCounties[] = {"520203", "520324"};  // of two shards
// Meant are 2 s for an emergency and 3 s for a command; a loaded machine gets as much again.
constexpr absl::Duration kEmergency = absl::Seconds(4);
constexpr absl::Duration kCommand = absl::Seconds(6);
constexpr absl::Duration kUnheld =
    absl::Milliseconds(2500);  // less than a command waits when its shard is held
constexpr int kGate = 4711;    // the advisory lock at which a transaction stands still

const client::Bounds kOnce = client::Once(absl::Seconds(60));

class FrozenTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto stack = harness::Stack::Up({.replicas = 2});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
    for (const char* county : kCounties) ASSERT_NO_FATAL_FAILURE(Populate(county));
  }
  static void TearDownTestSuite() { stack_.reset(); }

  static void Populate(const std::string& county) {
    client::Client client(stack_->endpoints(), {.timeout = absl::Seconds(60)});
    auto school = harness::PutSmallSchool(client, county);
    ASSERT_TRUE(school.ok()) << school.status();
    auto child = harness::PutPairedChild(client, *school);
    ASSERT_TRUE(child.ok()) << child.status();
    schools_[county] = *std::move(school);
    children_[county] = *std::move(child);
  }

  static absl::Status LogContact(const std::shared_ptr<grpc::Channel>& channel, const std::string& county) {
    const auto request = harness::TalkAt(schools_[county], children_[county], absl::Now() - absl::Seconds(1));
    return client::Call(kOnce, *pairing::v1::ContactService::NewStub(channel),
                        &pairing::v1::ContactService::Stub::CreateContact, request)
        .status();
  }

  static absl::Status ReportAbsence(const std::shared_ptr<grpc::Channel>& channel,
                                    const std::string& county) {
    alerts::v1::ReportAbsenceRequest request;
    request.set_parent("counties/" + county);
    request.mutable_absence()->set_child(children_[county]);
    request.mutable_absence()->set_date(
        absl::FormatCivilTime(absl::ToCivilDay(absl::Now(), absl::FixedTimeZone(8 * 3600))));
    request.mutable_absence()->set_with_leave(true);
    return client::Call(kOnce, *alerts::v1::SignalService::NewStub(channel),
                        &alerts::v1::SignalService::Stub::ReportAbsence, request)
        .status();
  }

  static absl::Status PutPolicy(const std::shared_ptr<grpc::Channel>& channel, const std::string& county) {
    pairing::v1::PutDutyPolicyRequest request;
    request.mutable_policy()->set_parent("counties/" + county);
    request.mutable_policy()->set_kind(pairing::v1::DUTY_KIND_TALK);
    request.mutable_policy()->mutable_report_grace()->set_seconds(172800);
    request.mutable_policy()->mutable_late_report_after()->set_seconds(86400);
    return client::Call(kOnce, *pairing::v1::DutyService::NewStub(channel),
                        &pairing::v1::DutyService::Stub::PutDutyPolicy, request)
        .status();
  }

  // Has `work` begin a transaction of `service` that inserts into `table`, freezes the replica that has it
  // once it stands there, and lets the statement end: the lock's holder is then idle for ever. Gives the
  // replica's number.
  int Freeze(const std::string& service, const std::string& table, const std::function<void()>& work) {
    auto gate = postgres::Connection::Open(stack_->Conninfo("tonghu_" + service));
    EXPECT_TRUE(gate.ok()) << gate.status();
    absl::Status made = (*gate)->Script(fmt::format(
        "CREATE OR REPLACE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
        "pg_advisory_xact_lock_shared({}); RETURN NEW; END $$; CREATE OR REPLACE TRIGGER stand_still BEFORE "
        "INSERT ON {} FOR EACH ROW EXECUTE FUNCTION stand_still(); SELECT pg_advisory_lock({})",
        kGate, table, kGate));
    EXPECT_TRUE(made.ok()) << made;
    stuck_ = std::async(std::launch::async, work);
    for (const absl::Time end = absl::Now() + absl::Seconds(30); absl::Now() < end;) {
      auto waiting = (*gate)->Run(
          "SELECT application_name FROM pg_stat_activity WHERE wait_event = 'advisory' AND application_name "
          "LIKE $1",
          postgres::Params().Text(service + "-%"));
      EXPECT_TRUE(waiting.ok()) << waiting.status();
      if (waiting->rows() == 0) continue;
      frozen_ = waiting->String(0, 0);
      EXPECT_TRUE(stack_->Freeze(frozen_).ok());
      EXPECT_TRUE((*gate)->Script(absl::StrCat("SELECT pg_advisory_unlock(", kGate, ")")).ok());
      return frozen_.back() - '0';
    }
    ADD_FAILURE() << "no transaction stood still";
    return 1;
  }

  // The replica that was not frozen.
  std::shared_ptr<grpc::Channel> Other(const std::string& service, int frozen) const {
    return stack_->Dial(service, {.replica = 3 - frozen});
  }

  static absl::Duration Timed(const char* what, const std::function<absl::Status()>& work) {
    const absl::Time begin = absl::Now();
    const absl::Status done = work();
    EXPECT_TRUE(done.ok()) << what << ": " << done;
    fmt::print("{}: {} ms\n", what, absl::ToInt64Milliseconds(absl::Now() - begin));
    return absl::Now() - begin;
  }

  int64_t Count(const std::string& service, const std::string& sql) const {
    auto db = postgres::Connection::Open(stack_->Conninfo("tonghu_" + service));
    auto rows = (*db)->Run(sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->Int(0, 0) : -1;
  }

  static inline std::unique_ptr<harness::Stack> stack_;
  static inline std::map<std::string, harness::SmallSchool> schools_;  // by county
  static inline std::map<std::string, std::string> children_;          // by county
  std::future<void> stuck_;
  std::string frozen_;
};

TEST_F(FrozenTest, CommandsGoOnWhenAReplicaOfPairingFreezesInMidTransaction) {
  const int64_t before = Count("pairing", "SELECT count(*) FROM contact");
  absl::Status late = absl::UnknownError("no answer");
  // Its version is read before the transaction can go on: what is sent with the commit would end by itself.
  const int frozen =
      Freeze("pairing", "duty_policy", [&] { late = PutPolicy(stack_->Channel("pairing"), kCounties[0]); });
  const auto other = Other("pairing", frozen);
  auto held = std::async(std::launch::async, [&] {
    return Timed("a command of the held shard", [&] { return LogContact(other, kCounties[0]); });
  });
  EXPECT_LT(Timed("a command of another shard", [&] { return LogContact(other, kCounties[1]); }), kUnheld);
  const absl::Duration waited = held.get();
  EXPECT_LT(waited, kCommand);
  EXPECT_GT(waited, absl::Milliseconds(500)) << "the shard was not held: this test shows nothing";
  ASSERT_TRUE(stack_->Thaw(frozen_).ok());
  stuck_.get();
  EXPECT_TRUE(late.ok()) << "the frozen one tries again: " << late;
  EXPECT_EQ(Count("pairing", "SELECT count(*) FROM contact"), before + 2);
}

TEST_F(FrozenTest, AnEmergencyIsOnTheStreamAtOnceWhenAReplicaOfAlertsFreezesInMidTransaction) {
  ASSERT_TRUE(ReportAbsence(stack_->Channel("alerts"), kCounties[1]).ok());
  absl::Status late = absl::UnknownError("no answer");
  const int frozen =
      Freeze("alerts", "absence", [&] { late = ReportAbsence(stack_->Channel("alerts"), kCounties[0]); });
  const auto other = Other("alerts", frozen);
  auto watcher = alerts::v1::AlertService::NewStub(other);
  auto context = rpc::WithDeadline(absl::Seconds(60));
  alerts::v1::WatchAlertsRequest watch;
  watch.set_parent(absl::StrCat("counties/", kCounties[0]));
  auto stream = watcher->WatchAlerts(context.get(), watch);
  stream->WaitForInitialMetadata();
  EXPECT_LT(Timed("an emergency on the live stream",
                  [&] {
                    alerts::v1::ReportEmergencyRequest request;
                    request.set_parent(absl::StrCat("counties/", kCounties[0]));
                    request.set_child(children_[kCounties[0]]);
                    request.set_kind(alerts::v1::EMERGENCY_KIND_MISSING);
                    request.set_description("孩子放学后未到家");
                    auto alert = client::Call(kOnce, *alerts::v1::SignalService::NewStub(other),
                                              &alerts::v1::SignalService::Stub::ReportEmergency, request);
                    if (!alert.ok()) return alert.status();
                    alerts::v1::WatchAlertsResponse change;
                    while (stream->Read(&change)) {
                      if (change.alert().name() == alert->name()) return absl::OkStatus();
                    }
                    return absl::NotFoundError("the stream ended");
                  }),
            kEmergency);
  EXPECT_LT(Timed("a command of another shard", [&] { return ReportAbsence(other, kCounties[1]); }), kUnheld);
  context->TryCancel();
  ASSERT_TRUE(stack_->Thaw(frozen_).ok());
  stuck_.get();
  EXPECT_TRUE(late.ok()) << "the frozen one tries again: " << late;
}

}  // namespace
}  // namespace tonghu::fault
