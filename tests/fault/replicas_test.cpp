// Two replicas of every service, of which one goes wrong: its clock, or it is gone. On the machine's clock.
#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "libs/client/client.h"
#include "libs/clock/timestamp.h"
#include "libs/clock/waker.h"
#include "libs/postgres/connection.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/server.h"
#include "tests/harness/eventually.h"
#include "tests/harness/stack.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"

namespace tonghu::fault {
namespace {

constexpr char kCounty[] = "520203";
constexpr char kNobodys[] = "counties/000000";  // where alerts about the platform are
const char* const kServices[] = {"registry", "pairing", "alerts", "reporting"};
constexpr int kShards = 8;
constexpr absl::Duration kPatience = absl::Seconds(90);

template <class Condition>
bool Eventually(Condition condition) {
  return harness::Eventually(condition, kPatience);
}

class ReplicasTest : public testing::Test {
 protected:
  void SetUp() override {
    auto stack = harness::Stack::Up({.replicas = 2});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
    clients_ = std::make_unique<client::Client>(stack_->endpoints(), client::Once());
    contacts_ = pairing::v1::ContactService::NewStub(stack_->Channel("pairing"));
    signals_ = alerts::v1::SignalService::NewStub(stack_->Channel("alerts"));
  }

  // Seventeen children of one school, who are owed a talk this week.
  void Fill() {
    const absl::CivilDay today = clock::DayOf(absl::Now());
    Tonghuctl("import schools deploy/demo/rosters/schools-520203.csv");
    Tonghuctl("import staff deploy/demo/rosters/staff-520203.csv");
    Tonghuctl("import children deploy/demo/rosters/children-520203.csv");
    Tonghuctl(fmt::format("calendar put 2152990002 --first {} --last {}", absl::FormatCivilTime(today - 14),
                          absl::FormatCivilTime(today + 60)));
    Tonghuctl("pair by-class");
    pairing::v1::ListPairingsRequest request;
    request.set_parent(fmt::format("counties/{}", kCounty));
    auto listed = clients_->Call(&pairing::v1::PairingService::Stub::ListPairings, request);
    ASSERT_TRUE(listed.ok()) << listed.status();
    pairings_.assign(listed->pairings().begin(), listed->pairings().end());
    ASSERT_EQ(pairings_.size(), 17u);
  }

  void Tonghuctl(const std::string& typed) {
    const std::string command = fmt::format(
        "cd '{}' && TONGHU_COUNTY={} '{}/bin/tonghuctl' --state '{}' --timeout 30s {} > /dev/null",
        TONGHU_SOURCE_DIR, kCounty, TONGHU_BUILD_DIR, stack_->state(), typed);
    ASSERT_EQ(std::system(command.c_str()), 0) << typed;
  }

  std::shared_ptr<grpc::Channel> ChannelTo(const char* service, int replica) {
    return stack_->Dial(service, {.replica = replica});
  }
  absl::StatusOr<journal::v1::JournalStatus> StatusOf(const char* service, int replica) {
    auto stub = journal::v1::JournalService::NewStub(ChannelTo(service, replica));
    return client::Call(client::Once(), *stub, &journal::v1::JournalService::Stub::GetStatus, {});
  }
  int Leased(const char* service, int replica) {
    auto status = StatusOf(service, replica);
    int leased = 0;
    if (status.ok()) {
      for (const auto& shard : status->shards()) leased += shard.leased();
    }
    return leased;
  }
  bool Shared() {
    return Eventually([&] {
      for (const char* service : kServices) {
        if (Leased(service, 1) != kShards / 2 || Leased(service, 2) != kShards / 2) return false;
      }
      return true;
    });
  }
  // The replica works all shards of every service.
  bool WorksAll(int replica) {
    return Eventually([&] {
      for (const char* service : kServices) {
        if (Leased(service, replica) != kShards) return false;
      }
      return true;
    });
  }

  // Reports a talk of a minute ago, as a caller who tries three times.
  absl::Status Talk(pairing::v1::ContactService::Stub& stub, int tries = 3) {
    const pairing::v1::Pairing& pairing = pairings_[next_++ % pairings_.size()];
    pairing::v1::CreateContactRequest request;
    request.set_parent(fmt::format("counties/{}", kCounty));
    request.set_request_id(fmt::format("talk-{}", next_));
    request.mutable_contact()->set_child(pairing.child());
    request.mutable_contact()->set_helper(pairing.helper());
    request.mutable_contact()->set_kind(pairing::v1::CONTACT_KIND_TALK);
    clock::SetTime(absl::Now() - absl::Minutes(1), request.mutable_contact()->mutable_happen_time());
    const client::Bounds bounds = {.timeout = kPatience, .tries = tries, .pause = absl::Milliseconds(1)};
    const absl::Status said =
        client::Call(bounds, stub, &pairing::v1::ContactService::Stub::CreateContact, request).status();
    if (said.ok()) ++talks_;
    return said;
  }

