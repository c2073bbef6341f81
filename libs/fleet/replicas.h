// Asks every replica of every service where its journal stands.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/client/endpoints.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::fleet {

// One replica's answer.
struct ReplicaLook {
  std::string service;
  std::string address;
  absl::StatusOr<journal::v1::JournalStatus> status = absl::UnknownError("not asked");
  absl::Time asked, answered;  // by this machine's clock
};

// The answers of all replicas, by service and address.
using Look = std::vector<ReplicaLook>;

// The services whose journals `service` consumes, as docs/ARCHITECTURE.md says.
const std::vector<std::string>& HeardBy(std::string_view service);

// The replicas of all services, with a channel to each. Thread-safe.
class Replicas {
 public:
  explicit Replicas(const client::Endpoints& endpoints);

  // Asks all replicas at once; each has `timeout` to answer.
  Look Ask(absl::Duration timeout) const;

  struct Replica {
    std::string service;
    std::string address;
    std::shared_ptr<grpc::Channel> channel;
    std::shared_ptr<journal::v1::JournalService::Stub> journal;
  };
  const std::vector<Replica>& all() const { return replicas_; }

 private:
  std::vector<Replica> replicas_;
};

}  // namespace tonghu::fleet
