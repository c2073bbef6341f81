// Unary handlers that block (a query, another service), off gRPC's few callback threads.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/rpc/server.h"
#include "libs/rpc/workers.h"

namespace tonghu::rpc {

// Checks the request's text, then has `workers` call `work` and finish the call with what it gave.
// RESOURCE_EXHAUSTED, reason SERVER_BUSY, when the queue is full. Not begun when by then the caller has
// cancelled or its deadline has passed. Goes through the workers' gate: waits there for what the caller has
// seen, and is done a second time when it named what this service may only not have heard of yet.
grpc::ServerUnaryReactor* RunErased(Workers& workers, grpc::CallbackServerContext* context,
                                    const google::protobuf::Message& request,
                                    std::function<absl::Status()> work);

// What a callback method returns:
//   return Run(workers_, context, request, reply, [this](const auto& r) { return app_.Ping(r); });
// `handler` runs on a worker thread, perhaps twice, and must not throw. Faults are logged.
template <class Request, class Reply>
grpc::ServerUnaryReactor* Run(
    Workers& workers, grpc::CallbackServerContext* context, const Request* request, Reply* reply,
    std::type_identity_t<std::function<absl::StatusOr<Reply>(const Request&)>> handler) {
  return RunErased(workers, context, *request,
                   [request, reply, handler = std::move(handler)]() -> absl::Status {
                     absl::StatusOr<Reply> result = handler(*request);
                     if (!result.ok()) return result.status();
                     *reply = *std::move(result);
                     return absl::OkStatus();
                   });
}

}  // namespace tonghu::rpc
