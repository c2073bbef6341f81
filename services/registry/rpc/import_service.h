// ImportService over gRPC.
#pragma once

#include <atomic>
#include <cstdint>

#include "libs/rpc/gate.h"
#include "libs/rpc/workers.h"
#include "services/registry/app/import_roster.h"
#include "tonghu/registry/v1/import_service.grpc.pb.h"

namespace tonghu::registry {

// Messages are parsed here and not by gRPC, which takes one that can't be parsed for the end of the stream:
// half a file would pass for a whole one.
class ImportService final
    : public v1::ImportService::WithRawCallbackMethod_ImportRoster<v1::ImportService::Service> {
 public:
  // What `parts` refers to outlives it, and the gate.
  ImportService(ImportParts parts, rpc::Gate& gate) : parts_(std::move(parts)), gate_(gate) {}

  grpc::ServerReadReactor<grpc::ByteBuffer>* ImportRoster(grpc::CallbackServerContext* context,
                                                          grpc::ByteBuffer* reply) override;

 private:
  class Upload;

  const ImportParts parts_;
  rpc::Gate& gate_;
  std::atomic<int> uploads_{0};             // streams open
  std::atomic<int64_t> buffered_bytes_{0};  // of all uploads
  rpc::Workers workers_{2, 16};             // imports are long: they have threads of their own
};

}  // namespace tonghu::registry
