// Applies other services' events exactly once, in order, whatever the bus does.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "libs/jetstream/jetstream.h"
#include "libs/journal/event_handler.h"
#include "libs/journal/lease.h"
#include "libs/journal/quarantine.h"
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
    size_t batch = 1000;                     // events a transaction; fewer for a while when one fails
    absl::Duration poll = absl::Seconds(1);  // how often producers' heads are asked for while the bus is up
    absl::Duration poll_without_bus = absl::Milliseconds(50);
    std::vector<Producer> producers;  // those whose facts others refer to first
  };
  // What it works with; all outlive it.
  struct Parts {
    postgres::Pool& pool;
    jetstream::Connection& bus;
    const Leases& leases;
    const clock::Clock& clock;
    const Quarantine& quarantine;
    metrics::Metrics& metrics;
  };
  // `committed` is called with the shard after each commit.
  Consumer(Options options, Parts parts, EventHandler handler, std::function<void(int shard)> committed);
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
  bool Failed(Feed& feed, Source& source, size_t count, const absl::Status& why);
  absl::Status Apply(Feed& feed, Source& source, absl::Span<const Event* const> events);
  absl::Status SetAside(Feed& feed, Source& source, const Event& event, const absl::Status& why);
  using Effects = std::function<absl::Status(ShardTransaction&)>;
  absl::Status Transact(Feed& feed, Source& source, size_t count, const Effects& effects);
  void AskHeads(Worker& worker);
  void LookAtHead(Worker& worker, Feed& feed, Source& source, int64_t head);
  bool FillGap(Feed& feed, Source& source);

  const Options options_;
  const Parts parts_;
  const EventHandler handler_;
  const std::function<void(int)> committed_;
  prometheus::Counter& applied_;
  prometheus::Counter& backfilled_;
  prometheus::Counter& set_aside_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace tonghu::journal
