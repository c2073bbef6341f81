// Consumes other services' events: applies them exactly once and in order, whatever the bus does.
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
#include "libs/journal/event_source.h"
#include "libs/journal/lease.h"
#include "libs/journal/quarantine.h"
#include "libs/metrics/metrics.h"
#include "libs/postgres/pool.h"

namespace tonghu::journal {

// Works the leased shards on threads of its own, each shard with one EventSource for each producer. What is
// missing after a gap, with a silent bus or without a bus is read from the producer's journal.
class Consumer {
 public:
  using Producer = EventSource::Producer;
  struct Options {
    std::string service;
    int threads = 2;
    size_t batch = 1000;                     // events a transaction; fewer for a while when one fails
    absl::Duration poll = absl::Seconds(1);  // how often producers' heads are asked for while the bus is up
    absl::Duration poll_without_bus = absl::Milliseconds(50);
    absl::Duration ask_timeout = absl::Seconds(2);  // of a call to a producer; nothing waits for its answer
    // The time for which an event may fail, for a reason that is neither its own nor an outage, before the
    // operators are told.
    absl::Duration tell_after = absl::Seconds(30);
    Wants wants = [](std::string_view) { return true; };
    std::vector<Producer> producers;  // those whose facts others refer to first
  };
  // What the consumer works with; all outlive it.
  struct Parts {
    postgres::Pool& pool;
    jetstream::Connection& bus;
    const Leases& leases;
    const clock::Clock& clock;
    const Quarantine& quarantine;
    metrics::Metrics& metrics;
  };
  Consumer(Options options, Parts parts, EventHandler handler, Committed committed);
  ~Consumer();
  void Stop();

 private:
  struct Source;
  struct Feed;
  struct Worker;
  struct MovedCursor;

  // The loop of one worker, and one round of it: looks at leases and heads, then applies what is ready.
  void Work(Worker& worker);
  void Step(Worker& worker);
  bool StepFeed(Worker& worker, Feed& feed);
  // Follows the leases: opens feeds of new shards, closes those of shards that went away.
  void OpenAndClose(Worker& worker);
  absl::Status Open(Worker& worker, Feed& feed);
  absl::Status LoadCursors(Feed& feed);
  // Applies the next events of a source. True when the position moved.
  bool ApplyReady(Feed& feed, Source& source);
  std::vector<const Event*> PassOver(Source& source);
  void StoreCursors(Worker& worker);
  std::vector<bool> Store(const std::vector<MovedCursor>& moved);
  bool Failed(Feed& feed, Source& source, absl::Span<const Event* const> events, const absl::Status& why);
  absl::Status Apply(Feed& feed, Source& source, absl::Span<const Event* const> events);
  // Puts an event in quarantine and moves the cursor past it, in one transaction.
  absl::Status SetAside(Feed& feed, Source& source, const Event& event, const absl::Status& why);
  void TellThatItWaits(Feed& feed, Source& source, const Event& event);
  using Effects = std::function<absl::Status(ShardTransaction&)>;
  absl::Status Transact(Feed& feed, Source& source, absl::Span<const Event* const> events,
                        const Effects& effects);
  void LookAround(Worker& worker);
  void SubscribeAgain(Worker& worker);
  void AskHeads(Worker& worker);
  void CheckCursors(Worker& worker);
  // Takes the answers of producers about their heads, and hands them to the sources.
  void TakeHeads(Worker& worker);

  const Options options_;
  const Parts parts_;
  const EventHandler handler_;
  const Committed committed_;
  prometheus::Counter& applied_;
  prometheus::Counter& backfilled_;
  prometheus::Counter& set_aside_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace tonghu::journal
