// Publishing without js_PublishAsync, which keeps a copy and a map entry of every message and parses every
// acknowledgement as JSON. A batch needs only a count: each message names its place in the batch in its reply
// subject.
#include <nats/nats.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "libs/jetstream/inbox.h"
#include "libs/jetstream/jetstream.h"
#include "libs/jetstream/nats_connection.h"
#include "libs/status/macros.h"

namespace tonghu::jetstream {
namespace {

using Steady = std::chrono::steady_clock;  // a jump of the wall clock must not stretch a wait

constexpr size_t kWindow = 4096;     // messages on their way without an acknowledgement
constexpr size_t kCheckEvery = 256;  // messages sent between looks at the clock and at what has been answered
constexpr int64_t kLookMillis = 20;  // how late a lost connection may be noticed while waiting
constexpr int64_t kRoundTripMillis = 250;  // how late while a round trip is under way

// A batch under way.
struct Batch {
  Steady::time_point deadline;
  uint64_t losses;         // of the connection, when it began
  std::vector<bool> seen;  // by place in the batch
  size_t acked = 0;
};

class NatsPublisher final : public Publisher {
 public:
  NatsPublisher(NatsConnection& connection, std::unique_ptr<SyncInbox> inbox)
      : connection_(connection), inbox_(std::move(inbox)) {}

  absl::Status PublishAll(absl::Span<const Outgoing> messages, absl::Duration timeout) override;

 private:
  absl::Status SendAll(absl::Span<const Outgoing> messages, Batch& batch);
  absl::Status Send(const Outgoing& message, const char* reply);
  // Waits until `count` messages are acknowledged. Ends early at the first refusal, a lost connection or the
  // deadline.
  absl::Status Await(size_t count, Batch& batch);
  // Takes the answers that have come; with none, waits for one.
  absl::Status TakeAnswers(int64_t millis, Batch& batch);
  absl::Status Count(natsMsg* answer, Batch& batch);

