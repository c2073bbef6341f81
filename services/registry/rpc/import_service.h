// The ImportService over gRPC: uploads of rosters.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "libs/journal/node.h"
#include "libs/rpc/workers.h"
#include "services/registry/app/import_roster.h"

namespace tonghu::registry {

// The service, with what the uploads of a process share. Outlives the gRPC server.
class ImportService {
 public:
  // The node, and what `parts` refers to, outlive the service.
  ImportService(journal::Node& node, ImportParts parts);

  grpc::Service* service() const { return service_.get(); }

 private:
  class Upload;

  const ImportParts parts_;
  rpc::Pipeline& pipeline_;
  const std::unique_ptr<journal::Service> service_;
  std::atomic<int> uploads_{0};             // open streams
  std::atomic<int64_t> buffered_bytes_{0};  // of all uploads
  rpc::Workers workers_{2, 16};             // imports are long: they have threads of their own
};

}  // namespace tonghu::registry
