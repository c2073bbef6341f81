#include "libs/rpc/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/synchronization/notification.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/testing/echo.h"
#include "libs/rpc/testing/raw.h"

namespace tonghu::rpc {
namespace {

using testing::AddressOf;
using testing::Call;
using testing::EchoReply;
using testing::EchoRequest;
using testing::EchoServer;
using ::testing::HasSubstr;

constexpr char kEcho[] = "/tonghu.rpc.testing.EchoService/Echo";
constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kListServices[] = "\x3a\x01*";  // ServerReflectionRequest{list_services: "*"}

class ServerTest : public ::testing::Test {
 protected:
  std::unique_ptr<Server> Started(ServerOptions options, grpc::Service* service) {
    if (options.listen.empty()) options.listen = "127.0.0.1:0";
    auto server = Server::Start(options, {service});
    EXPECT_TRUE(server.ok()) << server.status();
    return std::move(*server);
  }

  EchoServer repeat_{EchoServer::Repeat};
  EchoServer hang_{EchoServer::Hang};
};

TEST_F(ServerTest, ServesAndIsHealthy) {
  const auto server = Started({}, &repeat_);
  const auto channel = Dial(AddressOf(*server));
  EchoRequest request;
  request.set_text("你好");
  EXPECT_EQ(Call(channel, request).text, "你好");
  EXPECT_EQ(testing::CallRaw(channel, "/grpc.health.v1.Health/Check", "").bytes, "\x08\x01") << "SERVING";
}

TEST_F(ServerTest, ALargeMessageIsRefused) {
  const auto server = Started({.max_message_bytes = 1000}, &repeat_);
  const auto channel = Dial(AddressOf(*server));
  EchoRequest request;
  request.set_text(std::string(900, 'a'));
  EXPECT_TRUE(Call(channel, request).status.ok());
  request.set_text(std::string(1100, 'a'));
  const grpc::Status status = Call(channel, request).status;
  EXPECT_EQ(status.error_code(), grpc::RESOURCE_EXHAUSTED) << status.error_message();
}

TEST_F(ServerTest, MetadataPassUpToTheirBound) {
  EchoServer twice([](grpc::CallbackServerContext* context, const EchoRequest*, EchoReply* reply) {
    const auto sent = context->client_metadata().find("x-long-bin");
    context->AddTrailingMetadata("x-long-bin", std::string(sent->second.data(), sent->second.size()));
    return testing::Finish(context, EchoReply(), reply);
  });
  const auto server = Started({}, &twice);
  const auto stub = testing::EchoService::NewStub(Dial(AddressOf(*server)));
  const auto call = [&stub](size_t bytes, size_t& back) {
    const auto context = WithDeadline(absl::Seconds(20));
    context->AddMetadata("x-long-bin", std::string(bytes, '\xfe'));
    EchoReply reply;
    const grpc::Status status = stub->Echo(context.get(), EchoRequest(), &reply);
    const auto& trailers = context->GetServerTrailingMetadata();
    const auto found = trailers.find("x-long-bin");
    back = found == trailers.end() ? 0 : found->second.size();
    return status;
  };
  size_t back = 0;
  EXPECT_TRUE(call(80 << 10, back).ok()) << call(80 << 10, back).error_message();
  EXPECT_EQ(back, 80U << 10);
  EXPECT_EQ(call(256 << 10, back).error_code(), grpc::RESOURCE_EXHAUSTED);
}

TEST_F(ServerTest, ARequestThatCantBeParsedGetsAClearAnswer) {
  const auto server = Started({}, &repeat_);
  const auto channel = Dial(AddressOf(*server));
  for (const std::string& bytes :
       {std::string("\x0a\x02\xff\xfe"), std::string("\x0a\x7f"), std::string("\xff\xff")}) {
    const grpc::Status status = testing::CallRaw(channel, kEcho, bytes).status;
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << status.error_message();
    EXPECT_EQ(refusal::Of(FromGrpc(status)).reason, "REQUEST_MALFORMED");
  }
  EXPECT_TRUE(testing::CallRaw(channel, kEcho, "").status.ok());
  EXPECT_EQ(testing::CallRaw(channel, "/tonghu.rpc.testing.EchoService/Other", "").status.error_code(),
            grpc::UNIMPLEMENTED);
}

TEST_F(ServerTest, ADeadlineEndsTheCall) {
  const auto server = Started({}, &hang_);
  EXPECT_EQ(Call(Dial(AddressOf(*server)), {}, absl::Milliseconds(100)).status.error_code(),
            grpc::DEADLINE_EXCEEDED);
}

TEST_F(ServerTest, ErrorDetailsTravel) {
  // As much text as an error may have: it must fit the trailers.
  const absl::Status sent =
      refusal::Invalid("R", std::string(256, 'f'), std::string(512, 'm'), std::string(1024, 'z'));
  EchoServer refuse([&sent](auto* context, const auto*, testing::EchoReply* reply) {
    return testing::Finish(context, sent, reply);
  });
  const auto server = Started({}, &refuse);
  EXPECT_EQ(FromGrpc(Call(Dial(AddressOf(*server)), {}).status), sent);
}

TEST_F(ServerTest, ASecondServerOnThePortFailsClearly) {
  const auto first = Started({}, &repeat_);
  const auto second = Server::Start({.listen = AddressOf(*first)}, {&hang_});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(AddressOf(*first)));
  EXPECT_EQ(Server::Start({.listen = "nonsense"}, {&hang_}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, ReflectionOnlyWhenAskedFor) {
  const auto open = Started({.reflection = true}, &repeat_);
  EXPECT_THAT(testing::AskStream(Dial(AddressOf(*open)), kReflection, kListServices).bytes,
              HasSubstr("tonghu.rpc.testing.EchoService"));
  const auto closed = Started({.reflection = false}, &hang_);
  const auto answer = testing::AskStream(Dial(AddressOf(*closed)), kReflection, kListServices);
  EXPECT_EQ(answer.status.error_code(), grpc::UNIMPLEMENTED);
  EXPECT_EQ(answer.bytes, "");
}

TEST_F(ServerTest, StopLetsCallsUnderWayEnd) {
  absl::Notification begun;
  grpc::ServerUnaryReactor* pending = nullptr;
  EchoServer held([&](auto* context, const auto*, auto*) {
    pending = context->DefaultReactor();
    begun.Notify();
    return pending;
  });
  const auto server = Started({}, &held);
  const auto channel = Dial(AddressOf(*server));
  std::thread caller([&] { EXPECT_TRUE(Call(channel, {}).status.ok()); });
  begun.WaitForNotification();
  std::thread stopper([&] { server->Stop(absl::Seconds(60)); });
  const auto fresh = Dial(absl::StrCat(AddressOf(*server), ",", AddressOf(*server)));
  while (testing::CallRaw(fresh, "/grpc.health.v1.Health/Check", "").bytes == "\x08\x01") {
  }
  pending->Finish(grpc::Status::OK);
  caller.join();
  stopper.join();
}

TEST_F(ServerTest, StopCancelsWhatOutlastsTheGrace) {
  absl::Notification begun;
  EchoServer hang([&](auto* context, const auto* request, auto* reply) {
    begun.Notify();
    return EchoServer::Hang(context, request, reply);
  });
  const auto server = Started({}, &hang);
  std::thread caller([&] { EXPECT_FALSE(Call(Dial(AddressOf(*server)), {}).status.ok()); });
  begun.WaitForNotification();
  server->Stop(absl::Milliseconds(50));
  server->Stop(absl::Seconds(60));  // again, at once
  caller.join();
}

}  // namespace
}  // namespace tonghu::rpc
