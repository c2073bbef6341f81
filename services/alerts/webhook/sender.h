// Carries the outbox to the webhook.
#pragma once

#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "libs/clock/clock.h"
#include "libs/metrics/metrics.h"
#include "libs/postgres/pool.h"
#include "libs/redis/redis.h"
#include "services/alerts/config.h"
#include "services/alerts/postgres/notification_rows.h"
#include "services/alerts/webhook/post.h"

namespace tonghu::alerts {

// Claims due notifications in small batches (another replica passes over claimed rows), posts each, notes
// what became of it. Emergencies go first and are not held back by the rate limit, which replicas share
// through Redis; without Redis everything goes. After a crash a claim lapses and the message goes again with
// the same webhook-id. A thread of its own. Times are the clock's.
class Sender {
 public:
  // All outlive it. `webhook.url` is not empty.
  Sender(Webhook webhook, postgres::Pool& pool, const clock::Clock& clock, redis::Client& redis,
         metrics::Metrics& metrics);
  ~Sender();

  // A commit may have written notifications. Never blocks.
  void Wake();

 private:
  void Work();
  // Gives whether there may be more.
  absl::StatusOr<bool> SendSome();
  void Send(Notification& notification, absl::Time now);
  bool OverLimit(absl::Time now);
  bool Stopping();

  const Webhook webhook_;
  postgres::Pool& pool_;
  const clock::Clock& clock_;
  redis::Client& redis_;
  prometheus::Counter& sent_;
  prometheus::Counter& retried_;
  prometheus::Counter& failed_;
  Poster poster_;  // sender thread only, as the next two
  absl::Time limited_until_ = absl::InfinitePast();
  bool waiting_ = false;
  absl::Mutex mutex_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tonghu::alerts
