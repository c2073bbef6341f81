// The outbox: notifications on their way through the webhook, each in the hands of one sender at a time.
// Errors of all functions: the connection's.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/postgres/connection.h"
#include "services/alerts/postgres/notification_rows.h"

namespace tonghu::alerts {

// Begins the life of a sender: gives a number that no other connection has. What is claimed under this number
// is free as soon as `db` ends, however it ends. Called once a connection. Errors also: ALREADY_EXISTS when
// the numbers are used up.
absl::StatusOr<int> BeginSenderLife(postgres::Connection& db);

// Claims due notifications of a rank, the longest due first: those that nobody has, whose sender's connection
// has ended, or that were claimed over 7 s ago. The message that an alert is over is not given out while
// another message about the alert is under way. `life` was begun by BeginSenderLife on `db`.
absl::StatusOr<std::vector<Notification>> ClaimNotifications(postgres::Connection& db, int life, Rank rank,
                                                             absl::Time now, int limit);

// Counts an attempt that begins now. Gives where the alert stands; nothing when the message was withdrawn, or
// belongs to another sender by now.
absl::StatusOr<std::optional<State>> BeginAttempt(postgres::Connection& db, int life,
                                                  Notification& notification);

// Gives a claimed notification back with its outcome: state, next_attempt_time, send_time, last_error. One
// that was withdrawn under way and was not taken stays withdrawn.
absl::Status GiveBack(postgres::Connection& db, int life, const Notification& notification);

}  // namespace tonghu::alerts
