// Notifications: messages to people, each to one person, written with the entry that says that the person was
// told, or with the end of the alert. Errors of all functions: the connection's.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

// Where a notification stands, and what it says. The numbers are those of tonghu.alerts.v1. kNotTaken:
// written without a webhook, until somebody who watches takes it.
enum class NotificationState { kPending = 1, kSent = 2, kFailed = 3, kNotTaken = 4, kWithdrawn = 5 };
enum class Purpose { kTold = 1, kResolved = 2 };

// The channel that carries messages to people. kLive: nothing is sent, and whoever watches sees them.
enum class Channel { kLive, kWebhook };

// The rank of a notification. Emergencies have a sender of their own. The numbers stand in the database.
enum class Rank { kUrgent = 0, kUsual = 1 };
inline Rank RankOf(Kind kind) { return kind == Kind::kEmergency ? Rank::kUrgent : Rank::kUsual; }

// A notification as stored.
struct Notification {
  std::string county, id, alert_id;
  Kind kind = Kind::kDutyMissed;
  Purpose purpose = Purpose::kTold;
  std::string staff_id;
  Level level = Level::kNobody;
  std::string channel;  // "webhook" or "live"
  NotificationState state = NotificationState::kPending;
  int attempts = 0;
  absl::Time make_time, next_attempt_time = absl::InfinitePast(), send_time = absl::InfinitePast();
  std::string last_error;
};

// Stores new notifications, of which county, id, alert_id, kind, staff_id, level and make_time are set.
absl::Status InsertNotifications(postgres::Connection& db, Channel channel,
                                 absl::Span<const Notification> notifications);

// Lists an alert's notifications in the order in which they were written; at most `limit`.
absl::StatusOr<std::vector<Notification>> ListNotifications(postgres::Connection& db,
                                                            const std::string& county,
                                                            const std::string& alert_id, int limit);

// The number of an alert's notifications in each state.
struct Delivery {
  Key alert;
  int pending = 0, sent = 0, failed = 0, not_taken = 0, withdrawn = 0;
};
// Counts the notifications of these alerts; alerts without any are left out.
absl::StatusOr<std::vector<Delivery>> CountNotifications(postgres::Connection& db,
                                                         absl::Span<const Key> alerts);

// Withdraws the notifications about these alerts that wait to be sent.
absl::Status WithdrawNotifications(postgres::Connection& db, absl::Span<const Key> alerts);

// Ends the notifications of resolved alerts: withdraws those that wait to be sent, and writes to each person
// who was told, or may have been, one notification that the alert is over.
// An alert that was resolved.
struct Resolved {
  Key alert;
  int64_t generation;  // of the change that resolved the alert; `time` is when
  absl::Time time;
};
absl::Status EndNotifications(postgres::Connection& db, Channel channel, absl::Span<const Resolved> resolved);

// An alert that somebody who watches has received, as it was at a time.
using Seen = std::pair<Key, absl::Time>;
// Marks as taken those notifications of these alerts that were written until the time seen and that nobody
// had taken. Gives how many of them told somebody of an alert.
absl::StatusOr<int64_t> TakeNotifications(postgres::Connection& db, absl::Span<const Seen> seen,
                                          absl::Time now);

}  // namespace tonghu::alerts
