#include "libs/jetstream/inbox.h"

#include <atomic>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "libs/status/macros.h"

namespace tonghu::jetstream {
namespace {

constexpr int64_t kDrainMillis = 2000;
constexpr int64_t kRoundTripMillis = 250;

// A private prefix of subjects that nobody else uses: "_INBOX.x.".
absl::StatusOr<std::string> NewPrefix() {
  natsInbox* name = nullptr;
  if (natsStatus s = natsInbox_Create(&name); s != NATS_OK) return FromNats(s, "name an inbox");
  std::string prefix = absl::StrCat(name, ".");
  natsInbox_Destroy(name);
  return prefix;
}

}  // namespace

// Shared by the Inbox and libnats, and freed by the last of them: libnats' last callback may come late, or
// early when the connection is closed.
struct Inbox::Handler {
  static void OnMessage(natsConnection*, natsSubscription*, natsMsg* message, void* self) {
    auto* handler = static_cast<Handler*>(self);
    absl::MutexLock lock(&handler->mutex);
    if (handler->handle) {
      handler->handle(message);
    } else {
      natsMsg_Destroy(message);
    }
  }
  static void OnComplete(void* self) { static_cast<Handler*>(self)->Release(); }
  void Release() {
    if (holders.fetch_sub(1) == 1) delete this;
  }

  // The Inbox and libnats.
  std::atomic<int> holders{2};
  absl::Mutex mutex;  // held during a call, so closing waits for the one that is running
  std::function<void(natsMsg*)> handle ABSL_GUARDED_BY(mutex);
};

absl::StatusOr<std::unique_ptr<Inbox>> Inbox::Open(NatsConnection& connection,
                                                   std::function<void(natsMsg*)> handler) {
  ASSIGN_OR_RETURN(auto prefix, NewPrefix());
  auto own = std::make_unique<Handler>();
  {
    absl::MutexLock lock(&own->mutex);
    own->handle = std::move(handler);
  }
  natsSubscription* subscription = nullptr;
  natsStatus s = natsConnection_Subscribe(&subscription, connection.raw(), absl::StrCat(prefix, ">").c_str(),
                                          Handler::OnMessage, own.get());
  if (s != NATS_OK) return FromNats(s, "subscribe to an inbox");
  auto inbox = std::unique_ptr<Inbox>(new Inbox(connection, prefix, own.release(), subscription));
  s = natsSubscription_SetOnCompleteCB(subscription, Handler::OnComplete, inbox->handler_);
  if (s == NATS_OK)
    s = natsSubscription_SetPendingLimits(subscription, -1, -1);  // bounded by what we ask for
  if (s != NATS_OK) return FromNats(s, "set up an inbox");
  return inbox;
}

Inbox::~Inbox() {
  {
    absl::MutexLock lock(&handler_->mutex);
    // Under the lock: a call that was running has ended, and no other begins.
    handler_->handle = nullptr;
  }
  // libnats' read loop uses a message's subscription without holding a reference: freeing the subscription
  // while messages arrive crashes. A drain ends after a round trip to the server, when no message can be on
  // its way any more.
  if (connection_.connected() && natsSubscription_DrainTimeout(subscription_, kDrainMillis) == NATS_OK) {
    natsSubscription_WaitForDrainCompletion(subscription_, kDrainMillis);
  } else {
    natsSubscription_Unsubscribe(subscription_);
  }
  natsSubscription_Destroy(subscription_);
  handler_->Release();
}

absl::StatusOr<std::unique_ptr<SyncInbox>> SyncInbox::Open(NatsConnection& connection) {
  ASSIGN_OR_RETURN(auto prefix, NewPrefix());
  natsSubscription* subscription = nullptr;
  natsStatus s =
      natsConnection_SubscribeSync(&subscription, connection.raw(), absl::StrCat(prefix, ">").c_str());
  if (s != NATS_OK) return FromNats(s, "subscribe to an inbox");
  auto inbox = std::unique_ptr<SyncInbox>(new SyncInbox(connection, prefix, subscription));
  s = natsSubscription_SetPendingLimits(subscription, -1, -1);  // bounded by what we ask for
  if (s != NATS_OK) return FromNats(s, "set up an inbox");
  return inbox;
}

SyncInbox::~SyncInbox() {
  // Nobody reads the messages, so a drain would not end. After a round trip the read loop has let go of the
  // subscription, as in ~Inbox.
  natsSubscription_Unsubscribe(subscription_);
  if (connection_.connected()) natsConnection_FlushTimeout(connection_.raw(), kRoundTripMillis);
  natsSubscription_Destroy(subscription_);
}

}  // namespace tonghu::jetstream
