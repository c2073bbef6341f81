// Inboxes: private subjects below which answers arrive, with subscriptions that close without a race in
// libnats.
#pragma once

#include <nats/nats.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/jetstream/nats_connection.h"

namespace tonghu::jetstream {

// An inbox whose messages are handed to a handler.
class Inbox {
 public:
  // Opens an inbox; works while disconnected. `handler` owns the message that it is given and is called from
  // one libnats thread at a time. Errors: UNAVAILABLE when libnats refuses.
  static absl::StatusOr<std::unique_ptr<Inbox>> Open(NatsConnection& connection,
                                                     std::function<void(natsMsg*)> handler);
  // Waits for a running call to the handler; none comes after that. Then takes a round trip to the server, 2
  // s at most.
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // The prefix, "_INBOX.x.": a message sent to the prefix plus any word arrives here.
  const std::string& prefix() const { return prefix_; }

 private:
  struct Handler;
  Inbox(NatsConnection& connection, std::string prefix, Handler* handler, natsSubscription* subscription)
      : connection_(connection), prefix_(std::move(prefix)), handler_(handler), subscription_(subscription) {}

  NatsConnection& connection_;
  const std::string prefix_;
  Handler* const handler_;  // libnats holds it until its last callback
  natsSubscription* const subscription_;
};

// An inbox whose messages wait to be read with natsSubscription_NextMsg. No thread is woken for an answer
// that nobody waits for.
class SyncInbox {
 public:
  static absl::StatusOr<std::unique_ptr<SyncInbox>> Open(NatsConnection& connection);
  ~SyncInbox();  // a round trip to the server, 250 ms at most
  SyncInbox(const SyncInbox&) = delete;
  SyncInbox& operator=(const SyncInbox&) = delete;

  const std::string& prefix() const { return prefix_; }
  natsSubscription* raw() const { return subscription_; }

 private:
  SyncInbox(NatsConnection& connection, std::string prefix, natsSubscription* subscription)
      : connection_(connection), prefix_(std::move(prefix)), subscription_(subscription) {}

  NatsConnection& connection_;
  const std::string prefix_;
  natsSubscription* const subscription_;
};

}  // namespace tonghu::jetstream
