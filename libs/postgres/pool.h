// A bounded pool of connections.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/postgres/connection.h"

namespace tonghu::postgres {

// Has at most `size` connections, opened when needed. Outlives its leases. Thread-safe.
class Pool {
 public:
  // `answer` is how long a connection waits for an answer (Bounds).
  Pool(std::string conninfo, int size, absl::Duration answer = Bounds().answer);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Lets nobody wait for PostgreSQL through this pool from `after` on: waits then end with UNAVAILABLE, and
  // so does every later call. For stopping in time whatever state the server is in.
  void Close(absl::Duration after);

  // A connection lent for one piece of work. Goes back to the pool when the lease ends; a broken one is
  // closed.
  class Lease {
   public:
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() { return *connection_; }
    Connection* operator->() { return connection_.get(); }

   private:
    friend class Pool;
    Lease(Pool* pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Lends a connection; waits for a free one. Errors: UNAVAILABLE after `timeout` (all are in use; try
  // again), or when the server can't be reached.
  absl::StatusOr<Lease> Acquire(absl::Duration timeout);

 private:
  void GiveBack(std::unique_ptr<Connection> connection);

  const std::string conninfo_;
  const int size_;
  const Bounds bounds_;  // `stop` is a timer that Close sets
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
  int taken_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tonghu::postgres
