// The outbox: one message to one person, written with the entry that says they were told.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

enum class NotificationState { kPending = 1, kSent = 2, kFailed = 3 };

// What carries a message to people. `kLive`: nothing is sent, who watches sees it; it counts as sent when
// written.
enum class Channel { kLive, kWebhook };

struct Notification {
  std::string county, id, alert_id;
  Kind kind = Kind::kDutyMissed;
  std::string staff_id;
  Level level = Level::kNobody;
  NotificationState state = NotificationState::kPending;
  int attempts = 0;
  absl::Time make_time, next_attempt_time = absl::InfinitePast(), send_time = absl::InfinitePast();
  std::string last_error;
};

// New ones: county, id, alert_id, kind, staff_id, level and make_time are set.
absl::Status InsertNotifications(postgres::Connection& db, Channel channel,
                                 const std::vector<Notification>& notifications);

// An alert's, in order of their making; at most `limit`.
absl::StatusOr<std::vector<Notification>> ListNotifications(postgres::Connection& db,
                                                            const std::string& county,
                                                            const std::string& alert_id, int limit);

// Takes due ones for this replica, emergencies first, and counts an attempt: they are due again at `again`
// unless settled before.
absl::StatusOr<std::vector<Notification>> ClaimNotifications(postgres::Connection& db, absl::Time now,
                                                             absl::Time again, bool urgent_only, int limit);

// Says what became of claimed ones: state, attempts, next_attempt_time, send_time, last_error.
absl::Status SettleNotifications(postgres::Connection& db, const std::vector<Notification>& notifications);

}  // namespace tonghu::alerts
