// A gRPC service made of method bodies: every method goes through the pipeline, and no service class is
// written by hand.
#pragma once

#include <google/protobuf/arena.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/service_type.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "libs/rpc/pipeline.h"

namespace tonghu::rpc {

// Allocates the messages of calls. The parts of a request lie in one arena, since a batch has thousands of
// them. Replies do not: what is decided elsewhere is moved into them, and a move into an arena would copy.
// Thread-safe.
template <class Request, class Reply>
class Messages final : public grpc::MessageAllocator<Request, Reply> {
 public:
  grpc::MessageHolder<Request, Reply>* AllocateMessages() override { return new Holder; }

 private:
  // Lives until the call is finished.
  struct Holder final : grpc::MessageHolder<Request, Reply> {
    Holder() {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena));
      this->set_response(&reply);
    }
    void Release() override { delete this; }

    google::protobuf::Arena arena;
    Reply reply;
  };
};

// A service, by its descriptor. Methods are added before the server starts. Mistakes (no such method, a
// method without a rule) are kept and told by Complete. Outlives the server.
class Service : public grpc::Service {
 public:
  // `pipeline` outlives it.
  Service(const google::protobuf::ServiceDescriptor& descriptor, Pipeline& pipeline)
      : descriptor_(descriptor), pipeline_(pipeline) {}

  template <class Request, class Reply>
  // Adds a unary method.
  void Unary(std::string_view method, Body body) {
    const Endpoint* endpoint = Offer(method, std::move(body));
    if (endpoint == nullptr) return;
    auto handler = std::make_unique<grpc::internal::CallbackUnaryHandler<Request, Reply>>(
        [this, endpoint](grpc::CallbackServerContext* context, const Request* request, Reply* reply) {
          // The request is one of `messages` below, which belongs to the call.
          return pipeline_.Run(*endpoint, context, const_cast<Request*>(request), reply);
        });
    static Messages<Request, Reply> messages;  // gRPC asks for it as long as it serves
    handler->SetMessageAllocator(&messages);
    Add(*endpoint, grpc::internal::RpcMethod::NORMAL_RPC, handler.release());
  }

  // Adds a unary method whose `answer(call, request)` may block: it runs on the pipeline's workers.
  template <class Request, class Reply>
  void Blocking(std::string_view method,
                std::function<absl::StatusOr<Reply>(const Call&, const Request&)> answer) {
    Unary<Request, Reply>(
        method, {.run = [this, answer = std::move(answer)](
                            std::shared_ptr<const Call> call, const google::protobuf::Message& request,
                            google::protobuf::Message& reply, Attempt, Body::Done done) {
          OnWorker(
              std::move(call), request.ByteSizeLong(),
              [&answer, &request, &reply](const Call& wanted) -> absl::Status {
                auto result = answer(wanted, static_cast<const Request&>(request));
                if (result.ok()) static_cast<Reply&>(reply) = *std::move(result);
                return result.status();
              },
              std::move(done));
        }});
  }

  // Adds a method with a stream of answers. `begin(endpoint, context, request)` calls Pipeline::Admit and
  // Close itself.
  template <class Request, class Reply>
  void ServerStream(std::string_view method,
                    std::function<grpc::ServerWriteReactor<Reply>*(
                        const Endpoint&, grpc::CallbackServerContext*, const Request*)>
                        begin) {
    const Endpoint* endpoint = Offer(method, {});
    if (endpoint == nullptr) return;
    Add(*endpoint, grpc::internal::RpcMethod::SERVER_STREAMING,
        new grpc::internal::CallbackServerStreamingHandler<Request, Reply>(
            [endpoint, begin = std::move(begin)](grpc::CallbackServerContext* context,
                                                 const Request* request) {
              return begin(*endpoint, context, request);
            }));
  }

  // Adds a method with a stream of requests, which `begin` gets as bytes: gRPC takes a message that can't be
  // parsed for the end of the stream, and half a file would pass for a whole one.
  void RawClientStream(std::string_view method,
                       std::function<grpc::ServerReadReactor<grpc::ByteBuffer>*(
                           const Endpoint&, grpc::CallbackServerContext*, grpc::ByteBuffer*)>
                           begin);

  // OK when every method of the service was added. Errors: FAILED_PRECONDITION, the first mistake.
  absl::Status Complete() const;

 private:
  const Endpoint* Offer(std::string_view method, Body body);
  void Add(const Endpoint& endpoint, grpc::internal::RpcMethod::RpcType type,
           grpc::internal::MethodHandler* handler);
  void OnWorker(std::shared_ptr<const Call> call, size_t bytes, std::function<absl::Status(const Call&)> work,
                Body::Done done);

  const google::protobuf::ServiceDescriptor& descriptor_;
  Pipeline& pipeline_;
  std::map<std::string, std::unique_ptr<const Endpoint>, std::less<>> endpoints_;  // by method
  absl::Status mistake_;
  int added_ = 0;
};

}  // namespace tonghu::rpc
