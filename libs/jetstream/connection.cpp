#include <nats/nats.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "libs/jetstream/inbox.h"
#include "libs/jetstream/jetstream.h"
#include "libs/jetstream/nats_connection.h"
#include "libs/status/macros.h"

namespace tonghu::jetstream {
namespace {

constexpr int64_t kLookMillis = 20;  // how late a request notices that the connection is lost

constexpr int64_t kConnectMillis = 2000;
constexpr int64_t kWriteMillis = 2000;  // a stopped server with a full socket counts as lost
constexpr int64_t kReconnectMillis = 100;
constexpr int64_t kReconnectJitterMillis = 20;
// A server that leaves kPingsOut pings unanswered is lost. libnats' own two minutes between pings are too
// long for whoever waits.
constexpr int64_t kPingMillis = 5000;
constexpr int kPingsOut = 2;
constexpr int kIoBytes = 32 * 1024;  // larger ones keep the server waiting for the start of a batch
constexpr int kPendingMessages = 1 << 18;
constexpr int kDeliveryThreads = 2;  // a process, whatever the number of connections and subscriptions
constexpr absl::Duration kCloseTimeout = absl::Seconds(1);

}  // namespace

// Outlives the NatsConnection if libnats never reports the close: its callbacks hold a pointer to this.
struct NatsConnection::Events {
  static void OnConnected(natsConnection*, void* self) { static_cast<Events*>(self)->Tell(true); }
  static void OnLost(natsConnection*, void* self) {
    static_cast<Events*>(self)->losses.fetch_add(1);
    static_cast<Events*>(self)->Tell(false);
  }
  static void OnClosed(natsConnection*, void* self) {
    // ~NatsConnection waits for this, the last callback.
    static_cast<Events*>(self)->state.store(State::kLost);
    static_cast<Events*>(self)->closed.Notify();
  }
  // Errors surface through return values and acknowledgements. Without a handler libnats would print them.
  static void OnError(natsConnection*, natsSubscription*, natsStatus, void*) {}

  void Tell(bool connected) {
    state.store(connected ? State::kConnected : State::kLost);
    absl::MutexLock lock(&mutex);
    for (auto& [id, listener] : listeners) listener(connected);
  }

  // What the callbacks said last. libnats' own status waits for a lock that libnats holds through a
  // handshake: two seconds when the server is frozen.
  enum class State { kUnknown, kConnected, kLost };
  std::atomic<State> state{State::kUnknown};
  std::atomic<uint64_t> losses{0};
  absl::Notification closed;
  absl::Mutex mutex;
  int last_id ABSL_GUARDED_BY(mutex) = 0;
  std::map<int, std::function<void(bool)>> listeners ABSL_GUARDED_BY(mutex);

  natsStatus Configure(natsOptions* o, const Options& options) {
    // libnats' defaults do not fit: it gives up after 60 reconnects, and takes minutes to notice a dead
    // server.
    natsStatus s = natsOptions_SetURL(o, options.url.c_str());
    if (s == NATS_OK && !options.name.empty()) s = natsOptions_SetName(o, options.name.c_str());
    if (s == NATS_OK) s = natsOptions_SetTimeout(o, kConnectMillis);
    if (s == NATS_OK) s = natsOptions_SetWriteDeadline(o, kWriteMillis);
    if (s == NATS_OK) s = natsOptions_SetMaxReconnect(o, -1);
    if (s == NATS_OK) s = natsOptions_SetReconnectWait(o, kReconnectMillis);
    if (s == NATS_OK) s = natsOptions_SetReconnectJitter(o, kReconnectJitterMillis, kReconnectJitterMillis);
    // One byte: while disconnected libnats keeps at most one message and refuses the next.
    if (s == NATS_OK) s = natsOptions_SetReconnectBufSize(o, 1);
    if (s == NATS_OK) s = natsOptions_SetPingInterval(o, kPingMillis);
    if (s == NATS_OK) s = natsOptions_SetMaxPingsOut(o, kPingsOut);
    if (s == NATS_OK) s = natsOptions_SetIOBufSize(o, kIoBytes);
    if (s == NATS_OK) s = natsOptions_SetMaxPendingMsgs(o, kPendingMessages);
    if (s == NATS_OK) s = natsOptions_UseGlobalMessageDelivery(o, true);
    if (s == NATS_OK) s = natsOptions_SetFailRequestsOnDisconnect(o, true);
    if (s == NATS_OK) s = natsOptions_SetErrorHandler(o, OnError, this);
    if (s == NATS_OK) s = natsOptions_SetDisconnectedCB(o, OnLost, this);
    if (s == NATS_OK) s = natsOptions_SetReconnectedCB(o, OnConnected, this);
    if (s == NATS_OK) s = natsOptions_SetClosedCB(o, OnClosed, this);
    if (s == NATS_OK) s = natsOptions_SetRetryOnFailedConnect(o, true, OnConnected, this);
    return s;
  }
};

absl::Status FromNats(natsStatus status, const char* doing) {
  const std::string text = absl::StrCat(doing, ": ", natsStatus_GetText(status));
  switch (status) {
    case NATS_OK:
      return absl::OkStatus();
    case NATS_TIMEOUT:
      return absl::DeadlineExceededError(text);
    case NATS_INVALID_ARG:
    case NATS_INVALID_SUBJECT:
    case NATS_MAX_PAYLOAD:
      return absl::InvalidArgumentError(text);
    // Everything else is a state of the server or the network, so a repeat may succeed.
    default:
      return absl::UnavailableError(text);
  }
}

bool IsProtocolWord(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c != 0x7f; });
}

