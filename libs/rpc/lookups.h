// Looks up where things are, for many calls at once.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "libs/rpc/places.h"
#include "libs/rpc/workers.h"

namespace tonghu::rpc {

// The lookups of one service. While some are under way those that come wait, and then go together: under load
// one question to the database serves many calls. Thread-safe.
class Lookups {
 public:
  using Done = std::function<void(const absl::StatusOr<Found>&)>;

  // Both outlive the lookups, and so does what `done` refers to.
  Lookups(Workers& workers, Places& places) : workers_(workers), places_(places) {}
  // Waits until the workers have let go of the lookups. Every call has its answer before, or nobody waits for
  // it.
  ~Lookups();

  // Calls `done` once, on a worker, with what was found: at least what was sought. `bytes` is the memory that
  // the waiting call keeps. False when too many wait, by number (4,096) or bytes (64 MiB), or the workers are
  // all taken; `done` is then not called. Never blocks. Errors that `done` gets: the places'.
  [[nodiscard]] bool Find(Sought sought, size_t bytes, Done done);

 private:
  struct Waiting {
    Sought sought;
    size_t bytes;
    Done done;
  };
  void Work();
  std::vector<Waiting> TakeSome();
  void Answer(std::vector<Waiting> some);

  Workers& workers_;
  Places& places_;
  absl::Mutex mutex_;
  std::vector<Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // of `waiting_`
  int working_ ABSL_GUARDED_BY(mutex_) = 0;   // workers that look up
};

}  // namespace tonghu::rpc
