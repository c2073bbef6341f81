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

// At most `size` connections, opened when needed. Thread-safe. Outlives its leases.
class Pool {
 public:
  Pool(std::string conninfo, int size) : conninfo_(std::move(conninfo)), size_(size) {}

  // A connection for one piece of work; goes back when the lease ends (a broken one is closed).
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

  // Waits for a free one. Errors: UNAVAILABLE after `timeout` (all are in use; try again), or when the server
  // can't be reached.
  absl::StatusOr<Lease> Acquire(absl::Duration timeout);

 private:
  void GiveBack(std::unique_ptr<Connection> connection);

  const std::string conninfo_;
  const int size_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
  int taken_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tonghu::postgres
