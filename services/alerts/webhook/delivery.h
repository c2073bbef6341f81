// A notification on its way through the webhook: what is sent, and what becomes of the attempt. Pure.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/alerts/postgres/notification_rows.h"

namespace tonghu::alerts {

inline constexpr int kMostAttempts = 12;

// The body, JSON: {"type", "timestamp", "data": {…}} with the case number (the alert's id), kind, level,
// where the alert stands (`state`), and the path under which those who may find the rest. The body leaves the
// platform, so it holds no child, nobody's name and no phone.
std::string WebhookBody(const Notification& notification, State state);

// How long after attempt number `attempts` (from 1) the next one is made: 5 s, doubled each time, at most an
// hour.
absl::Duration PauseAfter(int attempts);

// Sets the outcome of an attempt at `now`: sent, to be tried again, or given up.
void Settle(Notification& notification, const absl::Status& outcome, absl::Time now);

}  // namespace tonghu::alerts
