// The node of a service: its journal with all parts that work it, as main.cpp composes them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"
#include "libs/jetstream/jetstream.h"
#include "libs/journal/clock_watch.h"
#include "libs/journal/command_executor.h"
#include "libs/journal/consistency_gate.h"
#include "libs/journal/consumer.h"
#include "libs/journal/event_handler.h"
#include "libs/journal/file_reads.h"
#include "libs/journal/lease.h"
#include "libs/journal/relay.h"
#include "libs/journal/service.h"
#include "libs/journal/sweeper.h"
#include "libs/metrics/metrics.h"
#include "libs/postgres/migrate.h"
#include "libs/postgres/pool.h"
#include "libs/principal/principal.h"
#include "libs/process/process.h"
#include "libs/rpc/server.h"
#include "libs/rpc/workers.h"

namespace tonghu::journal {

// Opened first, so that handlers and RPC adapters can be built on its parts; then served. The accessors are
// for any thread.
class Node {
 public:
  // Connects, migrates (the journal first, then `migrations` in their order), and checks that the number of
  // shards is the one with which the province was created. Waits up to 30 s for PostgreSQL. Errors:
  // FAILED_PRECONDITION (migrations, shards), UNAVAILABLE.
  static absl::StatusOr<std::unique_ptr<Node>> Open(const process::Settings& settings,
                                                    const std::vector<postgres::MigrationSet>& migrations);
  ~Node();

  postgres::Pool& pool() { return *pool_; }
  const clock::Clock& clock() const { return *clock_; }
  ids::Source& ids() { return ids_; }
  CommandExecutor& executor() const { return *executor_; }
  rpc::Pipeline& pipeline() { return *pipeline_; }
  // Makes a gRPC service of the API, to which its methods are then added: Offer<pairing::v1::DutyService>().
  // The node outlives it.
  template <class Api>
  std::unique_ptr<Service> Offer() {
    return Offer(Api::service_full_name());
  }
  // For commands that do not go by a CommandHandler: whether this replica takes commands (ClockWatch::Admit).
  absl::Status Admit() const { return clock_watch_->Admit(); }
  metrics::Metrics& metrics() { return metrics_; }
  // Makes a channel to another service. Errors: INVALID_ARGUMENT when the settings name no such peer.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> Peer(const std::string& service) const;

  struct Work {
    rpc::Places* places = nullptr;  // where what calls name is (rpc::Places); outlives Serve
    std::vector<std::string>
        producers;         // services whose events are consumed; those to whose facts others refer come first
    EventHandler handler;  // for their events
    Wants wants = [](std::string_view) { return true; };  // which of them, by type
    Notify notify = PublishNotice;  // tells the operators of quarantines and of a wrong clock
    std::vector<Sweep> sweeps;
    std::vector<grpc::Service*> services;  // beside the journal's own; outlive Serve
    std::function<void(int shard)> committed = [](int) {
    };  // after every commit; called on many threads, must not block
    std::function<void()> stopping = [] {
    };  // called when a stop begins: ends calls that would go on for ever
  };
  // Works and serves until SIGTERM or SIGINT. Called once. Errors: what kept it from serving.
  absl::Status Serve(Work work);

 private:
  explicit Node(process::Settings settings) : settings_(std::move(settings)) {}
  std::unique_ptr<Service> Offer(const std::string& api);
  void Compose();
  std::string Conninfo() const;
  absl::Status Prepare(const std::vector<postgres::MigrationSet>& migrations);
  absl::StatusOr<std::vector<Consumer::Producer>> Producers(const std::vector<std::string>& names) const;
  void AfterCommit(int shard, std::vector<Run> runs);
  void TouchAfter(int shard) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status TellOfClock(const Notify& notify, const std::string& why);

  const process::Settings settings_;
  process::StopSignal stop_;  // before any thread
  ids::RandomSource ids_;
  metrics::Metrics metrics_;
  std::unique_ptr<clock::Clock> clock_;
  std::shared_ptr<const rpc::Tls> tls_;  // null: insecure
  std::unique_ptr<postgres::Pool> pool_;
  std::unique_ptr<postgres::Pool> reserve_;  // for work that must not wait for other work
  std::unique_ptr<ConsistencyGate> consistency_gate_;
  std::unique_ptr<ClockWatch> clock_watch_;
  std::unique_ptr<jetstream::Connection> bus_;
  absl::Mutex mutex_;
  Relay* relay_ ABSL_GUARDED_BY(mutex_) = nullptr;      // while serving
  Sweeper* sweeper_ ABSL_GUARDED_BY(mutex_) = nullptr;  // while serving
  std::function<void(int)> on_commit_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<CommandExecutor> executor_;
  std::unique_ptr<FileReads> file_reads_;
  std::unique_ptr<rpc::Workers> workers_;
  const clock::SystemClock machine_;  // identities go by it, whatever the clock of duties and deadlines
  std::unique_ptr<principal::Verifier> verifier_;  // null: no identity is believed
  std::unique_ptr<rpc::Pipeline> pipeline_;
};

}  // namespace tonghu::journal
