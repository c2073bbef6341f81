// Requests that can't be parsed get a clear answer.
#pragma once

#include <grpcpp/support/server_interceptor.h>

namespace tonghu::rpc {

// gRPC answers them UNIMPLEMENTED without a word, before any handler runs; this makes it INVALID_ARGUMENT,
// reason REQUEST_MALFORMED. For calls with one request (unary and server streaming).
class MalformedRequests final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateServerInterceptor(grpc::experimental::ServerRpcInfo* info) override;
};

}  // namespace tonghu::rpc
