// Calls over the wire: what a caller may reach, where that must be found out, and what is written down of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/children.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/pipeline.h"
#include "libs/rpc/service.h"
#include "libs/rpc/testing/echo.h"

namespace tonghu::rpc {
namespace {

using ::testing::AllOf;
using testing::CountyRequest;
using testing::Described;
using testing::EchoReply;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// A call orders what a test does before and after it and what the server does for it. ThreadSanitizer does
// not see that (tests/harness/tsan.supp), so both sides cross here: the test around its call, the server
// first and last.
void Cross() {
  static absl::Mutex& mutex = *new absl::Mutex;
  absl::MutexLock lock(&mutex);
}

// Where callers wait, as a test wants it.
class StubGate final : public Gate {
 public:
  void Enter(grpc::CallbackServerContext&, Entry, Go go) override { go(entered); }
  void Ask(const absl::Status& refused, Question question, Go go) override {
    asked.push_back(absl::StrCat(refusal::OwnerOf(refused), " ", question.county));
    Cross();
    go(informed);
  }
  void Leave(grpc::CallbackServerContext&, const std::string& county) override {
    left.push_back(county);
    Cross();
  }

  absl::Status entered, informed;        // what callers are told
  std::vector<std::string> asked, left;  // written before the caller has its answer
};

// Where things are, as a test wants it.
class StubPlaces final : public Places {
 public:
  absl::StatusOr<Found> Find(const Sought& sought) override {
    ++asked;
    Cross();
    if (!status.ok()) return status;
    Found found;
    for (const Key& child : sought.children) {
      if (child.second == "a-1") found.children[child] = {"s1", "520521101", grade, 1};
    }
    return found;
  }
  std::string owner() const override { return "registry"; }