  absl::StatusOr<alerts::v1::Alert> Emergency(alerts::v1::SignalService::Stub& stub) {
    alerts::v1::ReportEmergencyRequest request;
    request.set_parent(fmt::format("counties/{}", kCounty));
    request.set_child(pairings_[0].child());
    request.set_kind(alerts::v1::EMERGENCY_KIND_ACCIDENT);
    request.set_description("溺水");
    auto alert =
        client::Call(client::Once(), stub, &alerts::v1::SignalService::Stub::ReportEmergency, request);
    if (alert.ok()) ++emergencies_;
    return alert;
  }

  int Count(const std::string& parent, alerts::v1::AlertKind kind, alerts::v1::AlertState state) {
    alerts::v1::ListAlertsRequest request;
    request.set_parent(parent);
    request.set_kind(kind);
    request.set_state(state);
    auto listed = clients_->Call(&alerts::v1::AlertService::Stub::ListAlerts, request);
    return listed.ok() ? listed->alerts_size() : -1;
  }

  absl::StatusOr<int64_t> Number(const std::string& service, const std::string& sql) {
    auto db = postgres::Connection::Open(stack_->Conninfo("tonghu_" + service));
    if (!db.ok()) return db.status();
    auto rows = (*db)->Run(sql);
    return rows.ok() && rows->rows() > 0 ? absl::StatusOr<int64_t>(rows->Int(0, 0)) : rows.status();
  }

  // What was acknowledged is stored, once, and counted by all.
  void NothingIsLost() {
    EXPECT_EQ(*Number("pairing", "SELECT count(*) FROM contact"), talks_);
    EXPECT_EQ(*Number("alerts", "SELECT count(*) FROM emergency"), emergencies_);
    EXPECT_TRUE(Eventually([&] {
      const std::string command = fmt::format(
          "'{}/bin/tonghuctl' --state '{}' --timeout 30s report --division {} --check > /dev/null 2>&1",
          TONGHU_BUILD_DIR, stack_->state(), kCounty);
      return std::system(command.c_str()) == 0;
    })) << "the figures are not those of the journals";
  }

  std::unique_ptr<harness::Stack> stack_;
  std::unique_ptr<client::Client> clients_;
  std::unique_ptr<pairing::v1::ContactService::Stub> contacts_;
  std::unique_ptr<alerts::v1::SignalService::Stub> signals_;
  std::vector<pairing::v1::Pairing> pairings_;
  int next_ = 0;
  int64_t talks_ = 0, emergencies_ = 0;  // acknowledged
};

class WrongClockTest : public ReplicasTest {
 protected:
  void SetUp() override {
    ReplicasTest::SetUp();
    shim_ = stack_->state() + "/clock-shim";
    Shift(0);
    for (const char* service : kServices) {
      const std::string second = fmt::format("{}-2", service);
      ASSERT_TRUE(stack_->Stop(second).ok());
      ASSERT_TRUE(
          stack_->Start(second, {{"LD_PRELOAD", TONGHU_CLOCK_SHIM_LIBRARY}, {"TONGHU_CLOCK_SHIM", shim_}})
              .ok());
    }
    Fill();
    ASSERT_TRUE(Shared());
  }

