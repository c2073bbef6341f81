// Writes readings of children's files, and attempts that were refused, into the service's own journal
// (docs/adr/2026-11-26-the-audit-is-the-journal.md).
#pragma once

#include <google/protobuf/empty.pb.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "libs/clock/waker.h"
#include "libs/journal/command_executor.h"
#include "libs/journal/refused_attempts.h"
#include "libs/rpc/audit.h"
#include "tonghu/journal/v1/event.pb.h"

namespace tonghu::journal {

// The audit of a service. Each reading is an event `file_read`, committed with others that wait for the
// shard. Thread-safe. `executor` outlives it, and is stopped before it is destroyed.
class FileReads final : public rpc::Audit {
 public:
  explicit FileReads(CommandExecutor& executor);
  ~FileReads() override { Stop(); }

  // As Audit::Record. An answer that names no child, and to a request that names none, is no reading, unless
  // it is a stream's; nor is what another service asks. Error: UNAVAILABLE, READING_NOT_RECORDED.
  void Record(std::shared_ptr<const rpc::Call> call, const google::protobuf::Message& request,
              const google::protobuf::Message& reply, Done done) override;
  // As Audit::Refused. The first attempt of a minute on a child is an event at once, those that follow are
  // one at the minute's end (RefusedAttempts). Attempts on no child, and those of other services, are none.
  void Refused(const rpc::Call& call, const google::protobuf::Message& request,
               std::set<std::string> children) override;
  // Writes down what the present minute holds, and no minute after. Called before the executor is stopped.
  void Stop();

 private:
  void Write(RefusedAttempt attempt);
  void WriteEachMinute();

  CommandHandler<v1::FileRead, google::protobuf::Empty> handler_;
  CommandHandler<v1::AttemptRefused, google::protobuf::Empty> refusals_;
  RefusedAttempts attempts_;
  std::atomic<int64_t> lost_ = 0;  // attempts that could not be written down, since the minute began
  clock::Waker waker_;
  std::thread minutes_;
};

}  // namespace tonghu::journal
