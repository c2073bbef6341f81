// The services behind the gateway.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace tonghu::gateway {

// One channel a service, over all its replicas, made at the start. Thread-safe.
class Backends {
 public:
  void Add(const std::string& service, std::shared_ptr<grpc::Channel> channel) {
    stubs_[service] = std::make_shared<grpc::GenericStub>(channel);
    channels_[service] = std::move(channel);
  }
  // Null when there is no such service.
  std::shared_ptr<grpc::GenericStub> Stub(absl::string_view service) const {
    const auto found = stubs_.find(service);
    return found == stubs_.end() ? nullptr : found->second;
  }
  std::shared_ptr<grpc::Channel> Channel(absl::string_view service) const {
    const auto found = channels_.find(service);
    return found == channels_.end() ? nullptr : found->second;
  }

 private:
  std::map<std::string, std::shared_ptr<grpc::GenericStub>, std::less<>> stubs_;
  std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>> channels_;
};

}  // namespace tonghu::gateway
