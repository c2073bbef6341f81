// Who owes a child duties, asked of pairing.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"

namespace tonghu::alerts {

// Thread-safe.
class DutyOwners {
 public:
  explicit DutyOwners(const std::shared_ptr<grpc::Channel>& channel)
      : pairings_(pairing::v1::PairingService::NewStub(channel)) {}

  // The staff ids of those paired with a child, each once. Waits 2 s at most. Errors: FAILED_PRECONDITION,
  // reason CHILD_NOT_PAIRED; as pairing, UNAVAILABLE when it gives no answer.
  absl::StatusOr<std::vector<std::string>> Of(const std::string& county, const std::string& child_id) const;

 private:
  std::unique_ptr<pairing::v1::PairingService::Stub> pairings_;
};

}  // namespace tonghu::alerts
