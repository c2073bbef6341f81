// The sweeper: acts on deadlines that have come. The rows alone say what is due; the sweeper only looks at
// them in time.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "libs/clock/clock.h"
#include "libs/clock/waker.h"
#include "libs/journal/event_run.h"
#include "libs/journal/lease.h"
#include "libs/journal/shard_transaction.h"
#include "libs/postgres/pool.h"

namespace tonghu::journal {

// One kind of deadline, or of work to be done.
struct Sweep {
  std::string name;  // for logs
  // When the earliest deadline of shard $1 is due, $2 being the time now: "SELECT <due time> FROM … WHERE
  // shard = $1 AND <open> ORDER BY <due time> LIMIT 1", which reads one entry of the partial index. No row or
  // NULL: there is none.
  std::string next_sql;
  // Acts on at most `limit` of the shard's rows that are due at transaction.now(); gives how many.
  std::function<absl::StatusOr<int>(ShardTransaction& transaction, int limit)> fire;
  // For housekeeping: looked at no more often than this, by the machine's clock. Zero: every time.
  absl::Duration every = absl::ZeroDuration();
  // For long work without a deadline: one batch a look at a shard, so that it holds no shard's deadlines up.
  // A shard with more of it is not swept, and is looked at again at once.
  bool bulk = false;
};

// Sweeps the leased shards on a thread of its own. Thread-safe.
class Sweeper {
 public:
  struct Options {
    int batch = 10000;  // rows a transaction
    // The longest pause between looks, by the machine's clock: shorter where a deadline is known to come
    // sooner, 10 ms after something was due. A virtual clock is looked at every 2 ms.
    absl::Duration poll = absl::Milliseconds(500);
  };
  Sweeper(Options options, postgres::Pool& pool, const Leases& leases, const clock::Clock& clock,
          std::vector<Sweep> sweeps, Committed committed);
  ~Sweeper() { Stop(); }
  void Stop();

  // Notes a commit on this shard: there may be new deadlines, so the shard counts as unswept until it has
  // been looked at again.
  void Touch(int shard);

  // The time up to which all deadlines of a leased shard have fired; InfinitePast when not swept yet.
  absl::Time SweptThrough(int shard) const;

 private:
  void Work();
  std::set<int> TakeTouched();
  int64_t TouchesOf(int shard) const;
  absl::StatusOr<absl::Time> Time();
  bool SweepAll(const std::vector<int>& shards, absl::Time now);
  absl::StatusOr<bool> SweepShard(int shard, absl::Time now);
  bool LookedLately(size_t sweep, int shard);
  absl::StatusOr<int> Fire(postgres::Connection& connection, const Sweep& sweep, int shard);

  const Options options_;
  postgres::Pool& pool_;
  const Leases& leases_;
  const clock::Clock& clock_;
  const std::vector<Sweep> sweeps_;
  const Committed committed_;
  mutable absl::Mutex mutex_;
  std::map<int, absl::Time> swept_ ABSL_GUARDED_BY(mutex_);
  std::set<int> touched_ ABSL_GUARDED_BY(mutex_);
  std::map<int, int64_t> touches_ ABSL_GUARDED_BY(mutex_);  // how often each shard was touched
  bool fired_ = false;                                      // anything in this look; sweeper thread only
  absl::Time next_ = absl::InfiniteFuture();                // of the deadlines that this look found to come
  clock::Waker waker_;
  std::map<std::pair<size_t, int>, absl::Time>
      looked_;  // by sweep and shard, on MonotonicNow's scale; sweeper thread only
  std::thread thread_;
};

}  // namespace tonghu::journal
