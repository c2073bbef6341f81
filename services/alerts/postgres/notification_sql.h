// What statements about notifications share (postgres/ only).
#pragma once

#include "libs/postgres/connection.h"
#include "services/alerts/postgres/notification_rows.h"

namespace tonghu::alerts {

// In the order in which NotificationIn reads them.
#define TONGHU_NOTIFICATION_COLUMNS                                                                       \
  "n.county, n.notification_id, n.alert_id, n.kind, n.purpose, n.staff_id, n.level, n.channel, n.state, " \
  "n.attempts, n.make_time, n.next_attempt_time, n.send_time, n.last_error"

// Those `n` of the alert `k`. Ids begin with the alert's and a hyphen; '.' is the character after it.
#define TONGHU_NOTIFICATIONS_OF(k)                     \
  "n.county = " k ".county AND n.notification_id > " k \
  ".alert_id || '-' AND "                              \
  "n.notification_id < " k ".alert_id || '.'"

inline Notification NotificationIn(const postgres::Result& rows, int i) {
  return {.county = rows.String(i, 0),
          .id = rows.String(i, 1),
          .alert_id = rows.String(i, 2),
          .kind = static_cast<Kind>(rows.Int(i, 3)),
          .purpose = static_cast<Purpose>(rows.Int(i, 4)),
          .staff_id = rows.String(i, 5),
          .level = static_cast<Level>(rows.Int(i, 6)),
          .channel = rows.String(i, 7),
          .state = static_cast<NotificationState>(rows.Int(i, 8)),
          .attempts = static_cast<int>(rows.Int(i, 9)),
          .make_time = rows.Time(i, 10),
          .next_attempt_time = rows.Time(i, 11),
          .send_time = rows.Time(i, 12),
          .last_error = rows.String(i, 13)};
}

}  // namespace tonghu::alerts
