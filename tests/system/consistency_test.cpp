// What one service has answered, another one knows: by positions that callers hand on, and truthfully for
// callers that have none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <future>

#include "absl/strings/str_cat.h"
#include "deploy/demo/roster_generator.h"
#include "libs/postgres/connection.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/position.h"
#include "libs/rpc/server.h"
#include "tests/harness/small_school.h"
#include "tests/harness/stack.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using ::testing::StartsWith;

constexpr char kCounty[] = "counties/520203";
constexpr char kSchool[] = "counties/520203/schools/S1";
constexpr char kTeacher[] = "counties/520203/staffMembers/T1";
constexpr int kRounds = 60;
constexpr int kRuns = 12;

// One caller's stubs.
struct Caller {
  Caller(const harness::Stack& stack, const std::shared_ptr<rpc::Positions>& seen)
      : children(registry::v1::ChildService::NewStub(stack.Dial("registry", {.seen = seen}))),
        pairings(pairing::v1::PairingService::NewStub(stack.Dial("pairing", {.seen = seen}))),
        contacts(pairing::v1::ContactService::NewStub(stack.Dial("pairing", {.seen = seen}))),
        signals(alerts::v1::SignalService::NewStub(stack.Dial("alerts", {.seen = seen}))),
        alerts(alerts::v1::AlertService::NewStub(stack.Dial("alerts", {.seen = seen}))) {}

  std::unique_ptr<registry::v1::ChildService::Stub> children;
  std::unique_ptr<pairing::v1::PairingService::Stub> pairings;
  std::unique_ptr<pairing::v1::ContactService::Stub> contacts;
  std::unique_ptr<alerts::v1::SignalService::Stub> signals;
  std::unique_ptr<alerts::v1::AlertService::Stub> alerts;
};

template <class Stub, class Request, class Response>
absl::StatusOr<Response> Call(Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                              const Request& request, const std::string& after = "") {
  auto context = rpc::WithDeadline(absl::Seconds(30));
  if (!after.empty()) context->AddMetadata(rpc::kAfterKey, after);
  Response response;
  const grpc::Status status = (stub.*method)(context.get(), request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  return response;
}

std::string Reason(const absl::Status& status) {
  return status.ok() ? "OK"
                     : absl::StrCat(absl::StatusCodeToString(status.code()), " ", refusal::Of(status).reason);
}

class ConsistencyTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto stack = harness::Stack::Up({});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
    client::Client client(stack_->endpoints());
    const auto school = harness::PutSmallSchool(client, "520203");
    ASSERT_TRUE(school.ok()) << school.status();
  }
  static void TearDownTestSuite() { stack_.reset(); }

  // Gives the child's name.
  static std::string Register(Caller& caller) {
    registry::v1::CreateChildRequest request;
    request.set_parent(kCounty);
    auto& child = *request.mutable_child();
    child.set_display_name("陈小明");
    child.set_birth_date(absl::FormatCivilTime(absl::CivilDay(2014, 1, 1) + ++made_));
    child.set_sex(made_ % 2 == 0 ? registry::v1::SEX_MALE : registry::v1::SEX_FEMALE);
    child.set_school(kSchool);
    child.set_grade(3);
    child.set_class_number(1 + made_ % 40);
    child.set_guardianship_type(registry::v1::GUARDIANSHIP_TYPE_GRANDPARENTS);
    auto created = Call(*caller.children, &registry::v1::ChildService::Stub::CreateChild, request);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? created->name() : "";
  }

  static absl::Status Pair(Caller& caller, const std::string& child, const std::string& after = "") {
    pairing::v1::CreatePairingRequest request;
    request.set_parent(kCounty);
    request.mutable_pairing()->set_child(child);
    request.mutable_pairing()->set_helper(kTeacher);
    request.mutable_pairing()->set_role(pairing::v1::PAIRING_ROLE_CLASS_TEACHER);
    return Call(*caller.pairings, &pairing::v1::PairingService::Stub::CreatePairing, request, after).status();
  }

  static absl::Status ReportAbsence(Caller& caller, const std::string& child, const std::string& after = "") {
    alerts::v1::ReportAbsenceRequest request;
    request.set_parent(kCounty);
    request.mutable_absence()->set_child(child);
    request.mutable_absence()->set_date(
        absl::FormatCivilTime(absl::ToCivilDay(absl::Now(), absl::FixedTimeZone(8 * 3600))));
    request.mutable_absence()->set_with_leave(true);
    return Call(*caller.signals, &alerts::v1::SignalService::Stub::ReportAbsence, request, after).status();
  }

  static inline std::unique_ptr<harness::Stack> stack_;
  static inline int made_ = 0;
};

