// Leases of shards: replicas divide the shards among themselves by rows in PostgreSQL, and take over when one
// dies.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/clock/waker.h"
#include "libs/postgres/pool.h"

namespace tonghu::journal {

using clock::MonotonicNow;

// Keeps this replica's leases alive on a thread of its own. Correctness never rests on them: a zombie, a
// replica that works on after its leases have lapsed, is stopped by the shard's lock and the cursors.
// Thread-safe.
class Leases {
 public:
  struct Options {
    std::string replica;
    int shards = 8;
    absl::Duration ttl = absl::Seconds(4);
    bool stands = true;  // as Stand
  };
  Leases(Options options, postgres::Pool& pool);
  ~Leases() { Stop(); }

  // The shards that this replica holds now, by the monotonic clock.
  std::vector<int> Held() const;
  bool Holds(int shard) const;

  // False: gives all leases back at once and takes none until told true.
  void Stand(bool stands);

  // Gives all leases back so that others take over at once. Idempotent.
  void Stop();

 private:
  void Keep();
  absl::Status Renew();
  absl::Status GiveBack(absl::Duration patience);

  const Options options_;
  postgres::Pool& pool_;
  mutable absl::Mutex mutex_;
  std::vector<int> held_ ABSL_GUARDED_BY(mutex_);
  absl::Time valid_until_ ABSL_GUARDED_BY(mutex_) =
      absl::InfinitePast();  // on the monotonic scale of MonotonicNow()
  bool stands_ ABSL_GUARDED_BY(mutex_) = true;
  clock::Waker waker_;
  std::thread thread_;
};

}  // namespace tonghu::journal
