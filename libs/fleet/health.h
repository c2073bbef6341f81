// grpc.health.v1, whose messages Debian does not ship.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "absl/time/time.h"

namespace tonghu::fleet {

// Whether the server behind `channel` calls itself serving within `timeout`.
bool IsServing(const std::shared_ptr<grpc::Channel>& channel, absl::Duration timeout);

}  // namespace tonghu::fleet
