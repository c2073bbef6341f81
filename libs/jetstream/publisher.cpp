// Publishing without js_PublishAsync: that one keeps a copy and a map entry of every message and parses every
// acknowledgement as JSON. A batch needs only a count: each message names its place in the reply subject.
#include <nats/nats.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "libs/jetstream/inbox.h"
#include "libs/jetstream/jetstream.h"
#include "libs/jetstream/nats_connection.h"

namespace tonghu::jetstream {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;  // a jump of the wall clock must not stretch a wait

constexpr size_t kWindow = 4096;       // messages on their way without an acknowledgement
constexpr size_t kCheckEvery = 256;    // messages sent between looks at the clock

class NatsPublisher final : public Publisher {
 public:
  explicit NatsPublisher(NatsConnection& connection) : connection_(connection) {}
  ~NatsPublisher() override {
    connection_.RemoveListener(listener_);
    inbox_.reset();  // before what its handler touches
  }

  absl::Status Start() {
    auto inbox = Inbox::Open(connection_, [this](natsMsg* ack) { OnAck(ack); });
    if (!inbox.ok()) return inbox.status();
    inbox_ = std::move(*inbox);
    prefix_size_ = inbox_->prefix().size();
    listener_ = connection_.AddListener([this](bool connected) {
      if (connected) return;
      std::lock_guard lock(mutex_);
      Fail(absl::UnavailableError("publish: connection lost"));
    });
    return absl::OkStatus();
  }

  absl::Status PublishAll(absl::Span<const Outgoing> batch, absl::Duration timeout) override;

 private:
  static absl::Status Check(absl::Span<const Outgoing> batch);
  absl::Status SendAll(absl::Span<const Outgoing> batch, SteadyTime deadline);
  absl::Status Send(const Outgoing& message, const char* reply);
  absl::Status WaitForAcks(size_t count, SteadyTime deadline);
  void OnAck(natsMsg* ack);
  void Count(uint64_t epoch, size_t index, absl::Status answer);
  void Fail(absl::Status why);  // with mutex_ held

  NatsConnection& connection_;
  std::unique_ptr<Inbox> inbox_;
  size_t prefix_size_ = 0;  // the handler may run while inbox_ is being destroyed, so it doesn't look there
  int listener_ = 0;

