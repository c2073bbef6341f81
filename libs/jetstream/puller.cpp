// The pull loop makes its own requests and counts what they bring: natsSubscription_Fetch of libnats 3.4.1
// overruns its array or stalls.
#include <nats/nats.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <deque>
#include <mutex>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/jetstream/inbox.h"
#include "libs/jetstream/jetstream.h"
#include "libs/jetstream/nats_connection.h"
#include "libs/status/macros.h"

namespace tonghu::jetstream {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kLostAfter(1000);  // past its expiry a request's end is not coming any more
constexpr milliseconds kStandsAfter(
    500);  // a request that stood this long was not refused: the consumer exists
constexpr milliseconds kFirstPause(50);  // after a refusal; doubled each time
constexpr milliseconds kLongestPause(500);

class NatsPuller final : public Puller {
 public:
  NatsPuller(NatsConnection& connection, Options options)
      : connection_(connection),
        options_(std::move(options)),
        batch_(static_cast<size_t>(options_.batch)),
        api_(absl::StrCat("$JS.API.CONSUMER.MSG.NEXT.", options_.stream, ".", options_.durable)),
        expires_(absl::ToChronoMilliseconds(options_.expires)) {}

  ~NatsPuller() override {
    // In this order: the listener and the handler call `notify` and touch held_, so both end first.
    connection_.RemoveListener(listener_);
    inbox_.reset();  // before what its handler touches
    for (natsMsg* m : held_) natsMsg_Destroy(m);
  }

  absl::Status Start() {
    ASSIGN_OR_RETURN(auto inbox, Inbox::Open(connection_, [this](natsMsg* message) { OnMessage(message); }));
    inbox_ = std::move(inbox);
    prefix_ = inbox_->prefix();
    listener_ = connection_.AddListener([this](bool) { options_.notify(); });
    return absl::OkStatus();
  }

  std::vector<Incoming> Take(size_t max) override;
  bool consumer_missing() const override {
    std::lock_guard lock(mutex_);
    return missing_;
  }
  absl::Status AckThrough(const Incoming& message) override;

 private:
  void OnMessage(natsMsg* message);
  bool Hold(natsMsg* message);       // with mutex_ held; whether to notify
  bool EndRequest(natsMsg* status);  // with mutex_ held; whether to notify
  void RefusedAt(Steady::time_point now);
  void AskIfRoom();  // with mutex_ held

  NatsConnection& connection_;
  const Options options_;
  const size_t batch_;
  const std::string api_;
  const milliseconds expires_;
  std::unique_ptr<Inbox> inbox_;
  std::string prefix_;  // the handler may run while inbox_ is being destroyed, so it doesn't look there
  int listener_ = 0;

