// tonghu.journal.v1.JournalService: the journal over gRPC, the same for every service.
#pragma once

#include <functional>
#include <string>

#include "libs/clock/clock.h"
#include "libs/journal/clock_watch.h"
#include "libs/journal/command_executor.h"
#include "libs/journal/lease.h"
#include "libs/journal/quarantine.h"
#include "libs/journal/sweeper.h"
#include "libs/postgres/pool.h"
#include "libs/rpc/workers.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::journal {

// What the service answers from. All outlive it.
struct JournalParts {
  std::string service;
  std::string replica;
  int shards;
  postgres::Pool& pool;
  const clock::Clock& clock;
  rpc::Workers& workers;
  const CommandExecutor& executor;
  const Leases& leases;
  const Sweeper& sweeper;
  const Quarantine& quarantine;
  const ClockWatch& clock_watch;
  std::function<bool()> bus_connected;
};

class JournalService final : public tonghu::journal::v1::JournalService::CallbackService {
 public:
  explicit JournalService(JournalParts parts) : parts_(std::move(parts)) {}

  grpc::ServerUnaryReactor* ReadEvents(grpc::CallbackServerContext* context,
                                       const v1::ReadEventsRequest* request,
                                       v1::ReadEventsResponse* response) override;
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const v1::GetStatusRequest* request,
                                      v1::JournalStatus* response) override;
  grpc::ServerUnaryReactor* ListQuarantinedEvents(grpc::CallbackServerContext* context,
                                                  const v1::ListQuarantinedEventsRequest* request,
                                                  v1::ListQuarantinedEventsResponse* response) override;
  grpc::ServerUnaryReactor* ReleaseQuarantinedEvents(grpc::CallbackServerContext* context,
                                                     const v1::ReleaseQuarantinedEventsRequest* request,
                                                     v1::ReleaseQuarantinedEventsResponse* response) override;

 private:
  absl::StatusOr<v1::ReadEventsResponse> Read(const v1::ReadEventsRequest& request);
  absl::StatusOr<v1::JournalStatus> Status();
  absl::StatusOr<v1::ListQuarantinedEventsResponse> List(const v1::ListQuarantinedEventsRequest& request);
  absl::StatusOr<v1::ReleaseQuarantinedEventsResponse> Release(
      const v1::ReleaseQuarantinedEventsRequest& request);

  const JournalParts parts_;
};

}  // namespace tonghu::journal
