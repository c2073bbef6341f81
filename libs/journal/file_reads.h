// Writes readings of children's files into the service's own journal
// (docs/adr/2026-11-26-the-audit-is-the-journal.md).
#pragma once

#include <google/protobuf/empty.pb.h>

#include <memory>

#include "libs/journal/command_executor.h"
#include "libs/rpc/audit.h"
#include "tonghu/journal/v1/event.pb.h"

namespace tonghu::journal {

// The audit of a service. Each reading is an event `file_read`, committed with others that wait for the
// shard. Thread-safe. `executor` outlives it, and is stopped before it is destroyed.
class FileReads final : public rpc::Audit {
 public:
  explicit FileReads(CommandExecutor& executor);

  // As Audit::Record. An answer that names no child, and to a request that names none, is no reading, unless
  // it is a stream's; nor is what another service asks. Error: UNAVAILABLE, READING_NOT_RECORDED.
  void Record(std::shared_ptr<const rpc::Call> call, const google::protobuf::Message& request,
              const google::protobuf::Message& reply, Done done) override;

 private:
  CommandHandler<v1::FileRead, google::protobuf::Empty> handler_;
};

}  // namespace tonghu::journal
