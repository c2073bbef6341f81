// Calls over the wire through the pipeline, and what it takes from the protos.
#include "libs/rpc/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <sstream>
#include <thread>

#include "absl/synchronization/notification.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/service.h"
#include "libs/rpc/testing/echo.h"

namespace tonghu::rpc {
namespace {

using testing::Call;
using testing::CountyRequest;
using testing::EchoReply;
using testing::EchoRequest;
using ::testing::HasSubstr;

const google::protobuf::ServiceDescriptor& Described(const char* name) {
  return *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
}

// A server whose Echo runs `handler` on workers.
class PipelineTest : public ::testing::Test {
 protected:
  using Handler = std::function<absl::StatusOr<EchoReply>(const rpc::Call&, const EchoRequest&)>;

  void Start(int threads, int queue, Handler handler, Pipeline::Options options = {.service = "echo"}) {
    workers_ = std::make_unique<Workers>(threads, queue);
    pipeline_ = std::make_unique<Pipeline>(std::move(options), Pipeline::Parts{metrics_, *workers_});
    service_ = std::make_unique<Service>(Described("tonghu.rpc.testing.EchoService"), *pipeline_);
    service_->Blocking<EchoRequest, EchoReply>("Echo", std::move(handler));
    auto server = Server::Start({.listen = "127.0.0.1:0"}, {service_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = std::move(*server);
    channel_ = Dial(testing::AddressOf(*server_));
  }
  double Answered(const char* code) {
    return metrics_.Counter("tonghu_calls_total", "Calls answered", {{"rpc", "Echo"}, {"code", code}})
        .Value();
  }

  metrics::Metrics metrics_;
  std::unique_ptr<Workers> workers_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

EchoRequest Text(std::string text) {
  EchoRequest request;
  request.set_text(std::move(text));
  return request;
}

TEST_F(PipelineTest, AnswersAndRefuses) {
  Start(2, 8, [](const rpc::Call&, const EchoRequest& request) -> absl::StatusOr<EchoReply> {
    if (request.text() == "no")
      return refusal::NotFound("CHILD_UNKNOWN", "name", "no such child", "没有这个儿童。");
    if (request.text() == "fault") return absl::InternalError("secret");
    EchoReply reply;
    reply.set_text(request.text());
    return reply;
  });
  EXPECT_EQ(Call(channel_, Text("你好")).text, "你好");
  EXPECT_EQ(FromGrpc(Call(channel_, Text("no")).status),
            refusal::NotFound("CHILD_UNKNOWN", "name", "no such child", "没有这个儿童。"));
  const grpc::Status fault = Call(channel_, Text("fault")).status;
  EXPECT_EQ(fault.error_code(), grpc::INTERNAL);
  EXPECT_EQ(fault.error_message(), "internal error");
  const absl::Status nul = FromGrpc(Call(channel_, Text(std::string("a\0b", 3))).status);
  EXPECT_EQ(refusal::Of(nul).reason, "TEXT_MALFORMED");
  EXPECT_EQ(refusal::Of(nul).field, "text");
  EXPECT_EQ(Answered("OK"), 1);
  EXPECT_EQ(Answered("NOT_FOUND"), 1);
  EXPECT_EQ(Answered("INTERNAL"), 1);
  EXPECT_EQ(Answered("INVALID_ARGUMENT"), 1);
}

TEST_F(PipelineTest, AFullQueueIsBusy) {
  absl::Notification begun, go;
  Start(1, 0, [&](const rpc::Call&, const EchoRequest&) -> absl::StatusOr<EchoReply> {
    begun.Notify();
    go.WaitForNotification();
    return EchoReply();
  });
  std::thread first([&] { EXPECT_TRUE(Call(channel_, Text("1")).status.ok()); });
  begun.WaitForNotification();
  const absl::Status busy = FromGrpc(Call(channel_, Text("2")).status);
  EXPECT_EQ(busy.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(refusal::Of(busy).reason, "SERVER_BUSY");
  go.Notify();
  first.join();
}

TEST_F(PipelineTest, WorkNobodyWaitsForIsNotBegun) {
  absl::Notification begun, go, second_arrived;
  std::atomic<int> ran = 0;
  const grpc::ServerContextBase* second = nullptr;
  std::atomic<int> arrived = 0;
  Start(1, 4,
        [&](const rpc::Call&, const EchoRequest& request) -> absl::StatusOr<EchoReply> {
          ++ran;
          if (request.text() == "1") {
            begun.Notify();
            go.WaitForNotification();
          }
          return EchoReply();
        },
        {.service = "echo", .identify = [&](const grpc::ServerContextBase& context) {
           if (++arrived == 2) {
             second = &context;
             second_arrived.Notify();
           }
           return Caller{"tests/one"};
         }});
  std::thread first([&] { EXPECT_TRUE(Call(channel_, Text("1")).status.ok()); });
  begun.WaitForNotification();
  EXPECT_EQ(Call(channel_, Text("2"), absl::Milliseconds(200)).status.error_code(), grpc::DEADLINE_EXCEEDED);
  second_arrived.WaitForNotification();
  while (!second->IsCancelled()) std::this_thread::yield();  // the server learns of it a moment later
  go.Notify();
  first.join();
  EXPECT_TRUE(Call(channel_, Text("3")).status.ok());
  EXPECT_EQ(ran, 2) << "the first and the third";
}

TEST_F(PipelineTest, WhoCallsIsKnownAndMayBeRefused) {
  Start(2, 8,
        [](const rpc::Call& call, const EchoRequest&) -> absl::StatusOr<EchoReply> {
          EchoReply reply;
          reply.set_text(call.caller().actor);
          return reply;
        },
        {.service = "echo",
         .identify =
             [](const grpc::ServerContextBase& context) {
               return Caller{context.client_metadata().contains("stranger") ? "stranger" : "teacher"};
             },
         .authorize = [](const rpc::Call& call) -> absl::Status {
           if (call.caller().actor == "teacher") return absl::OkStatus();
           return refusal::Make({absl::StatusCode::kPermissionDenied, "NOT_ALLOWED", "",
                                 call.method().rule().permission(), "无权进行此操作"});
         }});
  EXPECT_EQ(Call(channel_, Text("")).text, "teacher");
  EchoReply reply;
  const auto context = WithDeadline(absl::Seconds(20));
  context->AddMetadata("stranger", "1");
  const absl::Status refused =
      FromGrpc(testing::EchoService::NewStub(channel_)->Echo(context.get(), Text(""), &reply));
  EXPECT_EQ(refusal::Of(refused).reason, "NOT_ALLOWED");
  EXPECT_EQ(refusal::Of(refused).message, "echoes.read") << "what the proto says is needed";
}

TEST_F(PipelineTest, AnIncompleteServiceDoesNotStart) {
  workers_ = std::make_unique<Workers>(1, 1);
  pipeline_ =
      std::make_unique<Pipeline>(Pipeline::Options{.service = "echo"}, Pipeline::Parts{metrics_, *workers_});
  Service nothing(Described("tonghu.rpc.testing.EchoService"), *pipeline_);
  EXPECT_THAT(Server::Start({.listen = "127.0.0.1:0"}, {&nothing}).status().message(),
              HasSubstr("EchoService.Echo has nothing behind it"));
  for (const char* method : {"WithoutRule", "WithoutPermission", "WithoutSuchField", "NoSuchMethod"}) {
    Service mistaken(Described("tonghu.rpc.testing.CountyService"), *pipeline_);
    mistaken.Blocking<CountyRequest, EchoReply>(
        method, [](const rpc::Call&, const CountyRequest&) { return EchoReply(); });
    EXPECT_THAT(Server::Start({.listen = "127.0.0.1:0"}, {&mistaken}).status().message(), HasSubstr(method));
  }
}

class MethodTest : public ::testing::Test {
 protected:
  // "county/id", or the reason and field of the refusal.
  static std::string SubjectIn(const char* method, const CountyRequest& request) {
    const auto made = Method::Of(*Described("tonghu.rpc.testing.CountyService").FindMethodByName(method));
    if (!made.ok()) return std::string(made.status().message());
    const auto subject = made->SubjectOf(request);
    if (subject.ok()) return absl::StrCat(subject->county, "/", subject->resource);
    const refusal::Refusal why = refusal::Of(subject.status());
    return absl::StrCat(why.reason, " ", why.field);
  }
};

TEST_F(MethodTest, TheCountyIsWhereTheRuleSays) {
  CountyRequest request;
  EXPECT_EQ(SubjectIn("ByParent", request), "NAME_MALFORMED parent");
  EXPECT_EQ(SubjectIn("ByName", request), "NAME_MALFORMED child.name");
  EXPECT_EQ(SubjectIn("ByCode", request), "/") << "left to the method";
  request.set_parent("counties/520521");
  request.mutable_child()->set_name("counties/520525/children/a-1");
  request.set_code("520523100");
  EXPECT_EQ(SubjectIn("ByParent", request), "520521/");
  EXPECT_EQ(SubjectIn("ByParentOrPlatform", request), "520521/");
  EXPECT_EQ(SubjectIn("ByName", request), "520525/a-1");
  EXPECT_EQ(SubjectIn("ByCode", request), "520523/");
  request.set_code("counties/520524/schools/s");
  EXPECT_EQ(SubjectIn("ByCode", request), "520524/");
  EXPECT_EQ(SubjectIn("ByParentOrAll", request), "520521/");
  request.set_parent("counties/-");
  EXPECT_EQ(SubjectIn("ByParent", request), "NAME_MALFORMED parent");
  EXPECT_EQ(SubjectIn("ByParentOrAll", request), "/");
  request.set_parent("counties/000000");
  request.mutable_child()->set_name("counties/000000/children/a-1");
  EXPECT_EQ(SubjectIn("ByParent", request), "COUNTY_NOT_FOUND parent");
  EXPECT_EQ(SubjectIn("ByParentOrPlatform", request), "000000/");
  EXPECT_EQ(SubjectIn("ByName", request), "COUNTY_NOT_FOUND child.name");
  request.mutable_child()->set_name("counties/520522/schools/a-1");
  EXPECT_EQ(SubjectIn("ByName", request), "NAME_MALFORMED child.name") << "another collection";
}

// An audited method leaves one line, of names and ids only.
TEST_F(PipelineTest, WhatIsAuditedIsWritten) {
  const auto before = spdlog::default_logger();
  std::ostringstream lines;
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines)));
  workers_ = std::make_unique<Workers>(1, 1);
  pipeline_ =
      std::make_unique<Pipeline>(Pipeline::Options{.service = "echo"}, Pipeline::Parts{metrics_, *workers_});
  const auto endpoint =
      pipeline_->Offer(*Described("tonghu.rpc.testing.CountyService").FindMethodByName("ByParent"));
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  grpc::CallbackServerContext context;
  const rpc::Call call(**endpoint, context);
  pipeline_->Close(**endpoint, &call, absl::OkStatus());
  spdlog::set_default_logger(before);
  EXPECT_THAT(lines.str(), HasSubstr("audit: ByParent"));
}

}  // namespace
}  // namespace tonghu::rpc
