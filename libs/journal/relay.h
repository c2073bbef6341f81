// Carries this service's journal to the bus.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "libs/clock/waker.h"
#include "libs/jetstream/jetstream.h"
#include "libs/journal/lease.h"
#include "libs/postgres/pool.h"

namespace tonghu::journal {

// The one stream of all services' events. Oldest messages make room for new ones: the journal is the record.
jetstream::StreamSettings EventStream();

// Publishes journal rows behind the relay's cursor, moves the cursor when every message of a batch is
// acknowledged. Two at once only cost duplicates. A thread of its own.
class Relay {
 public:
  struct Options {
    std::string service;
    absl::Duration pace =
        absl::Milliseconds(5);  // between rounds, so that what is committed one by one goes on together
    int batch = 4000;  // events published before the cursor moves, an equal share of each shard behind
    absl::Duration publish_timeout = absl::Seconds(5);
    absl::Duration poll = absl::Milliseconds(50);  // other replicas' commits are seen this late
  };
  // All outlive it.
  Relay(Options options, postgres::Pool& pool, jetstream::Connection& bus, const Leases& leases);
  ~Relay() { Stop(); }

  // A commit wrote events: look at once. Thread-safe.
  void Wake() { waker_.Wake(); }
  void Stop();

 private:
  void Work();
  absl::StatusOr<int> RelayOnce();
  absl::Status Publish(const std::vector<jetstream::Outgoing>& batch);

  const Options options_;
  postgres::Pool& pool_;
  jetstream::Connection& bus_;
  const Leases& leases_;
  std::unique_ptr<jetstream::Publisher> publisher_;  // relay thread only
  clock::Waker waker_;
  std::thread thread_;
};

}  // namespace tonghu::journal
