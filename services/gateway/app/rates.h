// How many calls one account or one address may make.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/clock/waker.h"
#include "libs/redis/redis.h"

namespace tonghu::gateway {

// Counts calls in windows of kWindow. Replicas share their counts by Redis, a tenth call at a time; without
// Redis each counts for itself. Never waits for Redis. Thread-safe.
class Rates {
 public:
  static constexpr absl::Duration kWindow = absl::Seconds(10);
  static constexpr size_t kMostKeys = 100'000;  // in a window; beyond, calls are not counted
  static constexpr int kTold = 10;              // every so many calls are told to the others

  // `socket` of Redis; empty: none.
  explicit Rates(const std::string& socket);
  ~Rates();

  // Counts one more call of `key`. False when there were more than `most` in this window; 0: no limit.
  bool Take(const std::string& key, int most, absl::Time now);

 private:
  struct Count {
    int own = 0;
    int all = 0;  // of all replicas, as far as told
  };
  void Tell();

  const std::unique_ptr<redis::Client> redis_;
  absl::Mutex mutex_;
  absl::Time window_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Count> counts_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::pair<std::string, absl::Time>> told_ ABSL_GUARDED_BY(mutex_);
  clock::Waker waker_;
  std::thread thread_;
};

}  // namespace tonghu::gateway
