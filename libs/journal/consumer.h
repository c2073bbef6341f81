// Applies other services' events exactly once, in order, whatever the bus does.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "libs/jetstream/jetstream.h"
#include "libs/journal/handler.h"
#include "libs/journal/lease.h"
#include "libs/journal/sequencer.h"
#include "libs/metrics/metrics.h"
#include "libs/postgres/pool.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::journal {

// Works the leased shards on threads of its own. For each shard and producer it pulls one durable consumer
// (one with several filters is a hundred times slower in nats-server 2.10); a Sequencer says what is next. A
// gap, a silent bus or a bus that is down is filled from the producer's journal over gRPC.
class Consumer {
 public:
  struct Producer {
    std::string name;                                                    // "registry"
    std::shared_ptr<tonghu::journal::v1::JournalService::Stub> journal;  // all its replicas
  };
  struct Options {
    std::string service;
    int threads = 2;
    size_t batch = 1000;                     // events a transaction
    absl::Duration poll = absl::Seconds(1);  // how often producers' heads are asked for while the bus is up
    absl::Duration poll_without_bus = absl::Milliseconds(50);
    std::vector<Producer> producers;  // those whose facts others refer to first
  };
  // All outlive it. `committed` is called with the shard after each commit.
  Consumer(Options options, postgres::Pool& pool, jetstream::Connection& bus, const Leases& leases,
           const clock::Clock& clock, Handler handler, std::function<void(int shard)> committed,
           metrics::Metrics& metrics);
  ~Consumer();
  void Stop();

 private:
  struct Source;
  struct Feed;
  struct Worker;

  void Work(Worker& worker);
  void Step(Worker& worker);
  bool StepFeed(Worker& worker, Feed& feed);
  void OpenAndClose(Worker& worker);
  absl::Status Open(Worker& worker, Feed& feed);
  absl::Status LoadCursors(Feed& feed);
  void Subscribe(Worker& worker, const Feed& feed, Source& source);
  bool ApplyReady(Feed& feed, Source& source);
  absl::Status ApplyRange(Feed& feed, Source& source, absl::Span<const Event* const> events);
  absl::Status TryApply(Feed& feed, Source& source, absl::Span<const Event* const> events,
                        const std::string* set_aside_error);
  void AskHeads(Worker& worker);
  void LookAtHead(Worker& worker, Feed& feed, Source& source, int64_t head);
  bool Heal(Feed& feed, Source& source);

  const Options options_;
  postgres::Pool& pool_;
  jetstream::Connection& bus_;
  const Leases& leases_;
  const clock::Clock& clock_;
  const Handler handler_;
  const std::function<void(int)> committed_;
  prometheus::Counter& applied_;
  prometheus::Counter& healed_;
  prometheus::Counter& set_aside_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace tonghu::journal
