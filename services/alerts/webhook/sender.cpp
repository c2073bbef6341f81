#include "services/alerts/webhook/sender.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/clock/waker.h"
#include "libs/journal/time.h"
#include "libs/log/log.h"
#include "libs/status/macros.h"
#include "services/alerts/webhook/delivery.h"
#include "services/alerts/webhook/signature.h"

namespace tonghu::alerts {
namespace {

constexpr absl::Duration kPoll =
    absl::Milliseconds(500);  // messages that fall due, or that other senders left behind
constexpr absl::Duration kAgain = absl::Milliseconds(200);  // while PostgreSQL is away
// How long a stop waits for posts under way.
constexpr absl::Duration kFarewell = absl::Seconds(1);
constexpr absl::Duration kWindow = absl::Minutes(1);

// The end of the window in which `now` is counted: windows are whole minutes since 1970
// (redis::Client::CountInWindow).
absl::Time EndOfWindow(absl::Time now) {
  absl::Duration into;
  absl::IDivDuration(now - absl::UnixEpoch(), kWindow, &into);
  return now - into + kWindow;
}

prometheus::Counter& Counter(metrics::Metrics& metrics, const char* outcome) {
  return metrics.Counter("tonghu_notifications_total", "Notifications by outcome", {{"outcome", outcome}});
}

}  // namespace

Sender::Sender(Options options, Webhook webhook, const clock::Clock& clock, redis::Client& redis,
               metrics::Metrics& metrics)
    : options_(std::move(options)),
      webhook_(std::move(webhook)),
      clock_(clock),
      redis_(redis),
      sent_(Counter(metrics, "sent")),
      retried_(Counter(metrics, "retried")),
      failed_(Counter(metrics, "failed")),
      poster_(webhook_.url, options_.most) {
  thread_ = std::thread([this] { Work(); });
}

Sender::~Sender() {
  stopping_ = true;
  poster_.Wake();
  thread_.join();
}

void Sender::Wake() { poster_.Wake(); }

void Sender::Work() {
  while (!stopping_) {
    const absl::Status done = Turn();
    if (!done.ok()) db_.reset();  // frees the claims of what was not posted
    if (done.ok() == waiting_) {
      waiting_ = !done.ok();
      if (waiting_) spdlog::warn("notifications wait: {}", done.ToString());
    }
    Await(done.ok() ? kPoll : kAgain);
  }
  Finish();
}

// Waits for the posts under way. A post whose outcome does not come in time is free when the connection ends.
void Sender::Finish() {
  const absl::Time end = clock::MonotonicNow() + kFarewell;
  while (!poster_.idle() && clock::MonotonicNow() < end) Await(kAgain);
  if (absl::Status stored = db_ == nullptr ? absl::OkStatus() : Store(); !stored.ok())
    spdlog::warn("outcomes of posts were not stored: {}", stored.ToString());
}

absl::Status Sender::Turn() {
  if (db_ == nullptr || !db_->healthy()) {
    RETURN_IF_ERROR(Connect());
  }
  // Outcomes are stored first: until then a message keeps its place among those under way.
  RETURN_IF_ERROR(Store());
  return Fill();
}

absl::Status Sender::Connect() {
  db_.reset();
  ASSIGN_OR_RETURN(auto db, postgres::Connection::Open(options_.conninfo));
  ASSIGN_OR_RETURN(auto life, BeginSenderLife(*db));
  db_ = std::move(db);
  life_ = life;
  return absl::OkStatus();
}

absl::Status Sender::Fill() {
  // No more is claimed than can be posted at once: what waited here would be kept from other senders.
  const int room = options_.most - static_cast<int>(underway_.size());
  ASSIGN_OR_RETURN(const auto now, journal::Now(*db_, clock_));
  if (room == 0 || now < limited_until_) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto claimed, ClaimNotifications(*db_, life_, options_.rank, now, room));
  for (Notification& notification : claimed) {
    RETURN_IF_ERROR(Begin(std::move(notification), now));
  }
  return absl::OkStatus();
}

absl::Status Sender::Begin(Notification notification, absl::Time now) {
  std::string key = absl::StrCat(notification.county, "/", notification.id);
  // A post that was begun under an earlier connection is still under way: its outcome counts, under the
  // present life.
  if (const auto known = underway_.find(key); known != underway_.end()) {
    known->second.life = life_;
    return absl::OkStatus();
  }
  if (options_.rank != Rank::kUrgent && OverLimit(now)) {
    notification.next_attempt_time = limited_until_;
    return GiveBack(*db_, life_, notification);
  }
  // The attempt is counted before the post. When this sender dies in between, another one posts again, and
  // the receiver may get the message twice under one webhook-id.
  ASSIGN_OR_RETURN(auto state, BeginAttempt(*db_, life_, notification));
  if (!state.has_value()) {
    // The alert was settled after the claim. A message that is another sender's by now is left alone by
    // GiveBack.
    notification.state = NotificationState::kWithdrawn;
    return GiveBack(*db_, life_, notification);
  }
  const std::string body = WebhookBody(notification, *state);
  // Each attempt is signed with its own time, since receivers refuse old ones (Standard Webhooks); the id
  // stays the same.
  poster_.Start(
      key, body,
      {"content-type: application/json", absl::StrCat("webhook-id: ", notification.id),
       absl::StrCat("webhook-timestamp: ", absl::ToUnixSeconds(now)),
       absl::StrCat("webhook-signature: ", WebhookSignature(webhook_.key, notification.id, now, body))});
  underway_.emplace(std::move(key), Underway{std::move(notification), life_, now});
  return absl::OkStatus();
}

absl::Status Sender::Store() {
  for (auto post = underway_.begin(); post != underway_.end();) {
    if (!post->second.ended) {
      ++post;
      continue;
    }
    // Under the life that claimed the message: when another sender has the claim by now, nothing changes.
    RETURN_IF_ERROR(GiveBack(*db_, post->second.life, post->second.notification));
    underway_.erase(post++);
  }
  return absl::OkStatus();
}

void Sender::Await(absl::Duration patience) {
  for (const Poster::Outcome& outcome : poster_.Await(patience)) {
    Underway& post = underway_.at(outcome.id);
    // The next attempt is counted from the beginning of the post, a time of the database's.
    Settle(post.notification, outcome.status, post.since);
    post.ended = true;
    Count(post);
  }
}

void Sender::Count(const Underway& post) {
  const Notification& notification = post.notification;
  if (notification.state == NotificationState::kSent) return sent_.Increment();
  if (notification.state != NotificationState::kFailed) return retried_.Increment();
  failed_.Increment();
  spdlog::warn("counties/{}/alerts/{}: a notification was given up after {} tries: {}", notification.county,
               notification.alert_id, notification.attempts, notification.last_error);
}

bool Sender::OverLimit(absl::Time now) {
  if (now < limited_until_) return true;
  // Without Redis nobody counts and every message goes: a message too many harms less than one too late.
  const auto count = redis_.CountInWindow("tonghu:webhook", kWindow, now);
  if (!count.ok() || *count <= webhook_.per_minute) return false;
  limited_until_ = EndOfWindow(now);
  return true;
}

}  // namespace tonghu::alerts