TEST_F(ConsistencyTest, WhoHandsOnWhatTheRegistrySaidIsNeverRefused) {
  Caller caller(*stack_, std::make_shared<rpc::Positions>());
  for (int i = 0; i < kRounds; ++i) {
    const std::string child = Register(caller);
    ASSERT_EQ(Reason(Pair(caller, child)), "OK") << "round " << i;
    ASSERT_EQ(Reason(ReportAbsence(caller, child)), "OK") << "round " << i;
  }
}

TEST_F(ConsistencyTest, WhoHandsNothingOnIsNotToldThatAChildIsUnknownEither) {
  Caller caller(*stack_, nullptr);
  for (int i = 0; i < kRounds; ++i) {
    const std::string child = Register(caller);
    ASSERT_EQ(Reason(Pair(caller, child)), "OK") << "round " << i;
    ASSERT_EQ(Reason(ReportAbsence(caller, child)), "OK") << "round " << i;
  }
}

// Each item of a batch is asked after, together.
TEST_F(ConsistencyTest, ContactsOfABatchWaitToo) {
  Caller caller(*stack_, nullptr);
  for (int i = 0; i < 10; ++i) {
    const std::string child = Register(caller);
    pairing::v1::BatchCreateContactsRequest batch;
    batch.set_parent(kCounty);
    batch.add_requests()->mutable_contact()->set_child(child);
    batch.add_requests()->mutable_contact()->set_child(absl::StrCat(kCounty, "/children/nobody"));
    for (auto& one : *batch.mutable_requests()) {
      one.mutable_contact()->set_helper(kTeacher);
      one.mutable_contact()->set_kind(pairing::v1::CONTACT_KIND_TALK);
      one.mutable_contact()->mutable_happen_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 60);
    }
    auto answer = Call(*caller.contacts, &pairing::v1::ContactService::Stub::BatchCreateContacts, batch);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_NE(answer->results(0).error().reason(), "CHILD_NOT_FOUND") << "known, though not paired";
    EXPECT_EQ(answer->results(1).error().reason(), "CHILD_NOT_FOUND");
  }
}

TEST_F(ConsistencyTest, WhatNobodyRegisteredIsUnknown) {
  Caller caller(*stack_, nullptr);
  EXPECT_EQ(Reason(Pair(caller, absl::StrCat(kCounty, "/children/nobody"))), "NOT_FOUND CHILD_NOT_FOUND");
  EXPECT_EQ(Reason(ReportAbsence(caller, absl::StrCat(kCounty, "/children/nobody"))),
            "NOT_FOUND CHILD_NOT_FOUND");
}

TEST_F(ConsistencyTest, WhatCantBeKnownIsNotCalledUnknown) {
  Caller caller(*stack_, nullptr);
  ASSERT_TRUE(stack_->Kill("registry-1").ok());
  EXPECT_EQ(Reason(Pair(caller, absl::StrCat(kCounty, "/children/nobody"))), "UNAVAILABLE FACTS_BEHIND");
  EXPECT_EQ(Reason(ReportAbsence(caller, absl::StrCat(kCounty, "/children/nobody"))),
            "UNAVAILABLE FACTS_BEHIND");
  ASSERT_TRUE(stack_->Start("registry-1").ok());
}

TEST_F(ConsistencyTest, CallsWhoseWaitIsInVainHoldUpNobody) {
  Caller caller(*stack_, nullptr);
  const std::string child = Register(caller);
  ASSERT_EQ(Reason(ReportAbsence(caller, child)), "OK");
  // More than alerts has threads for questions, and for commands.
  constexpr int kWaiting = 40;
  const std::string never =
      "registry/0:900000000,registry/1:900000000,registry/2:900000000,registry/3:900000000,"
      "registry/4:900000000,registry/5:900000000,registry/6:900000000,registry/7:900000000";
  std::vector<std::future<std::string>> waiting;
  for (int i = 0; i < kWaiting; ++i) {
    waiting.push_back(std::async(std::launch::async, [&, i] {
      if (i % 2 == 0) return Reason(ReportAbsence(caller, child, never));
      alerts::v1::ListAlertsRequest list;
      list.set_parent(kCounty);
      return Reason(Call(*caller.alerts, &alerts::v1::AlertService::Stub::ListAlerts, list, never).status());
    }));
  }
  int answered = 0;
  while (waiting.back().wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    alerts::v1::ListAlertsRequest list;
    list.set_parent(kCounty);
    ASSERT_EQ(Reason(Call(*caller.alerts, &alerts::v1::AlertService::Stub::ListAlerts, list).status()), "OK");
    ASSERT_EQ(Reason(ReportAbsence(caller, child)), "OK");
    ++answered;
  }
  for (auto& one : waiting) EXPECT_EQ(one.get(), "UNAVAILABLE FACTS_BEHIND");
  EXPECT_GT(answered, 2) << "while the others waited";
}