absl::StatusOr<NatsConnection*> AsNats(Connection& connection) {
  auto* nats = dynamic_cast<NatsConnection*>(&connection);
  if (nats == nullptr) return absl::InvalidArgumentError("needs a connection made by Connection::Open");
  return nats;
}

absl::StatusOr<std::unique_ptr<NatsConnection>> NatsConnection::Open(const Options& options) {
  // libnats' start and the size of its delivery pool belong to the process, not to one connection.
  static std::once_flag once;
  static natsStatus library = NATS_OK;
  std::call_once(once, [] {
    library = nats_Open(-1);
    if (library == NATS_OK) library = nats_SetMessageDeliveryPoolSize(kDeliveryThreads);
  });
  if (library != NATS_OK) return FromNats(library, "start libnats");

  auto connection = std::unique_ptr<NatsConnection>(new NatsConnection());
  connection->events_ = std::make_unique<Events>();
  natsOptions* o = nullptr;
  natsStatus s = natsOptions_Create(&o);
  if (s == NATS_OK) s = connection->events_->Configure(o, options);
  if (s == NATS_OK) s = natsConnection_Connect(&connection->raw_, o);
  natsOptions_Destroy(o);
  if (s == NATS_OK) {  // a callback may have come first
    auto unknown = Events::State::kUnknown;
    connection->events_->state.compare_exchange_strong(unknown, Events::State::kConnected);
  }
  // Not yet connected is no error: libnats goes on trying.
  if (s != NATS_OK && s != NATS_NOT_YET_CONNECTED) return FromNats(s, "open NATS connection");
  return connection;
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Options& options) {
  ASSIGN_OR_RETURN(auto connection, NatsConnection::Open(options));
  return std::unique_ptr<Connection>(std::move(connection));
}

NatsConnection::~NatsConnection() {
  if (raw_ == nullptr) return;
  natsConnection_Close(raw_);
  // The closed callback is the last one. Should it not come in time, what it would touch is kept for ever.
  if (!events_->closed.WaitForNotificationWithTimeout(kCloseTimeout)) events_.release();
  natsConnection_Destroy(raw_);
}

bool NatsConnection::connected() const { return events_->state.load() == Events::State::kConnected; }

uint64_t NatsConnection::losses() const { return events_->losses.load(); }

int NatsConnection::AddListener(std::function<void(bool)> listener) {
  absl::MutexLock lock(&events_->mutex);
  events_->listeners[++events_->last_id] = std::move(listener);
  return events_->last_id;
}

void NatsConnection::RemoveListener(int id) {
  absl::MutexLock lock(&events_->mutex);
  events_->listeners.erase(id);
}

absl::StatusOr<std::string> NatsConnection::Request(const std::string& subject, const std::string& body,
                                                    absl::Duration timeout) {
  if (!IsProtocolWord(subject)) return absl::InvalidArgumentError("request: bad subject");
  const uint64_t losses = this->losses();
  // libnats' own status is asked too, though it may take two seconds: the callbacks tell of a loss a moment
  // late, and a request made in that moment would wait for its whole time-out.
  if (!connected() || natsConnection_Status(raw_) != NATS_CONN_STATUS_CONNECTED)
    return absl::UnavailableError("request: not connected");
  // natsConnection_Request is not used: its own subscription for answers lives as long as the connection, and
  // an answer that comes late, while the connection is closed, crashes libnats' read loop.
  ASSIGN_OR_RETURN(auto inbox, SyncInbox::Open(*this));
  const std::string reply = absl::StrCat(inbox->prefix(), "1");
  natsStatus s = natsConnection_PublishRequest(raw_, subject.c_str(), reply.c_str(), body.data(),
                                               static_cast<int>(body.size()));
  natsMsg* answer = nullptr;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(std::clamp<int64_t>(
                                                          absl::ToInt64Milliseconds(timeout), 1, 3'600'000));
  if (s == NATS_OK) s = NATS_TIMEOUT;
  while (s == NATS_TIMEOUT && std::chrono::steady_clock::now() < end) {
    // libnats does not end the wait when the connection is lost, hence the short steps: an answer never comes
    // over another connection.
    if (this->losses() != losses) return absl::UnavailableError("request: connection lost");
    s = natsSubscription_NextMsg(&answer, inbox->raw(), kLookMillis);
  }
  if (s != NATS_OK) return FromNats(s, "request");
  std::string text(natsMsg_GetData(answer), natsMsg_GetDataLength(answer));
  natsMsg_Destroy(answer);
  return text;
}

}  // namespace tonghu::jetstream
