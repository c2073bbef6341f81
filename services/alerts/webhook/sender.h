// Carries the outbox to the webhook.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "libs/clock/clock.h"
#include "libs/metrics/metrics.h"
#include "libs/postgres/connection.h"
#include "libs/redis/redis.h"
#include "services/alerts/config.h"
#include "services/alerts/postgres/outbox_rows.h"
#include "services/alerts/webhook/post.h"

namespace tonghu::alerts {

// Takes due messages of one rank, as many as may be under way, posts them side by side and notes what became
// of each. What it has taken is free again as soon as its connection ends, so a crash delays nothing; the
// message then goes again with the same webhook-id. Emergencies have a sender of their own: they wait for no
// other message, and the rate limit, which replicas share through Redis, does not hold them; without Redis
// everything goes. A thread and a connection of its own. Times are the clock's.
class Sender {
 public:
  struct Options {
    std::string conninfo;
    Rank rank;
    int most;  // posts under way
  };
  // All outlive it. `webhook.url` is not empty.
  Sender(Options options, Webhook webhook, const clock::Clock& clock, redis::Client& redis,
         metrics::Metrics& metrics);
  // Waits up to a second for posts under way.
  ~Sender();

  // A commit may have written messages. Never blocks.
  void Wake();

 private:
  struct Underway {
    Notification notification;
    int life;
    absl::Time since;
    bool ended = false;  // what became of it is still to be stored
  };

  void Work();
  void Finish();
  absl::Status Turn();
  absl::Status Connect();
  absl::Status Fill();
  absl::Status Begin(Notification notification, absl::Time now);
  // Stores what became of posts that have ended.
  absl::Status Store();
  void Await(absl::Duration patience);
  bool OverLimit(absl::Time now);
  void Count(const Underway& post);

  const Options options_;
  const Webhook webhook_;
  const clock::Clock& clock_;
  redis::Client& redis_;
  prometheus::Counter& sent_;
  prometheus::Counter& retried_;
  prometheus::Counter& failed_;
  // Of its thread only, but for Poster::Wake:
  Poster poster_;
  std::unique_ptr<postgres::Connection> db_;
  int life_ = 0;  // of db_
  absl::flat_hash_map<std::string, Underway> underway_;
  absl::Time limited_until_ = absl::InfinitePast();
  bool waiting_ = false;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace tonghu::alerts
