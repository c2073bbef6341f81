#include "services/alerts/webhook/sender.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/journal/time.h"
#include "libs/log/log.h"
#include "services/alerts/webhook/delivery.h"
#include "services/alerts/webhook/signature.h"

namespace tonghu::alerts {
namespace {

constexpr int kBatch = 20;
constexpr absl::Duration kClaim = absl::Minutes(3);  // longer than a batch of time-outs
constexpr absl::Duration kPoll = absl::Milliseconds(500);
constexpr absl::Duration kWindow = absl::Minutes(1);

absl::Time EndOfWindow(absl::Time now) {
  absl::Duration into;
  absl::IDivDuration(now - absl::UnixEpoch(), kWindow, &into);
  return now - into + kWindow;
}

}  // namespace

Sender::Sender(Webhook webhook, postgres::Pool& pool, const clock::Clock& clock, redis::Client& redis,
               metrics::Metrics& metrics)
    : webhook_(std::move(webhook)),
      pool_(pool),
      clock_(clock),
      redis_(redis),
      sent_(metrics.Counter("tonghu_notifications_total", "Notifications by outcome", {{"outcome", "sent"}})),
      retried_(metrics.Counter("tonghu_notifications_total", "Notifications by outcome",
                               {{"outcome", "retried"}})),
      failed_(
          metrics.Counter("tonghu_notifications_total", "Notifications by outcome", {{"outcome", "failed"}})),
      poster_(webhook_.url) {
  thread_ = std::thread([this] { Work(); });
}

Sender::~Sender() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void Sender::Wake() {
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

bool Sender::Stopping() {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

void Sender::Work() {
  for (;;) {
    const auto more = SendSome();
    if (more.ok() == waiting_) {
      waiting_ = !more.ok();
      if (waiting_) spdlog::warn("notifications wait: {}", more.status().ToString());
    }
    absl::MutexLock lock(&mutex_);
    const auto news = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return woken_ || stopping_; };
    if (!more.ok() || !*more) mutex_.AwaitWithTimeout(absl::Condition(&news), kPoll);
    if (stopping_) return;
    woken_ = false;
  }
}

absl::StatusOr<bool> Sender::SendSome() {
  absl::Time now;
  std::vector<Notification> claimed;
  {
    auto connection = pool_.Acquire(absl::Seconds(2));
    if (!connection.ok()) return connection.status();
    auto read = journal::Now(**connection, clock_);
    if (!read.ok()) return read.status();
    now = *read;
    auto rows = ClaimNotifications(**connection, now, now + kClaim, now < limited_until_, kBatch);
    if (!rows.ok()) return rows.status();
    claimed = *std::move(rows);
  }
  // An UPDATE gives its rows in no order.
  std::stable_sort(claimed.begin(), claimed.end(), [](const Notification& a, const Notification& b) {
    return std::make_pair(a.kind != Kind::kEmergency, a.make_time) <
           std::make_pair(b.kind != Kind::kEmergency, b.make_time);
  });
  for (Notification& notification : claimed) Send(notification, now);
  if (claimed.empty()) return false;
  auto connection = pool_.Acquire(absl::Seconds(2));
  if (!connection.ok()) return connection.status();
  if (absl::Status settled = SettleNotifications(**connection, claimed); !settled.ok()) return settled;
  return static_cast<int>(claimed.size()) == kBatch;
}

void Sender::Send(Notification& notification, absl::Time now) {
  const bool held = notification.kind != Kind::kEmergency && OverLimit(now);
  if (held || Stopping()) {  // back into the outbox, as if not claimed
    --notification.attempts;
    notification.next_attempt_time = held ? limited_until_ : now;
    return;
  }
  const std::string body = WebhookBody(notification);
  const absl::Status outcome = poster_.Post(
      body,
      {"content-type: application/json", absl::StrCat("webhook-id: ", notification.id),
       absl::StrCat("webhook-timestamp: ", absl::ToUnixSeconds(now)),
       absl::StrCat("webhook-signature: ", WebhookSignature(webhook_.key, notification.id, now, body))});
  Settle(notification, outcome, now);
  if (notification.state == NotificationState::kFailed) {
    failed_.Increment();
    spdlog::warn("counties/{}/alerts/{}: a notification was given up after {} tries: {}", notification.county,
                 notification.alert_id, notification.attempts, notification.last_error);
  } else {
    (outcome.ok() ? sent_ : retried_).Increment();
  }
}

bool Sender::OverLimit(absl::Time now) {
  if (now < limited_until_) return true;
  const auto count = redis_.CountInWindow("tonghu:webhook", kWindow, now);
  if (!count.ok() || *count <= webhook_.per_minute) return false;
  limited_until_ = EndOfWindow(now);
  return true;
}

}  // namespace tonghu::alerts
