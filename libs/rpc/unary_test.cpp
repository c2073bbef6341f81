#include "libs/rpc/unary.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/testing/echo.h"

namespace tonghu::rpc {
namespace {

using testing::Call;
using testing::EchoReply;
using testing::EchoRequest;

// A server whose Echo runs `handler` on `workers`.
class RunTest : public ::testing::Test {
 protected:
  using Handler = std::function<absl::StatusOr<EchoReply>(const EchoRequest&)>;

  void Start(int threads, int queue, Handler handler) {
    workers_ = std::make_unique<Workers>(threads, queue);
    service_ = std::make_unique<testing::EchoServer>(
        [this, handler](auto* context, const EchoRequest* request, EchoReply* reply) {
          auto* reactor = rpc::Run(*workers_, context, request, reply, handler);
          if (request->text() == "2" && second_arrived_) {
            second_ = context;
            second_arrived_->Notify();
          }
          return reactor;
        });
    auto server = Server::Start({.listen = "127.0.0.1:0"}, {service_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = std::move(*server);
    channel_ = Dial(testing::AddressOf(*server_));
  }

  std::unique_ptr<absl::Notification> second_arrived_;
  const grpc::CallbackServerContext* second_ =
      nullptr;  // of the call with text "2"; set before second_arrived_
  std::unique_ptr<Workers> workers_;
  std::unique_ptr<testing::EchoServer> service_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

EchoRequest Text(std::string text) {
  EchoRequest request;
  request.set_text(std::move(text));
  return request;
}

TEST_F(RunTest, AnswersAndRefuses) {
  Start(2, 8, [](const EchoRequest& request) -> absl::StatusOr<EchoReply> {
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
}

TEST_F(RunTest, AFullQueueIsBusy) {
  absl::Notification begun, go;
  Start(1, 0, [&](const EchoRequest&) -> absl::StatusOr<EchoReply> {
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

TEST_F(RunTest, WorkNobodyWaitsForIsNotBegun) {
  absl::Notification begun, go;
  std::atomic<int> ran = 0;
  second_arrived_ = std::make_unique<absl::Notification>();
  Start(1, 4, [&](const EchoRequest& request) -> absl::StatusOr<EchoReply> {
    ++ran;
    if (request.text() == "1") {
      begun.Notify();
      go.WaitForNotification();
    }
    return EchoReply();
  });
  std::thread first([&] { EXPECT_TRUE(Call(channel_, Text("1")).status.ok()); });
  begun.WaitForNotification();
  EXPECT_EQ(Call(channel_, Text("2"), absl::Milliseconds(200)).status.error_code(), grpc::DEADLINE_EXCEEDED);
  second_arrived_->WaitForNotification();
  while (!second_->IsCancelled())
    std::this_thread::yield();  // the server learns of it a moment after the caller
  go.Notify();
  first.join();
  EXPECT_TRUE(Call(channel_, Text("3")).status.ok());
  EXPECT_EQ(ran, 2) << "the first and the third";
}

}  // namespace
}  // namespace tonghu::rpc
