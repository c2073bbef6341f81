// The sender: carries the outbox to the webhook.
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

// Claims due notifications of one rank, as many as may be under way, posts them side by side and stores the
// outcome of each. A claim is free again as soon as the sender's connection ends, so a crash delays nothing;
// the message then goes again with the same webhook-id. Emergencies have a sender of their own: they wait for
// no other message, and the rate limit, which replicas share through Redis, does not hold them. Without Redis
// every message goes. Has a thread and a connection of its own. Times are the clock's.
class Sender {
 public:
  struct Options {
    std::string conninfo;
    Rank rank;
    int most;  // posts under way
  };
  // All references outlive the sender. `webhook.url` is not empty.
  Sender(Options options, Webhook webhook, const clock::Clock& clock, redis::Client& redis,
         metrics::Metrics& metrics);
  // Ends the thread; waits up to a second for posts under way.
  ~Sender();

  // Makes the sender look at once: a commit may have written messages. Never blocks.
  void Wake();

 private:
  struct Underway {
    Notification notification;
    int life;
    absl::Time since;
    bool ended = false;  // the outcome is still to be stored
  };

  void Work();
  void Finish();
  absl::Status Turn();
  absl::Status Connect();
  absl::Status Fill();
  absl::Status Begin(Notification notification, absl::Time now);
  // Stores the outcomes of posts that have ended.
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
  // Used by the sender's thread only, except Poster::Wake.
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
