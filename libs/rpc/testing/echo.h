// A server of the echo service for the tests of libs/rpc.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "libs/rpc/testing/echo_service.grpc.pb.h"

namespace tonghu::rpc::testing {

// A service of echo_service.proto by its full name.
inline const google::protobuf::ServiceDescriptor& Described(const char* name) {
  return *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
}

// Ends a call that did not block.
inline grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context,
                                        absl::StatusOr<EchoReply> result, EchoReply* reply) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (result.ok()) *reply = *std::move(result);
  reactor->Finish(ToGrpc(result.status()));
  return reactor;
}

// Answers each call by `handle`.
class EchoServer final : public EchoService::CallbackService {
 public:
  using Handle =
      std::function<grpc::ServerUnaryReactor*(grpc::CallbackServerContext*, const EchoRequest*, EchoReply*)>;
  explicit EchoServer(Handle handle) : handle_(std::move(handle)) {}

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoReply* reply) override {
    return handle_(context, request, reply);
  }

  // Answers with the request's text.
  static grpc::ServerUnaryReactor* Repeat(grpc::CallbackServerContext* context, const EchoRequest* request,
                                          EchoReply* reply) {
    EchoReply answer;
    answer.set_text(request->text());
    return Finish(context, answer, reply);
  }

  // Never answers; ends when the call is cancelled.
  static grpc::ServerUnaryReactor* Hang(grpc::CallbackServerContext*, const EchoRequest*, EchoReply*) {
    class Hanging final : public grpc::ServerUnaryReactor {
      void OnCancel() override { Finish(grpc::Status::CANCELLED); }
      void OnDone() override { delete this; }
    };
    return new Hanging;
  }

 private:
  const Handle handle_;
};

// The address of a server that listens on this machine.
inline std::string AddressOf(const Server& server) { return absl::StrCat("127.0.0.1:", server.port()); }

struct Answer {
  grpc::Status status;
  std::string text;
};

// Calls Echo on `channel` with `request`.
inline Answer Call(const std::shared_ptr<grpc::Channel>& channel, const EchoRequest& request,
                   absl::Duration timeout = absl::Seconds(20)) {
  EchoReply reply;
  const auto context = WithDeadline(timeout);
  const grpc::Status status = EchoService::NewStub(channel)->Echo(context.get(), request, &reply);
  return {status, reply.text()};
}

}  // namespace tonghu::rpc::testing
