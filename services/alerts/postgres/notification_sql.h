// Parts that statements about notifications share (postgres/ only).
#pragma once

#include "libs/postgres/columns.h"
#include "services/alerts/postgres/notification_rows.h"

namespace tonghu::alerts {

// The columns of a notification. `at` are the members that lead to the notification from the row that has it.
template <auto... at>
constexpr auto ColumnsOfNotification() {
  return postgres::Columns{postgres::Field<at..., &Notification::county>("county"),
                           postgres::Field<at..., &Notification::id>("notification_id"),
                           postgres::Field<at..., &Notification::alert_id>("alert_id", postgres::kUuid),
                           postgres::Field<at..., &Notification::kind>("kind"),
                           postgres::Field<at..., &Notification::purpose>("purpose"),
                           postgres::Field<at..., &Notification::staff_id>("staff_id"),
                           postgres::Field<at..., &Notification::level>("level"),
                           postgres::Field<at..., &Notification::channel>("channel"),
                           postgres::Field<at..., &Notification::state>("state"),
                           postgres::Field<at..., &Notification::attempts>("attempts"),
                           postgres::Field<at..., &Notification::make_time>("make_time"),
                           postgres::Field<at..., &Notification::next_attempt_time>("next_attempt_time"),
                           postgres::Field<at..., &Notification::send_time>("send_time"),
                           postgres::Field<at..., &Notification::last_error>("last_error")};
}
inline constexpr auto kNotification = ColumnsOfNotification<>();

// The condition that `n` is a notification of the alert with the key `k`. Ids begin with the alert's and a
// hyphen; '.' is the character after the hyphen, so the condition is a range of the primary key.
#define TONGHU_NOTIFICATIONS_OF(k)                     \
  "n.county = " k ".county AND n.notification_id > " k \
  ".id || '-' AND "                                    \
  "n.notification_id < " k ".id || '.'"

}  // namespace tonghu::alerts
