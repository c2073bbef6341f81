// Carries this service's journal to the bus.
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

// The one stream of all services' events. Oldest messages make room for new ones: the journal is the record.
jetstream::StreamSettings EventStream();

// Publishes the runs behind the relay's cursor, moves the cursor when every message of a round is
// acknowledged. Runs come from whoever committed them; what did not come that way (other replicas' commits,
// more than fits, what was there at the start or when publishing failed) is read from the journal. Two relays
// at once only cost duplicates. A thread of its own.
class Relay {
 public:
  struct Options {
    std::string service;
    // Between rounds: the first event after a pause goes at once, those committed one by one behind it go
    // together.
    absl::Duration pace = absl::Milliseconds(20);
    int batch = 4000;  // events published before the cursor moves, an equal share of each shard behind
    absl::Duration publish_timeout = absl::Seconds(5);
    absl::Duration poll = absl::Milliseconds(50);  // how often the journal is looked at for what did not come
    size_t most_bytes = 64 << 20;                  // of runs handed over and not yet published
  };
  // All outlive it.
  Relay(Options options, postgres::Pool& pool, jetstream::Connection& bus, const Leases& leases);
  ~Relay() { Stop(); }

  // Takes what a commit wrote. Over the bound it is dropped and read from the journal later. Thread-safe.
  void HandOver(int shard, std::vector<Run> runs);
  // Looks at once. Thread-safe.
  void Wake() { waker_.Wake(); }
  void Stop();

 private:
  using Runs = std::map<int, std::vector<Run>>;  // by shard, in order, without gaps

  void Work();
  absl::StatusOr<int> RelayOnce();
  void Forget();
  absl::Status KnowCursors(postgres::Connection& db, const std::vector<int>& held);
  // What was handed over and is next. Tells whether something else is missing before what was handed over.
  Runs TakeHanded(bool& gap);
  absl::Status ReadInto(postgres::Connection& db, Runs& runs);
  absl::Status Publish(const Runs& runs);
  postgres::Connection::Statement Moved() const;
  absl::Status MoveCursors(postgres::Connection& db);

  const Options options_;
  postgres::Pool& pool_;
  jetstream::Connection& bus_;
  const Leases& leases_;
  // Of the relay thread: the newest event known to be on the bus, of each shard held.
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