  int asked = 0;
  int grade = 3;  // of a-1
  absl::Status status;
};

// Writes readings down, or fails to.
class StubAudit final : public Audit {
 public:
  void Record(std::shared_ptr<const rpc::Call> call, const google::protobuf::Message&,
              const google::protobuf::Message&, Done done) override {
    recorded.push_back(absl::StrCat(call->method().name(), " by ", call->caller().actor));
    Cross();
    done(status);
  }
  void Refused(const rpc::Call& call, const google::protobuf::Message& request,
               std::set<std::string> children) override {
    AddChildren(request, children);
    refused.push_back(absl::StrCat(call.method().name(), " by ", call.caller().actor, " of ",
                                   absl::StrJoin(children, ",")));
    Cross();
  }
  std::vector<std::string> recorded, refused;
  absl::Status status;
};

// CountyService over the wire: ByParent is a query, audited; ByName a command of which the child is unknown
// at first.
class CountyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto echo = [](const rpc::Call& call, const CountyRequest&) -> absl::StatusOr<EchoReply> {
      EchoReply reply;
      reply.set_text(call.county());
      return reply;
    };
    for (const char* query : {"ByParent", "ByParentOrPlatform", "ByParentOrAll", "ByCode"})
      service_.Blocking<CountyRequest, EchoReply>(query, echo);
  }
  // ByName as a body that checks children itself: the child is in school s1.
  void ServeChecking() {
    service_.Unary<CountyRequest, EchoReply>(
        "ByName",
        {.run =
             [](const std::shared_ptr<const rpc::Call>& call, const google::protobuf::Message&,
                google::protobuf::Message&, Attempt, const Body::Done& done) {
               const directory::Place place{.school_id = "s1", .grade = 3, .class_number = 1};
               done({call->has_unchecked_children() ? call->CheckChild("a-1", &place) : absl::OkStatus()});
             },
         .checks_children = true});
    Start();
  }
  void Serve(bool regardless) {
    service_.Unary<CountyRequest, EchoReply>(
        "ByName",
        {.run =
             [this](const std::shared_ptr<const rpc::Call>&, const google::protobuf::Message&,
                    google::protobuf::Message&, Attempt attempt, const Body::Done& done) {
               attempts_.push_back(attempt);
               Cross();
               if (attempt != Attempt::kFirst) return done({absl::OkStatus(), 42});
               done({refusal::OwnedBy("registry", refusal::NotFound("CHILD_NOT_FOUND", "name", "no", "无"))});
             },
         .regardless = regardless});
    Start();
  }
  void Start() {
    auto server = Server::Start({.listen = "127.0.0.1:0"}, {&service_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = std::move(*server);
    stub_ = testing::CountyService::NewStub(Dial(testing::AddressOf(*server_), {.seen = seen_}));
  }
  absl::Status ByName() {
    CountyRequest request;
    request.mutable_child()->set_name("counties/520521/children/a-1");
    return Ask(&testing::CountyService::Stub::ByName, request);
  }
  absl::Status ByParent() {
    CountyRequest request;
    request.set_parent("counties/520521");
    return Ask(&testing::CountyService::Stub::ByParent, request);
  }
  template <class Method>
  absl::Status Ask(Method method, const CountyRequest& request) {
    EchoReply reply;
    Cross();
    const grpc::Status answered = (*stub_.*method)(WithDeadline(absl::Seconds(20)).get(), request, &reply);
    Cross();
    return FromGrpc(answered);
  }

  metrics::Metrics metrics_;
  Workers workers_{1, 8};
  StubGate gate_;
  StubPlaces places_;
  CallerPtr caller_ = LocalOperator();
  Pipeline pipeline_{{.service = "pairing",
                      .identify =
                          [this](const auto&) {
                            Cross();
                            return caller_;
                          }},
                     {metrics_, workers_, &gate_}};
  Service service_{Described("tonghu.rpc.testing.CountyService"), pipeline_};
  std::vector<Attempt> attempts_;
  std::unique_ptr<Server> server_;
  const std::shared_ptr<Positions> seen_ = std::make_shared<Positions>();
  std::unique_ptr<testing::CountyService::Stub> stub_;
};

TEST_F(CountyTest, WhatAnotherServiceOwnsIsDecidedAgainOnceItWasHeardOut) {
  Serve(/*regardless=*/false);
  EXPECT_EQ(ByName(), absl::OkStatus());
  EXPECT_THAT(gate_.asked, ElementsAre("registry 520521"));
  EXPECT_THAT(attempts_, ElementsAre(Attempt::kFirst, Attempt::kInformed));
  EXPECT_THAT(gate_.left, IsEmpty()) << "a command's own position is told";
  EXPECT_THAT(seen_->Text(), AllOf(StartsWith("pairing/"), EndsWith(":42")));
}

TEST_F(CountyTest, WhereItCantBeToldThatIsTheAnswer) {
  Serve(/*regardless=*/false);
  gate_.informed = refusal::Make({absl::StatusCode::kUnavailable, "FACTS_BEHIND", "", "later", "稍后"});
  EXPECT_EQ(refusal::Of(ByName()).reason, "FACTS_BEHIND");
  EXPECT_THAT(attempts_, ElementsAre(Attempt::kFirst));
}

TEST_F(CountyTest, WhatMayNotBeRefusedThenIsDecidedRegardless) {
  Serve(/*regardless=*/true);
  gate_.informed = absl::UnavailableError("the registry is away");
  EXPECT_EQ(ByName(), absl::OkStatus());
  EXPECT_THAT(attempts_, ElementsAre(Attempt::kFirst, Attempt::kRegardless));
}

TEST_F(CountyTest, AQuestionTellsWhereTheJournalStands) {
  Serve(/*regardless=*/false);
  EXPECT_EQ(ByParent(), absl::OkStatus());
  EXPECT_EQ(ByName(), absl::OkStatus());
  EXPECT_THAT(gate_.left, ElementsAre("520521"));
}

CallerPtr HeadOf(const char* school, int grade = 0) {
  return std::make_shared<Caller>(Caller{
      .actor = "counties/520521/accounts/h",
      .rights = {{rights::Role::kSchoolHead, {.county = "520521", .school_id = school, .grade = grade}}}});
}

TEST_F(CountyTest, WhatACallNamesMustLieInsideTheCallersScope) {
  pipeline_.Use(&places_, nullptr);
  Serve(/*regardless=*/false);
  EXPECT_EQ(ByName(), absl::OkStatus());
  EXPECT_EQ(places_.asked, 0) << "the operator's calls look nothing up";
  caller_ = HeadOf("s1");
  attempts_.clear();
  EXPECT_EQ(ByName(), absl::OkStatus());
  EXPECT_EQ(places_.asked, 2) << "once more when the owner was heard out";
  caller_ = HeadOf("s2");
  attempts_.clear(), gate_.asked.clear();
  const absl::Status outside = ByName();
  EXPECT_EQ(outside.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(refusal::Of(outside).reason, "NOT_PERMITTED");
  EXPECT_THAT(attempts_, IsEmpty()) << "the body never began";
  EXPECT_THAT(gate_.asked, ElementsAre("registry 520521"))
      << "the child may have come to the school just now";
  caller_ = std::make_shared<Caller>(
      Caller{.actor = "x", .rights = {{rights::Role::kCountyOfficer, {.county = "520522"}}}});
  EXPECT_EQ(refusal::Of(ByName()).reason, "NOT_PERMITTED") << "another county";
}

TEST_F(CountyTest, ABodyThatChecksChildrenSavesTheLookup) {
  StubAudit audit;
  pipeline_.Use(&places_, &audit);
  ServeChecking();
  EXPECT_EQ(ByName(), absl::OkStatus());
  caller_ = HeadOf("s1");
  EXPECT_EQ(ByName(), absl::OkStatus());
  EXPECT_THAT(gate_.asked, IsEmpty());
  caller_ = HeadOf("s2");
  EXPECT_EQ(refusal::Of(ByName()).reason, "NOT_PERMITTED");
  EXPECT_THAT(gate_.asked, ElementsAre("registry 520521"))
      << "the child may have come to the school just now";
  EXPECT_THAT(audit.refused, ElementsAre("ByName by counties/520521/accounts/h of a-1"));
  EXPECT_EQ(places_.asked, 0);
}

TEST_F(CountyTest, WhereItCannotBeFoundOutNothingIsDone) {
  pipeline_.Use(&places_, nullptr);
  Serve(/*regardless=*/true);
  caller_ = HeadOf("s1");
  places_.status = absl::UnavailableError("the database is away");
  EXPECT_EQ(ByName().code(), absl::StatusCode::kUnavailable);
  places_.status = absl::OkStatus();
  places_.grade = 4;
  caller_ = HeadOf("s1", 3);
  gate_.informed = absl::UnavailableError("the registry is away");
  EXPECT_EQ(refusal::Of(ByName()).reason, "NOT_PERMITTED") << "nor regardless";
  EXPECT_THAT(attempts_, IsEmpty());
}

TEST_F(CountyTest, WhatCannotBeWrittenDownIsNotShown) {
  StubAudit audit;
  pipeline_.Use(&places_, &audit);
  Serve(/*regardless=*/false);
  EXPECT_EQ(ByParent(), absl::OkStatus());
  EXPECT_EQ(ByName(), absl::OkStatus());
  EXPECT_THAT(audit.recorded, ElementsAre("ByParent by operators/local"));
  audit.status = absl::UnavailableError("the journal is away");
  EXPECT_EQ(ByParent().code(), absl::StatusCode::kUnavailable);
}

TEST_F(CountyTest, WhoIsRefusedIsNoted) {
  StubAudit audit;
  pipeline_.Use(&places_, &audit);
  Serve(/*regardless=*/false);
  EXPECT_EQ(ByName(), absl::OkStatus());
  EXPECT_THAT(audit.refused, IsEmpty());
  caller_ = HeadOf("s2");
  EXPECT_EQ(refusal::Of(ByName()).reason, "NOT_PERMITTED");
  EXPECT_THAT(audit.refused, ElementsAre("ByName by counties/520521/accounts/h of a-1"));
}

TEST_F(CountyTest, WhoseRolesHaveNotThePermissionGetsNothing) {
  Serve(/*regardless=*/false);
  caller_ = std::make_shared<Caller>(
      Caller{.actor = "x", .rights = {{rights::Role::kAuditor, {.county = "520521"}}}});
  EXPECT_EQ(refusal::Of(ByParent()).reason, "NOT_PERMITTED") << "not even an empty list";
}

// What the caller may not see is masked in the answer, and no filter tells it.
TEST(FileTest, AnswersAreMaskedAndFiltersRefused) {
  metrics::Metrics metrics;
  Workers workers(1, 8);
  Pipeline pipeline({.service = "registry",
                     .identify =
                         [](const auto&) {
                           return std::make_shared<Caller>(
                               Caller{.actor = "x",
                                      .rights = {{rights::Role::kTownshipSupervisor,
                                                  {.county = "520521", .township_code = "520521101"}}}});
                         }},
                    {metrics, workers});
  StubPlaces places;
  pipeline.Use(&places, nullptr);
  Service service(Described("tonghu.rpc.testing.FileService"), pipeline);
  service.Blocking<testing::File, testing::File>(
      "Get", [](const rpc::Call&, const testing::File& request) -> absl::StatusOr<testing::File> {
        testing::File reply = request;
        reply.set_display_name("王小明");
        reply.set_note("想妈妈");
        return reply;
      });
  auto server = Server::Start({.listen = "127.0.0.1:0"}, {&service});
  ASSERT_TRUE(server.ok()) << server.status();
  const auto stub = testing::FileService::NewStub(Dial(testing::AddressOf(**server)));
  testing::File request, reply;
  request.set_child("counties/520521/children/a-1");
  const grpc::Status got = stub->Get(WithDeadline(absl::Seconds(20)).get(), request, &reply);
  EXPECT_TRUE(got.ok()) << got.error_message();
  EXPECT_EQ(reply.display_name(), "王小明");
  EXPECT_EQ(reply.note(), "**");
  request.set_note("想妈妈");
  EXPECT_EQ(refusal::Of(FromGrpc(stub->Get(WithDeadline(absl::Seconds(20)).get(), request, &reply))).reason,
            "NOT_PERMITTED");
}

// The body gets who did it, and nobody else's deed.
TEST(DeedTest, TheCallerIsFilledIn) {
  metrics::Metrics metrics;
  Workers workers(1, 8);
  auto caller = std::make_shared<Caller>(
      Caller{.actor = "x",
             .staff_member = "mei",
             .rights = {{rights::Role::kHelper, {.county = "520521", .child_ids = {"a"}}}}});
  Pipeline pipeline({.service = "pairing", .identify = [&](const auto&) -> CallerPtr { return caller; }},
                    {metrics, workers});
  Service service(Described("tonghu.rpc.testing.DeedService"), pipeline);
  for (const char* method : {"One", "Many"}) {
    service.Blocking<testing::DeedRequest, EchoReply>(
        method, [](const rpc::Call&, const testing::DeedRequest& request) -> absl::StatusOr<EchoReply> {
          EchoReply reply;
          reply.set_text(request.deed().staff_member());
          return reply;
        });
  }
  auto server = Server::Start({.listen = "127.0.0.1:0"}, {&service});
  ASSERT_TRUE(server.ok()) << server.status();
  const auto stub = testing::DeedService::NewStub(Dial(testing::AddressOf(**server)));
  testing::DeedRequest request;
  request.set_parent("counties/520521");
  EchoReply reply;
  EXPECT_TRUE(stub->One(WithDeadline(absl::Seconds(20)).get(), request, &reply).ok());
  EXPECT_EQ(reply.text(), "mei");
  request.mutable_deed()->set_staff_member("yang");
  const grpc::Status refused = stub->One(WithDeadline(absl::Seconds(20)).get(), request, &reply);
  EXPECT_EQ(refusal::Of(FromGrpc(refused)).reason, "STAFF_MEMBER_NOT_YOURS");
}

TEST_F(CountyTest, WhoIsHeldBackDoesNotGetIn) {
  Serve(/*regardless=*/false);
  gate_.entered = refusal::Make({absl::StatusCode::kUnavailable, "FACTS_BEHIND", "", "later", "稍后"});
  EXPECT_EQ(refusal::Of(ByName()).reason, "FACTS_BEHIND");
  EXPECT_EQ(refusal::Of(ByParent()).reason, "FACTS_BEHIND");
  EXPECT_THAT(attempts_, IsEmpty());
}

}  // namespace
}  // namespace tonghu::rpc