  // Sets the clock of the second replicas, in seconds ahead of the machine's.
  void Shift(int64_t seconds) {
    const int file = ::open(shim_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    ASSERT_GE(file, 0);
    ASSERT_EQ(::pwrite(file, &seconds, sizeof seconds, 0), static_cast<ssize_t>(sizeof seconds));
    ::close(file);
  }

  bool AllDistrust(bool wanted) {
    return Eventually([&] {
      for (const char* service : kServices) {
        auto status = StatusOf(service, 2);
        if (!status.ok() || status->clock_distrusted().empty() == wanted) return false;
      }
      return true;
    });
  }

  std::string shim_;
};

TEST_F(WrongClockTest, AReplicaWithAWrongClockStandsAsideAndComesBack) {
  int missed = 0;
  for (const int64_t ahead : {int64_t{5}, int64_t{3600}, int64_t{-3600}}) {
    SCOPED_TRACE(fmt::format("{} s ahead", ahead));
    Shift(ahead);
    ASSERT_TRUE(AllDistrust(true));
    ASSERT_TRUE(WorksAll(1)) << "the healthy one works what the other gave back";

    // Commands go elsewhere, reads do not; an emergency is taken anywhere, and its times are right.
    auto wrong = pairing::v1::ContactService::NewStub(ChannelTo("pairing", 2));
    const absl::Status refused = Talk(*wrong, /*tries=*/1);
    EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
    EXPECT_EQ(refusal::Of(refused).reason, "CLOCK_DISTRUSTED");
    auto pairings = pairing::v1::PairingService::NewStub(ChannelTo("pairing", 2));
    pairing::v1::GetPairingRequest read;
    read.set_name(pairings_[0].name());
    EXPECT_TRUE(
        client::Call(client::Once(), *pairings, &pairing::v1::PairingService::Stub::GetPairing, read).ok());
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(Talk(*contacts_).ok());
    auto signals = alerts::v1::SignalService::NewStub(ChannelTo("alerts", 2));
    auto alert = Emergency(*signals);
    ASSERT_TRUE(alert.ok()) << alert.status();
    const absl::Time raised = clock::ToTime(alert->raise_time());
    EXPECT_LT(absl::AbsDuration(absl::Now() - raised), absl::Minutes(2));
    EXPECT_EQ(clock::ToTime(alert->next_step_time()) - raised, absl::Minutes(15));

    // A duty that comes due meanwhile is judged.
    ++missed;
    ASSERT_TRUE(
        Number("pairing",
               "UPDATE duty SET due_time = clock_timestamp() + interval '1 s' WHERE (county, duty_id) IN "
               "(SELECT county, duty_id FROM duty WHERE outcome = 0 ORDER BY due_time DESC LIMIT 1) "
               "RETURNING 1::bigint")
            .ok());
    EXPECT_TRUE(Eventually([&] {
      return Count(fmt::format("counties/{}", kCounty), alerts::v1::ALERT_KIND_DUTY_MISSED,
                   alerts::v1::ALERT_STATE_OPEN) == missed;
    }));
    // The operators know.
    EXPECT_TRUE(Eventually(
        [&] { return Count(kNobodys, alerts::v1::ALERT_KIND_OPERATOR, alerts::v1::ALERT_STATE_OPEN) == 4; }));

    Shift(0);
    ASSERT_TRUE(AllDistrust(false)) << "by itself";
    ASSERT_TRUE(Shared());
    EXPECT_TRUE(Talk(*wrong).ok());
    EXPECT_TRUE(Eventually(
        [&] { return Count(kNobodys, alerts::v1::ALERT_KIND_OPERATOR, alerts::v1::ALERT_STATE_OPEN) == 0; }));
  }
  NothingIsLost();
}

TEST_F(ReplicasTest, OneReplicaOfEachIsEnough) {
  const auto second = [](const char* service) { return fmt::format("{}-2", service); };
  for (const char* service : kServices) ASSERT_TRUE(stack_->Stop(second(service)).ok());
  Fill();
  ASSERT_TRUE(WorksAll(1)) << "of two that the callers know of, one was never there";
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Talk(*contacts_).ok());
  for (const char* service : kServices) ASSERT_TRUE(stack_->Start(second(service)).ok());
  ASSERT_TRUE(Shared());
  for (const bool killed : {true, false}) {
    SCOPED_TRACE(killed ? "SIGKILL" : "SIGTERM");
    for (const char* service : kServices) {
      ASSERT_TRUE((killed ? stack_->Kill(second(service)) : stack_->Stop(second(service))).ok());
    }
    const absl::Time gone = clock::MonotonicNow();
    ASSERT_TRUE(WorksAll(1));
    EXPECT_LT(clock::MonotonicNow() - gone, absl::Seconds(60)) << "a lease lasts four seconds";
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(Talk(*contacts_).ok());
    EXPECT_TRUE(Emergency(*signals_).ok());
    for (const char* service : kServices) ASSERT_TRUE(stack_->Start(second(service)).ok());
    ASSERT_TRUE(Shared());
  }
  NothingIsLost();
}

}  // namespace
}  // namespace tonghu::fault
