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
using testing::Described;
using testing::EchoReply;
using testing::EchoRequest;
using ::testing::HasSubstr;

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
           return LocalOperator();
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
         .identify = [](const grpc::ServerContextBase& context) -> absl::StatusOr<CallerPtr> {
           const auto& metadata = context.client_metadata();
           if (metadata.contains("forger"))
             return refusal::Make({absl::StatusCode::kUnauthenticated, "IDENTITY_FORGED", "", "no", "无效"});
           const auto role = metadata.contains("service") ? rights::Role::kService : rights::Role::kAuditor;
           return std::make_shared<Caller>(Caller{.actor = "somebody", .rights = {{role, {}}}});
         }});
  EXPECT_EQ(Call(channel_, Text("")).text, "somebody");
  const auto reason_with = [&](const char* key) {
    EchoReply reply;
    const auto context = WithDeadline(absl::Seconds(20));
    context->AddMetadata(key, "1");
    return refusal::Of(
               FromGrpc(testing::EchoService::NewStub(channel_)->Echo(context.get(), Text(""), &reply)))
        .reason;
  };
  EXPECT_EQ(reason_with("service"), "NOT_PERMITTED") << "without the permission that the proto says";
  EXPECT_EQ(reason_with("forger"), "IDENTITY_FORGED");
  EXPECT_EQ(Answered("PERMISSION_DENIED"), 1);
  EXPECT_EQ(Answered("UNAUTHENTICATED"), 1);
}

TEST_F(PipelineTest, AnIncompleteServiceDoesNotStart) {
  workers_ = std::make_unique<Workers>(1, 1);
  pipeline_ =
      std::make_unique<Pipeline>(Pipeline::Options{.service = "echo"}, Pipeline::Parts{metrics_, *workers_});
  Service nothing(Described("tonghu.rpc.testing.EchoService"), *pipeline_);
  EXPECT_THAT(Server::Start({.listen = "127.0.0.1:0"}, {&nothing}).status().message(),
              HasSubstr("EchoService.Echo has nothing behind it"));
  for (const char* method : {"WithoutRule", "WithoutPermission", "WithoutSuchField", "WithoutSuchPermission",
                             "WithoutTargets", "WithoutSuchTarget", "WithoutSuchPerformer",
                             "WithoutSuchRecorder", "StreamWithChild", "NoSuchMethod"}) {
    Service mistaken(Described("tonghu.rpc.testing.MistakenService"), *pipeline_);
    mistaken.Blocking<CountyRequest, EchoReply>(
        method, [](const rpc::Call&, const CountyRequest&) { return EchoReply(); });
    EXPECT_THAT(Server::Start({.listen = "127.0.0.1:0"}, {&mistaken}).status().message(), HasSubstr(method));
  }
}

}  // namespace
}  // namespace tonghu::rpc
