#include "tests/bench/bus.h"

#include <nats/nats.h>

#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/jetstream/jetstream.h"
#include "libs/status/macros.h"

namespace tonghu::bench {
namespace {

constexpr char kStream[] = "TONGHU", kBareStream[] = "FLOOR";
constexpr int64_t kPatience = 120'000;  // ms

struct Session {
  natsConnection* connection = nullptr;
  jsCtx* js = nullptr;

  natsStatus Open(const std::string& url) {
    natsStatus status = natsConnection_ConnectTo(&connection, url.c_str());
    return status == NATS_OK ? natsConnection_JetStream(&js, connection, nullptr) : status;
  }
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    jsCtx_Destroy(js);
    natsConnection_Destroy(connection);
  }
};

absl::Status Outcome(natsStatus status, const char* what) {
  if (status == NATS_OK) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(what, ": ", natsStatus_GetText(status)));
}

natsStatus NewestOf(jsCtx* js, uint64_t* newest) {
  jsStreamInfo* info = nullptr;
  const natsStatus status = js_GetStreamInfo(&info, js, kStream, nullptr, nullptr);
  if (status == NATS_OK) *newest = info->State.LastSeq;
  jsStreamInfo_Destroy(info);
  return status;
}

// Takes what comes, without acknowledgement, from `start` on; no bound on what waits in memory.
natsStatus Subscribe(natsSubscription** subscription, jsCtx* js, const char* filter, uint64_t start) {
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Ordered = true;
  options.Config.DeliverPolicy = js_DeliverByStartSequence;
  options.Config.OptStartSeq = start;
  const natsStatus status = js_SubscribeSync(subscription, js, filter, nullptr, &options, nullptr);
  return status == NATS_OK ? natsSubscription_SetPendingLimits(*subscription, -1, -1) : status;
}

natsStatus MakeStream(jsCtx* js) {
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  const char* subjects[] = {"floor.>"};
  config.Name = kBareStream;
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.Storage = js_FileStorage;
  return js_AddStream(nullptr, js, &config, nullptr, nullptr);
}

// In slices: nats-server drops without an answer what goes beyond 128 MiB of messages waiting for a stream,
// and a message has up to 200 KiB. js_PublishAsync would not do: libnats 3.4.1 stalls for ever when its
// window was full and every answer came.
absl::Status PublishAll(jetstream::Publisher& publisher, const std::vector<Message>& messages) {
  constexpr size_t kSlice = 256;
  std::vector<jetstream::Outgoing> slice;
  for (size_t i = 0; i < messages.size(); ++i) {
    slice.push_back({absl::StrCat("floor.", messages[i].subject), messages[i].id, messages[i].data});
    if (slice.size() < kSlice && i + 1 < messages.size()) continue;
    if (absl::Status done = publisher.PublishAll(slice, absl::Milliseconds(kPatience)); !done.ok())
      return done;
    slice.clear();
  }
  return absl::OkStatus();
}

natsStatus TakeIn(natsSubscription* subscription, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    natsMsg* message = nullptr;
    const natsStatus status = natsSubscription_NextMsg(&message, subscription, kPatience);
    if (status != NATS_OK) return status;
    natsMsg_Destroy(message);
  }
  return NATS_OK;
}

}  // namespace

absl::StatusOr<uint64_t> NewestMessage(const std::string& url) {
  Session session;
  uint64_t newest = 0;
  natsStatus status = session.Open(url);
  if (status == NATS_OK) status = NewestOf(session.js, &newest);
  if (status != NATS_OK) return Outcome(status, "the services' stream");
  return newest;
}

absl::StatusOr<std::vector<Message>> MessagesSince(const std::string& url, uint64_t after) {
  Session session;
  uint64_t newest = 0;
  natsSubscription* subscription = nullptr;
  natsStatus status = session.Open(url);
  if (status == NATS_OK) status = NewestOf(session.js, &newest);
  if (status == NATS_OK && newest > after)
    status = Subscribe(&subscription, session.js, "tonghu.v1.>", after + 1);
  std::vector<Message> messages;
  for (uint64_t i = after; status == NATS_OK && i < newest; ++i) {
    natsMsg* message = nullptr;
    status = natsSubscription_NextMsg(&message, subscription, kPatience);
    if (status != NATS_OK) break;
    const char* id = nullptr;
    natsMsgHeader_Get(message, "Nats-Msg-Id", &id);
    messages.push_back({natsMsg_GetSubject(message), id == nullptr ? "" : id,
                        std::string(natsMsg_GetData(message), natsMsg_GetDataLength(message))});
    natsMsg_Destroy(message);
  }
  natsSubscription_Destroy(subscription);
  if (status != NATS_OK) return Outcome(status, "the services' messages");
  return messages;
}

struct BareBus::Parts {
  std::unique_ptr<jetstream::Connection> connection;
  std::unique_ptr<jetstream::Publisher> publisher;
  Session streams, alerts, reporting;
  natsSubscription* alerts_subscription = nullptr;
  natsSubscription* reporting_subscription = nullptr;
};

absl::StatusOr<BareBus> BareBus::Open(const std::string& url) {
  BareBus bus(new Parts);
  Parts& parts = *bus.parts_;
  natsStatus status = parts.streams.Open(url);
  if (status == NATS_OK) status = parts.alerts.Open(url);
  if (status == NATS_OK) status = parts.reporting.Open(url);
  if (status == NATS_OK) status = MakeStream(parts.streams.js);
  if (status == NATS_OK)
    status = Subscribe(&parts.alerts_subscription, parts.alerts.js, "floor.tonghu.v1.pairing.>", 1);
  if (status == NATS_OK)
    status = Subscribe(&parts.reporting_subscription, parts.reporting.js, "floor.tonghu.v1.>", 1);
  if (status != NATS_OK) return Outcome(status, "the floor's stream");
  ASSIGN_OR_RETURN(parts.connection, jetstream::Connection::Open({.url = url, .name = "floor"}));
  ASSIGN_OR_RETURN(parts.publisher, jetstream::Publisher::Make(*parts.connection));
  return bus;
}

BareBus::BareBus(BareBus&& other) noexcept : parts_(other.parts_) { other.parts_ = nullptr; }

BareBus::~BareBus() {
  if (parts_ == nullptr) return;
  natsSubscription_Destroy(parts_->alerts_subscription);
  natsSubscription_Destroy(parts_->reporting_subscription);
  js_DeleteStream(parts_->streams.js, kBareStream, nullptr, nullptr);
  delete parts_;
}

absl::Status BareBus::Carry(const std::vector<Message>& messages) {
  size_t heard_by_alerts = 0;
  for (const Message& message : messages)
    heard_by_alerts += absl::StartsWith(message.subject, "tonghu.v1.pairing.");
  natsStatus alerts = NATS_OK, reporting = NATS_OK;
  std::thread alerts_end([&] { alerts = TakeIn(parts_->alerts_subscription, heard_by_alerts); });
  std::thread reporting_end([&] { reporting = TakeIn(parts_->reporting_subscription, messages.size()); });
  const absl::Status published = PublishAll(*parts_->publisher, messages);
  alerts_end.join();
  reporting_end.join();
  if (!published.ok()) return published;
  return Outcome(alerts != NATS_OK ? alerts : reporting, "taking in what was published");
}

}  // namespace tonghu::bench
