// The hub of WatchAlerts: brings committed changes to those who watch.
#pragma once

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "libs/clock/clock.h"
#include "libs/clock/waker.h"
#include "libs/postgres/pool.h"
#include "services/alerts/app/context.h"
#include "services/alerts/postgres/keys.h"
#include "services/alerts/rpc/watcher.h"

namespace tonghu::alerts {

// Reads this service's own journal behind a position for each watched shard: at once when this process
// commits, every 150 ms for what other replicas commit. What a watcher has received counts as taken
// (notifications without a webhook). One thread of its own. Outlives the gRPC server. Thread-safe.
class WatchHub {
 public:
  // All references outlive the hub.
  WatchHub(postgres::Pool& pool, const clock::Clock& clock, const Counters& counters, int shards);
  ~WatchHub();

  // Makes the hub look at once: a commit wrote events. Never blocks.
  void Wake();
  // Ends every call with SERVER_STOPPING, also those that come later.
  void Close();
  // The reactor of an admitted call of WatchAlerts, which is told of changes inside the call's scope, once
  // `record` has written down that the caller watches. gRPC owns it until the call ends.
  grpc::ServerWriteReactor<v1::WatchAlertsResponse>* Watch(grpc::CallbackServerContext* context,
                                                           std::shared_ptr<const rpc::Call> call,
                                                           Watcher::Recorder record);
  // The reactor of a call that is not admitted, which ends with `status`.
  grpc::ServerWriteReactor<v1::WatchAlertsResponse>* Refuse(const grpc::Status& status);

 private:
  using Watchers = std::vector<std::shared_ptr<Watcher>>;

  bool Watched();
  void Work();
  void Look();
  // Admits those who came since the last look, and gives their shards positions.
  absl::Status Admit(postgres::Connection& db, const Watchers& fresh);
  absl::StatusOr<bool> LookAt(postgres::Connection& db, int shard, const Watchers& watchers);
  Watcher::Listener Listener();
  void Forget(Watcher* watcher);
  void Took(const v1::WatchAlertsResponse& change);
  // Stores what watchers have taken since the last time.
  absl::Status StoreTaken();

  postgres::Pool& pool_;
  const clock::Clock& clock_;
  const Counters& counters_;
  const int shards_;
  std::map<int, int64_t> positions_;  // hub thread only; of shards that are watched
  bool failing_ = false;              // hub thread only
  absl::Mutex mutex_;
  Watchers fresh_ ABSL_GUARDED_BY(mutex_);
  Watchers watchers_ ABSL_GUARDED_BY(mutex_);
  ByKey<absl::Time> taken_ ABSL_GUARDED_BY(mutex_);  // alerts that watchers have, as they were at a time
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  clock::Waker waker_;
  std::thread thread_;
};

}  // namespace tonghu::alerts
