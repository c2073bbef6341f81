// Who works which shard: replicas share the shards out by rows in PostgreSQL and take over when one dies.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/postgres/pool.h"

namespace tonghu::journal {

// Keeps this replica's leases alive on a thread of its own. Correctness never rests on them: a zombie's
// writes touch no rows. Thread-safe.
class Leases {
 public:
  struct Options {
    std::string replica;
    int shards = 8;
    absl::Duration ttl = absl::Seconds(4);
  };
  Leases(Options options, postgres::Pool& pool);
  ~Leases() { Stop(); }

  // The shards held now, by the machine's monotonic time.
  std::vector<int> Held() const;
  bool Holds(int shard) const;

  // Gives all leases back so that others take over at once. Idempotent.
  void Stop();

 private:
  void Keep();
  absl::Status Renew();

  const Options options_;
  postgres::Pool& pool_;
  mutable absl::Mutex mutex_;
  std::vector<int> held_ ABSL_GUARDED_BY(mutex_);
  absl::Time valid_until_ ABSL_GUARDED_BY(mutex_) =
      absl::InfinitePast();  // on the monotonic scale of MonotonicNow()
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// The machine's monotonic clock as a time on a scale of its own.
absl::Time MonotonicNow();

}  // namespace tonghu::journal
