// The template of server.h.
#pragma once

#include <utility>

#include "libs/rpc/errors.h"

namespace tonghu::rpc {

template <class Response>
grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context,
                                 std::type_identity_t<absl::StatusOr<Response>> result, Response* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Status status = result.status();
  if (status.ok()) *response = *std::move(result);
  reactor->Finish(ToGrpcLogged(status));
  return reactor;
}

}  // namespace tonghu::rpc