  // std::, not absl::Mutex: only std::condition_variable waits on the steady clock here.
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t epoch_ = 0;          // of the batch under way; acknowledgements of earlier ones don't count
  bool open_ = false;           // a batch is under way
  std::vector<bool> seen_;      // by index in the batch
  size_t wake_at_ = 0;          // acknowledgements the sender waits for
  absl::Status failure_;        // the first error of this batch
  std::atomic<size_t> acked_{0};      // written with mutex_ held
  std::atomic<bool> failed_{false};   // written with mutex_ held
};

absl::Status NatsPublisher::Check(absl::Span<const Outgoing> batch) {
  for (const Outgoing& m : batch) {
    if (!IsProtocolWord(m.subject)) return absl::InvalidArgumentError("publish: bad subject");
    if (!IsProtocolWord(m.message_id)) return absl::InvalidArgumentError("publish: bad message id");
  }
  return absl::OkStatus();
}

absl::Status NatsPublisher::PublishAll(absl::Span<const Outgoing> batch, absl::Duration timeout) {
  if (batch.empty()) return absl::OkStatus();
  if (absl::Status s = Check(batch); !s.ok()) return s;
  // A bound in any case: nothing that was meant to end takes an hour.
  const SteadyTime deadline = std::chrono::steady_clock::now() +
                              absl::ToChronoNanoseconds(std::clamp(timeout, absl::ZeroDuration(), absl::Hours(1)));
  {
    std::lock_guard lock(mutex_);
    ++epoch_;
    open_ = true;
    seen_.assign(batch.size(), false);
    acked_ = 0;
    failed_ = false;
    failure_ = absl::OkStatus();
  }
  // After opening the batch: a loss from here on fails it through the listener.
  absl::Status s = connection_.connected() ? SendAll(batch, deadline) : absl::UnavailableError("publish: not connected");
  std::lock_guard lock(mutex_);
  open_ = false;
  return s;
}

absl::Status NatsPublisher::SendAll(absl::Span<const Outgoing> batch, SteadyTime deadline) {
  std::string reply = absl::StrCat(inbox_->prefix(), epoch_, ".");
  const size_t stem = reply.size();
  char digits[20];
  for (size_t i = 0; i < batch.size(); ++i) {
    if (i - acked_ >= kWindow) {
      if (absl::Status s = WaitForAcks(i - kWindow / 2, deadline); !s.ok()) return s;
    } else if (failed_ || (i % kCheckEvery == 0 && std::chrono::steady_clock::now() > deadline)) {
      break;  // the wait below says why
    }
    reply.resize(stem);
    reply.append(digits, std::to_chars(digits, digits + sizeof digits, i).ptr - digits);
    if (absl::Status s = Send(batch[i], reply.c_str()); !s.ok()) return s;
  }
  return WaitForAcks(batch.size(), deadline);
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

absl::Status NatsPublisher::WaitForAcks(size_t count, SteadyTime deadline) {
  std::unique_lock lock(mutex_);
  wake_at_ = count;
  const bool done = changed_.wait_until(lock, deadline, [this, count] { return failed_ || acked_ >= count; });
  if (failed_) return failure_;
  if (!done) return absl::DeadlineExceededError("publish: not all acknowledged in time");
  return absl::OkStatus();
}

void NatsPublisher::Fail(absl::Status why) {
  if (!open_ || failed_) return;
  failure_ = std::move(why);
  failed_ = true;
  changed_.notify_all();
}

void NatsPublisher::Count(uint64_t epoch, size_t index, absl::Status answer) {
  std::lock_guard lock(mutex_);
  if (!open_ || epoch != epoch_ || index >= seen_.size() || seen_[index]) return;
  if (!answer.ok()) return Fail(std::move(answer));
  seen_[index] = true;
  if (++acked_ == wake_at_) changed_.notify_all();
}

// What an acknowledgement says. A stored or repeated message is answered {"stream":…,"seq":…}; the stream's name can't
// hold a quote, so looking for the word is enough and much cheaper than a JSON parser.
absl::Status Judge(natsMsg* ack) {
  const absl::string_view text(natsMsg_GetData(ack), natsMsg_GetDataLength(ack));
  if (text.empty()) {
    if (natsMsg_IsNoResponders(ack)) return absl::NotFoundError("publish: no stream takes this subject");
    return absl::UnavailableError("publish: empty acknowledgement");
  }
  if (absl::StrContains(text, "\"error\"") || !absl::StrContains(text, "\"seq\":")) {
    return absl::UnavailableError(absl::StrCat("publish: refused: ", text.substr(0, 300)));
  }
  return absl::OkStatus();
}

void NatsPublisher::OnAck(natsMsg* ack) {
  const char* at = natsMsg_GetSubject(ack);
  const char* const end = at + std::strlen(at);
  at += std::min<size_t>(prefix_size_, end - at);
  uint64_t epoch = 0;
  size_t index = 0;
  const auto dot = std::from_chars(at, end, epoch);
  if (dot.ec == std::errc() && dot.ptr != end && *dot.ptr == '.' &&
      std::from_chars(dot.ptr + 1, end, index).ec == std::errc()) {
    Count(epoch, index, Judge(ack));
  }
  natsMsg_Destroy(ack);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Make(Connection& connection) {
  auto nats = AsNats(connection);
  if (!nats.ok()) return nats.status();
  auto publisher = std::make_unique<NatsPublisher>(**nats);
  if (absl::Status s = publisher->Start(); !s.ok()) return s;
  return std::unique_ptr<Publisher>(std::move(publisher));
}

}  // namespace tonghu::jetstream
