// A channel's calls say what their caller has seen, and learn from the answers.
#pragma once

#include <grpcpp/support/client_interceptor.h>

#include <memory>

#include "libs/rpc/position.h"

namespace tonghu::rpc {

// Adds "tonghu-after" to every call of a channel and takes up the answers' "tonghu-position".
class HandOn final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit HandOn(std::shared_ptr<Positions> seen) : seen_(std::move(seen)) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo* info) override;

 private:
  const std::shared_ptr<Positions> seen_;
};

}  // namespace tonghu::rpc