  NatsConnection& connection_;
  std::unique_ptr<SyncInbox> inbox_;
  bool stale_ = false;  // answers to a batch that failed may still come to inbox_
};

int64_t MillisTo(Steady::time_point deadline) {
  return std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()).count();
}

absl::Status Check(absl::Span<const Outgoing> messages) {
  for (const Outgoing& m : messages) {
    if (!IsProtocolWord(m.subject)) return absl::InvalidArgumentError("publish: bad subject");
    if (!IsProtocolWord(m.message_id)) return absl::InvalidArgumentError("publish: bad message id");
  }
  return absl::OkStatus();
}

// Judges an acknowledgement. A stored or repeated message is answered {"stream":…,"seq":…}. A stream's name
// can't hold a quote, so looking for the words is enough and much cheaper than a JSON parser.
absl::Status Judge(natsMsg* ack) {
  const absl::string_view text(natsMsg_GetData(ack), natsMsg_GetDataLength(ack));
  if (absl::StrContains(text, "\"error\"") || !absl::StrContains(text, "\"seq\":")) {
    return absl::UnavailableError(absl::StrCat("publish: refused: ", text.substr(0, 300)));
  }
  return absl::OkStatus();
}

absl::Status NatsPublisher::PublishAll(absl::Span<const Outgoing> messages, absl::Duration timeout) {
  if (messages.empty()) return absl::OkStatus();
  // Checked before anything is sent, so that a bad message does not leave half a batch published.
  RETURN_IF_ERROR(Check(messages));
  // Even a careless time-out is bounded by an hour.
  const auto limit = absl::ToChronoNanoseconds(std::clamp(timeout, absl::ZeroDuration(), absl::Hours(1)));
  Batch batch{Steady::now() + limit, connection_.losses(), std::vector<bool>(messages.size())};
  if (!connection_.connected()) return absl::UnavailableError("publish: not connected");
  if (stale_) {
    // Late answers to an earlier batch must not count for this one.
    ASSIGN_OR_RETURN(auto fresh, SyncInbox::Open(connection_));
    inbox_ = std::move(fresh);
  }
  absl::Status s = SendAll(messages, batch);
  stale_ = !s.ok();
  return s;
}

// Sends all messages, then waits for what has not been acknowledged on the way.
absl::Status NatsPublisher::SendAll(absl::Span<const Outgoing> messages, Batch& batch) {
  // The prefix and a number: the message's place in the batch.
  std::string reply = inbox_->prefix();
  const size_t stem = reply.size();
  char digits[20];
  for (size_t i = 0; i < messages.size(); ++i) {
    if (i % kCheckEvery == 0 && i > 0) {
      // The window is the back-pressure: at most kWindow messages are on their way, so neither the server nor
      // the socket is flooded.
      const size_t enough = i >= kWindow ? i - kWindow + kCheckEvery : 0;
      RETURN_IF_ERROR(Await(enough, batch));
    }
    reply.resize(stem);
    reply.append(digits, std::to_chars(digits, digits + sizeof digits, i).ptr - digits);
    RETURN_IF_ERROR(Send(messages[i], reply.c_str()));
  }
  return Await(messages.size(), batch);
}

absl::Status NatsPublisher::Send(const Outgoing& message, const char* reply) {
  natsMsg* out = nullptr;
  natsStatus s = natsMsg_Create(&out, message.subject.c_str(), reply, message.data.data(),
                                static_cast<int>(message.data.size()));
  if (s == NATS_OK) s = natsMsgHeader_Set(out, "Nats-Msg-Id", message.message_id.c_str());
  if (s == NATS_OK) s = natsConnection_PublishMsg(connection_.raw(), out);
  natsMsg_Destroy(out);
  return FromNats(s, "publish");
}

absl::Status NatsPublisher::Await(size_t count, Batch& batch) {
  for (;;) {
    if (connection_.losses() != batch.losses) return absl::UnavailableError("publish: connection lost");
    const int64_t left = MillisTo(batch.deadline);
    if (left <= 0) return absl::DeadlineExceededError("publish: not all acknowledged in time");
    if (batch.acked >= count) return absl::OkStatus();
    // A round trip takes the place of waiting for the next answer: nobody is woken for each of the many
    // answers that come meanwhile, and it sends what libnats' flusher thread would hold back for 1 ms. A
    // round trip begun just after the connection was lost waits for all of its time, hence the bound.
    natsConnection_FlushTimeout(connection_.raw(), std::min(left, kRoundTripMillis));
    RETURN_IF_ERROR(TakeAnswers(std::min(left, kLookMillis), batch));
  }
}

absl::Status NatsPublisher::TakeAnswers(int64_t millis, Batch& batch) {
  uint64_t waiting = 0;
  natsSubscription_QueuedMsgs(inbox_->raw(), &waiting);
  for (waiting = std::max<uint64_t>(waiting, 1); waiting > 0; --waiting) {
    natsMsg* answer = nullptr;
    const natsStatus s = natsSubscription_NextMsg(&answer, inbox_->raw(), millis);
    if (s == NATS_TIMEOUT) return absl::OkStatus();
    // The server says at once when no stream takes the subject; whoever publishes then makes the stream anew.
    if (s == NATS_NO_RESPONDERS) return absl::NotFoundError("publish: no stream takes this subject");
    if (s != NATS_OK) return FromNats(s, "publish: await acknowledgements");
    const absl::Status judged = Count(answer, batch);
    natsMsg_Destroy(answer);
    if (!judged.ok()) return judged;
  }
  return absl::OkStatus();
}

absl::Status NatsPublisher::Count(natsMsg* answer, Batch& batch) {
  const char* at = natsMsg_GetSubject(answer);
  const char* const end = at + std::strlen(at);
  at += std::min<size_t>(inbox_->prefix().size(), end - at);
  size_t index = 0;
  // An answer counts once, and only for a place of this batch.
  if (std::from_chars(at, end, index).ec != std::errc() || index >= batch.seen.size() || batch.seen[index]) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(Judge(answer));
  batch.seen[index] = true;
  ++batch.acked;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Make(Connection& connection) {
  ASSIGN_OR_RETURN(auto nats, AsNats(connection));
  ASSIGN_OR_RETURN(auto inbox, SyncInbox::Open(*nats));
  return std::make_unique<NatsPublisher>(*nats, std::move(inbox));
}

}  // namespace tonghu::jetstream
