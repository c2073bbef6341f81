// tonghu.journal.v1.JournalService, the journal over gRPC: the same for every service.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "libs/clock/clock.h"
#include "libs/journal/clock_watch.h"
#include "libs/journal/command_executor.h"
#include "libs/journal/lease.h"
#include "libs/journal/quarantine.h"
#include "libs/journal/service.h"
#include "libs/journal/sweeper.h"
#include "libs/rpc/tls.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::journal {

// What the service answers from. All outlive the service.
struct JournalParts {
  std::string service;
  std::string replica;
  int shards;
  const clock::Clock& clock;
  const CommandExecutor& executor;
  const Leases& leases;
  const Sweeper& sweeper;
  const Quarantine& quarantine;
  const ClockWatch& clock_watch;
  std::function<bool()> bus_connected;
  std::shared_ptr<const rpc::Tls> tls;  // null: none
};

class JournalService {
 public:
  explicit JournalService(JournalParts parts) : parts_(std::move(parts)) {}
  // Adds the methods to `service`, which this object outlives.
  void AddTo(Service& service) const;

 private:
  absl::Status CheckPosition(int shard, int64_t from_seq) const;
  absl::StatusOr<v1::ReadEventsResponse> Read(postgres::Connection& db,
                                              const v1::ReadEventsRequest& request) const;
  absl::StatusOr<v1::ReadRowsResponse> Rows(postgres::Connection& db,
                                            const v1::ReadRowsRequest& request) const;
  absl::StatusOr<v1::JournalStatus> Status(postgres::Connection& db) const;
  absl::StatusOr<v1::ReleaseQuarantinedEventsResponse> Release(
      postgres::Connection& db, const v1::ReleaseQuarantinedEventsRequest& request) const;

  const JournalParts parts_;
};

}  // namespace tonghu::journal
