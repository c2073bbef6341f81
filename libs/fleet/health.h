// Health by grpc.health.v1, whose messages Debian does not ship: the one answer needed is compared as bytes.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "absl/time/time.h"

namespace tonghu::fleet {

// Whether the server behind `channel` says within `timeout` that it is serving.
bool IsServing(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout);

}  // namespace tonghu::fleet
