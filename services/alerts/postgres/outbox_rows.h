// The outbox: messages on their way through the webhook, each in the hands of one sender at a time.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/postgres/connection.h"
#include "services/alerts/postgres/notification_rows.h"

namespace tonghu::alerts {

// A number that no other connection has; what is claimed under it is free as soon as `db` ends, however that
// happens. Once a connection. Errors also: ALREADY_EXISTS when the numbers are used up.
absl::StatusOr<int> BeginSenderLife(postgres::Connection& db);

// Takes due messages of a rank, the longest due first: those nobody has, whose sender's connection has ended,
// or that were claimed over 7 s ago. That an alert is over is not given out while another message about it
// is under way. For lives begun by BeginSenderLife on `db`.
absl::StatusOr<std::vector<Notification>> ClaimNotifications(postgres::Connection& db, int life, Rank rank,
                                                             absl::Time now, int limit);

// An attempt begins now: counts it. Gives where the alert stands, nothing when the message was withdrawn or
// is another's meanwhile.
absl::StatusOr<std::optional<State>> BeginAttempt(postgres::Connection& db, int life,
                                                  Notification& notification);

// Gives a claimed one back, with what became of it: state, next_attempt_time, send_time, last_error. One that
// was withdrawn under way and was not taken stays withdrawn.
absl::Status GiveBack(postgres::Connection& db, int life, const Notification& notification);

}  // namespace tonghu::alerts
