// Faults of our own (IsFault of errors.h): each is counted, and written to the log within bounds.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/metrics/metrics.h"

namespace tonghu::rpc {

// Counts and logs faults. Thread-safe.
class Faults {
 public:
  // `metrics` outlives it.
  Faults(std::string service, metrics::Metrics& metrics) : service_(std::move(service)), metrics_(metrics) {}

  // Counts (tonghu_faults_total by rpc and code) and logs a status that is a fault; does nothing for others.
  // Of one RPC and status ten lines a minute are written; the next line says how many were left out. `shard`
  // -1: the call is of no shard. `now` is on the monotonic scale.
  void Report(std::string_view rpc, int shard, const absl::Status& status, absl::Time now);

 private:
  struct Window {
    absl::Time begin;
    int lines = 0;
    int left_out = 0;
  };
  // Whether a line may be written; then `left_out` is how many were not written since the last one.
  bool Admit(std::string key, absl::Time now, int& left_out);

  const std::string service_;
  metrics::Metrics& metrics_;
  absl::Mutex mutex_;
  std::map<std::string, Window> windows_ ABSL_GUARDED_BY(mutex_);  // by RPC and status
};

}  // namespace tonghu::rpc
