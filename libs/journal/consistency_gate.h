// The gate at which calls wait until this service has applied what their callers have seen elsewhere
// (docs/adr/2026-11-25-a-caller-hands-on-what-it-has-seen.md).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/postgres/pool.h"
#include "libs/rpc/gate.h"
#include "libs/rpc/position.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::journal {

// The Gate of a service. One thread looks at the service's cursors for all waiting calls, so that no worker
// has to wait. Thread-safe.
class ConsistencyGate final : public rpc::Gate {
 public:
  using Producers = std::map<std::string, std::shared_ptr<v1::JournalService::Stub>>;
  struct Options {
    std::string service;
    int shards = 8;
    size_t most_bytes = 64 << 20;  // of the requests of waiting calls
    size_t most = 10000;           // waiting calls; more are refused
    absl::Duration patience =
        absl::Milliseconds(2500);  // how long a call waits; a caller's nearer deadline counts
    absl::Duration urgent_patience = absl::Milliseconds(300);
    absl::Duration ask_timeout = absl::Milliseconds(1500);  // of asking a producer for its head
  };
  // `questions` gives connections to the callers of Leave, `own` to the gate's thread.
  ConsistencyGate(Options options, postgres::Pool& questions, postgres::Pool& own);
  ~ConsistencyGate() override { Stop(); }

  // Sets the journals whose events this service consumes. Before any call.
  void Follow(Producers producers) { producers_ = std::move(producers); }

  // Makes the gate look again: a commit may have moved a cursor.
  void Wake();
  // Refuses all waiting calls (SERVER_STOPPING), and those that come later. Idempotent.
  void Stop();

  // As Gate::Enter. Positions of journals that are not followed, this service's own among them, count as
  // reached. Refusals: POSITION_MALFORMED; FACTS_BEHIND (UNAVAILABLE) when the wait was in vain; SERVER_BUSY,
  // SERVER_STOPPING.
  void Enter(grpc::CallbackServerContext& context, Entry entry, Go go) override;
  void Ask(const absl::Status& refused, Question question, Go go) override;
  void Leave(grpc::CallbackServerContext& context, const std::string& county) override;

 private:
  using Journal = std::pair<std::string, int>;  // producer and shard
  struct Waiter {
    std::vector<rpc::Position> left;
    size_t bytes;
    absl::Time end;        // on MonotonicNow's scale
    absl::Status in_vain;  // the status at that time
    Go go;
  };

  void Await(Waiter waiter);
  void TakeReached(std::vector<rpc::Position>& positions) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Work();
  void Look();
  absl::StatusOr<std::map<Journal, int64_t>> ReadCursors();

  const Options options_;
  postgres::Pool& questions_;
  postgres::Pool& own_;
  Producers producers_;
  absl::Mutex mutex_;
  std::map<Journal, int64_t> reached_ ABSL_GUARDED_BY(mutex_);
  std::vector<Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;   // of the waiters' requests
  size_t asking_ ABSL_GUARDED_BY(mutex_) = 0;  // calls to producers under way
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tonghu::journal
