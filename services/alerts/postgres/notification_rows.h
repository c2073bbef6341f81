// Messages to people: one to one person, written with the entry that says they were told, or with the end of
// the alert they were told of.
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

// The numbers of tonghu.alerts.v1. kNotTaken: written without a webhook, until somebody who watches has it.
enum class NotificationState { kPending = 1, kSent = 2, kFailed = 3, kNotTaken = 4, kWithdrawn = 5 };
enum class Purpose { kTold = 1, kResolved = 2 };

// What carries messages to people. `kLive`: nothing is sent, who watches sees it.
enum class Channel { kLive, kWebhook };

// Emergencies have a handler of their own. The numbers stand in the database.
enum class Rank { kUrgent = 0, kUsual = 1 };
inline Rank RankOf(Kind kind) { return kind == Kind::kEmergency ? Rank::kUrgent : Rank::kUsual; }

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

// New ones: county, id, alert_id, kind, staff_id, level and make_time are set.
absl::Status InsertNotifications(postgres::Connection& db, Channel channel,
                                 absl::Span<const Notification> notifications);

// An alert's, in order of their making; at most `limit`.
absl::StatusOr<std::vector<Notification>> ListNotifications(postgres::Connection& db,
                                                            const std::string& county,
                                                            const std::string& alert_id, int limit);

// How many of an alert's messages are in each state.
struct Delivery {
  Key alert;
  int pending = 0, sent = 0, failed = 0, not_taken = 0, withdrawn = 0;
};
// Alerts without messages are left out.
absl::StatusOr<std::vector<Delivery>> CountNotifications(postgres::Connection& db,
                                                         absl::Span<const Key> alerts);

// Takes back what waits to be sent about these alerts.
absl::Status WithdrawNotifications(postgres::Connection& db, absl::Span<const Key> alerts);

// Resolved alerts: takes back what waits to be sent, and writes one message to each person who was told, or
// may have been, that it is over.
struct Resolved {
  Key alert;
  int64_t generation;  // of the change that resolved it, as the next member
  absl::Time time;
};
absl::Status EndNotifications(postgres::Connection& db, Channel channel, absl::Span<const Resolved> resolved);

// Somebody who watches has received an alert as it was at a time.
using Seen = std::pair<Key, absl::Time>;
// What nobody had taken of these alerts' messages until then is taken. Gives how many of those told somebody.
absl::StatusOr<int64_t> TakeNotifications(postgres::Connection& db, absl::Span<const Seen> seen,
                                          absl::Time now);

}  // namespace tonghu::alerts