TEST_F(ConsistencyTest, AnEmergencyGoesOutThoughTheCallersPositionIsNotReached) {
  Caller caller(*stack_, nullptr);
  const std::string child = Register(caller);
  ASSERT_EQ(Reason(ReportAbsence(caller, child)), "OK");
  alerts::v1::ReportEmergencyRequest request;
  request.set_parent(kCounty);
  request.set_child(child);
  request.set_kind(alerts::v1::EMERGENCY_KIND_MISSING);
  request.set_description("孩子放学后未到家");
  for (const char* after : {"registry/0:900000000", "registry/1:900000000", "nonsense"})
    EXPECT_EQ(Reason(Call(*caller.signals, &alerts::v1::SignalService::Stub::ReportEmergency, request, after)
                         .status()),
              "OK");
}

TEST_F(ConsistencyTest, APositionThatIsNoneIsRefused) {
  Caller caller(*stack_, nullptr);
  EXPECT_EQ(Reason(Pair(caller, absl::StrCat(kCounty, "/children/c"), "registry")),
            "INVALID_ARGUMENT POSITION_MALFORMED");
}

// Answers to commands, refused ones too, and to questions say where the journal stands.
TEST_F(ConsistencyTest, EveryAnswerSaysWhereItStands) {
  const auto seen = std::make_shared<rpc::Positions>();
  Caller caller(*stack_, seen);
  registry::v1::ListChildrenRequest list;
  list.set_parent(kCounty);
  ASSERT_TRUE(Call(*caller.children, &registry::v1::ChildService::Stub::ListChildren, list).ok());
  EXPECT_THAT(seen->Text(), StartsWith("registry/"));
  const auto refused = std::make_shared<rpc::Positions>();
  Caller other(*stack_, refused);
  ASSERT_FALSE(Pair(other, absl::StrCat(kCounty, "/children/nobody")).ok());
  EXPECT_THAT(refused->Text(), StartsWith("pairing/"));
}

int Type(const std::string& command, std::string& output) {
  FILE* pipe = ::popen(absl::StrCat(command, " 2>&1").c_str(), "re");
  if (pipe == nullptr) return -1;
  std::array<char, 4096> buffer;
  output.clear();
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), count);
  const int status = ::pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Each command is a process of its own, so nothing is handed on but what the questions of `pair by-class`
// themselves bring.
TEST_F(ConsistencyTest, ChildrenJustImportedArePairedByAnotherProcess) {
  const std::string ctl = absl::StrCat(TONGHUCTL, " --state ", stack_->state(), " ");
  constexpr const char* kCounties[kRuns] = {"520102", "520103", "520111", "520112", "520113", "520115",
                                            "520121", "520122", "520123", "520181", "520302", "520281"};
  for (const std::string county : kCounties) {
    auto plan = demo::LargeCounty(county, 12);
    ASSERT_TRUE(plan.ok()) << county << plan.status();
    demo::RosterGenerator generator(7);
    const demo::Roster roster = generator.Make(*plan);
    const std::pair<const char*, std::string> files[] = {{"schools", demo::SchoolsCsv(roster)},
                                                         {"staff", demo::StaffCsv(roster)},
                                                         {"children", demo::ChildrenCsv(roster)}};
    std::string output;
    for (const auto& [kind, csv] : files) {
      const std::string path = absl::StrCat(stack_->state(), "/", county, "-", kind, ".csv");
      std::ofstream(path) << csv;
      ASSERT_EQ(Type(absl::StrCat(ctl, "import ", kind, " ", path, " --county ", county), output), 0)
          << output;
    }
    EXPECT_EQ(Type(absl::StrCat(ctl, "pair by-class --county ", county), output), 0)
        << county << ": " << output;
  }
  auto db = postgres::Connection::Open(stack_->Conninfo("tonghu_pairing"));
  ASSERT_TRUE(db.ok()) << db.status();
  auto paired = (*db)->Run("SELECT count(*) FROM pairing WHERE county <> '520203'");
  ASSERT_TRUE(paired.ok()) << paired.status();
  EXPECT_EQ(paired->Int(0, 0), kRuns * 12);
}

}  // namespace
}  // namespace tonghu::system_test