  mutable std::mutex mutex_;
  std::deque<natsMsg*> held_;
  bool missing_ = false;
  // The request under way: its number (the last word of its reply subject), what it may still bring, when and
  // under which number of losses it was sent.
  uint64_t request_ = 0;
  size_t remaining_ = 0;  // 0: none under way
  Steady::time_point asked_at_;
  uint64_t asked_losses_ = 0;
  Steady::time_point not_before_;
  milliseconds pause_ = kFirstPause;
};

std::vector<Incoming> NatsPuller::Take(size_t max) {
  std::vector<natsMsg*> taken;
  {
    std::lock_guard lock(mutex_);
    const auto end = held_.begin() + static_cast<std::ptrdiff_t>(std::min(max, held_.size()));
    taken.assign(held_.begin(), end);
    held_.erase(held_.begin(), end);
    AskIfRoom();
  }
  // Copied outside the lock, so that libnats' thread does not wait for it.
  std::vector<Incoming> messages;
  messages.reserve(taken.size());
  for (natsMsg* m : taken) {
    messages.push_back({natsMsg_GetSubject(m), std::string(natsMsg_GetData(m), natsMsg_GetDataLength(m)),
                        natsMsg_GetReply(m)});
    natsMsg_Destroy(m);
  }
  return messages;
}

// Makes a request when none is under way and there is room for what it may bring.
void NatsPuller::AskIfRoom() {
  const auto now = Steady::now();
  if (remaining_ > 0) {
    const bool lost = connection_.losses() != asked_losses_ || now - asked_at_ > expires_ + kLostAfter;
    if (!lost) {
      // A refusal would have come by now.
      if (now - asked_at_ > kStandsAfter) missing_ = false;
      return;
    }
    remaining_ = 0;
  }
  // One request's worth may wait here while the next is under way: the reader seldom waits for the bus, and
  // memory stays bounded.
  if (held_.size() > batch_ || now < not_before_ || !connection_.connected()) return;
  const std::string reply = absl::StrCat(prefix_, ++request_);
  const std::string body = absl::StrCat(R"({"batch":)", batch_, R"(,"max_bytes":)", options_.batch_bytes,
                                        R"(,"expires":)", std::chrono::nanoseconds(expires_).count(), "}");
  // Read before the request is sent, so that a loss in between shows.
  asked_losses_ = connection_.losses();
  if (natsConnection_PublishRequest(connection_.raw(), api_.c_str(), reply.c_str(), body.data(),
                                    static_cast<int>(body.size())) != NATS_OK) {
    RefusedAt(now);
    return;
  }
  asked_at_ = now;
  remaining_ = batch_;
}

void NatsPuller::RefusedAt(Steady::time_point now) {
  not_before_ = now + pause_;
  pause_ = std::min(pause_ * 2, kLongestPause);
}

// Called on a thread of libnats, with each message of the inbox in turn.
void NatsPuller::OnMessage(natsMsg* message) {
  bool notify = false;
  {
    std::lock_guard lock(mutex_);
    // A consumer's message carries the subject of its acknowledgement as its reply. A status message has none
    // and comes on our own subject.
    const char* reply = natsMsg_GetReply(message);
    if (reply != nullptr && *reply != '\0') {
      notify = Hold(message);
    } else {
      notify = EndRequest(message);
      natsMsg_Destroy(message);
    }
  }
  // Without the lock, as the owner may call Take at once.
  if (notify) options_.notify();
}

bool NatsPuller::Hold(natsMsg* message) {
  // A message proves that the consumer exists and takes requests.
  missing_ = false;
  pause_ = kFirstPause;
  if (remaining_ > 0) --remaining_;
  // More than two requests' worth comes only from requests that outlived a reconnect unseen. A message
  // dropped here is delivered again by the server, or the reader fills the gap.
  if (held_.size() >= 2 * batch_) {
    natsMsg_Destroy(message);
    return false;
  }
  held_.push_back(message);
  if (remaining_ == 0) AskIfRoom();
  // One notify for the first message: the owner then takes until nothing is left.
  return held_.size() == 1;
}

// Deals with a status message of the server. All but heartbeats end the request under way.
bool NatsPuller::EndRequest(natsMsg* status) {
  const char* const subject = natsMsg_GetSubject(status);
  if (!absl::StartsWith(subject, prefix_) || remaining_ == 0) return false;
  const char* const end = subject + std::strlen(subject);
  uint64_t request = 0;
  // The end of an earlier request says nothing about this one.
  if (std::from_chars(subject + prefix_.size(), end, request).ec != std::errc() || request != request_)
    return false;

  const char* code = "";
  const char* text = "";
  if (natsMsgHeader_Get(status, "Status", &code) != NATS_OK) return false;
  if (natsMsgHeader_Get(status, "Description", &text) != NATS_OK) text = "";
  const std::string_view is(code);
  if (is == "100") return false;  // a heartbeat, not an end
  remaining_ = 0;
  // The request ended in the usual way (nothing more in time, or as many bytes as it might bring), so the
  // consumer exists.
  if (is == "404" || is == "408" || (is == "409" && absl::StrContains(text, "MaxBytes"))) {
    missing_ = false;
    pause_ = kFirstPause;
    return true;
  }
  // 503 is "no responders": there is no such consumer or stream. 409 has temporary reasons too; only a
  // deletion means that the consumer is missing.
  if (is == "503" || (is == "409" && absl::StrContains(text, "Deleted"))) missing_ = true;
  RefusedAt(Steady::now());
  return true;
}

absl::Status NatsPuller::AckThrough(const Incoming& message) {
  if (!IsProtocolWord(message.reply))
    return absl::InvalidArgumentError("acknowledge: not a consumer's message");
  if (!connection_.connected()) return absl::UnavailableError("acknowledge: not connected");
  return FromNats(natsConnection_PublishString(connection_.raw(), message.reply.c_str(), "+ACK"),
                  "acknowledge");
}

absl::Status Check(const Puller::Options& options) {
  if (!IsProtocolWord(options.stream) || !IsProtocolWord(options.durable)) {
    return absl::InvalidArgumentError("puller: needs a stream and a durable name");
  }
  if (options.batch < 1 || options.batch > 100'000)
    return absl::InvalidArgumentError("puller: batch is 1 to 100000");
  if (options.batch_bytes < 2 << 20)
    return absl::InvalidArgumentError("puller: batch_bytes is 2 MiB or more");
  if (options.expires < absl::Milliseconds(100) || options.expires > absl::Minutes(5)) {
    return absl::InvalidArgumentError("puller: expires is 100 ms to 5 minutes");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Puller>> Puller::Make(Connection& connection, Options options) {
  ASSIGN_OR_RETURN(auto nats, AsNats(connection));
  RETURN_IF_ERROR(Check(options));
  if (!options.notify) options.notify = [] {};
  auto puller = std::make_unique<NatsPuller>(*nats, std::move(options));
  RETURN_IF_ERROR(puller->Start());
  return std::unique_ptr<Puller>(std::move(puller));
}

}  // namespace tonghu::jetstream
