// The relay: publishes this service's journal on the bus.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/clock/waker.h"
#include "libs/jetstream/jetstream.h"
#include "libs/journal/event_run.h"
#include "libs/journal/lease.h"
#include "libs/postgres/pool.h"

namespace tonghu::journal {

// The settings of the one stream of all services' events. The oldest messages make room for new ones, since
// the journal is the record.
jetstream::StreamSettings EventStream();

// Publishes the runs behind the relay's cursor, and moves the cursor when every message of a round is
// acknowledged. Runs are handed over by whoever committed them. What was not handed over (other replicas'
// commits, more than fits, what was there at the start or when publishing failed) is read from the journal.
// Two relays at once only publish twice. Works on a thread of its own.
class Relay {
 public:
  struct Options {
    std::string service;
    // The pause between rounds: the first event after a pause is published at once, and events committed one
    // by one after it travel together.
    absl::Duration pace = absl::Milliseconds(20);
    int batch = 4000;  // events published before the cursor moves; shards that are behind get equal shares
    absl::Duration publish_timeout = absl::Seconds(5);
    absl::Duration poll =
        absl::Milliseconds(50);    // how often the journal is read for runs that were not handed over
    size_t most_bytes = 64 << 20;  // of runs handed over and not yet published
  };
  // All outlive it.
  Relay(Options options, postgres::Pool& pool, jetstream::Connection& bus, const Leases& leases);
  ~Relay() { Stop(); }

  // Takes the runs that a commit wrote. Beyond the bound they are dropped, and read from the journal later.
  // Thread-safe.
  void HandOver(int shard, std::vector<Run> runs);
  // Begins the next round at once. Thread-safe.
  void Wake() { waker_.Wake(); }
  void Stop();

 private:
  using Runs = std::map<int, std::vector<Run>>;  // by shard, in order, without gaps

  void Work();
  absl::StatusOr<int> RelayOnce();
  void Forget();
  absl::Status KnowCursors(postgres::Connection& db, const std::vector<int>& held);
  // Takes the runs that were handed over and directly follow the cursors. `gap`: something is missing before
  // other runs that were handed over.
  Runs TakeHanded(bool& gap);
  absl::Status ReadInto(postgres::Connection& db, Runs& runs);
  absl::Status Publish(const Runs& runs);
  postgres::Connection::Statement Moved() const;
  absl::Status MoveCursors(postgres::Connection& db);

  const Options options_;
  postgres::Pool& pool_;
  jetstream::Connection& bus_;
  const Leases& leases_;
  // Used by the relay's thread only: the newest event known to be on the bus, of each shard held.
  std::map<int, int64_t> relayed_;
  absl::Time look_time_ = absl::InfinitePast();  // at the journal; on MonotonicNow's scale
  std::unique_ptr<jetstream::Publisher> publisher_;
  absl::Mutex mutex_;
  std::map<int, std::map<int64_t, Run>> handed_ ABSL_GUARDED_BY(mutex_);  // by shard and first position
  size_t handed_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  clock::Waker waker_;
  std::thread thread_;
};

}  // namespace tonghu::journal
