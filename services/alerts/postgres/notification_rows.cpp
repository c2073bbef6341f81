#include "services/alerts/postgres/notification_rows.h"

#include "absl/strings/str_cat.h"
#include "libs/postgres/rows.h"

namespace tonghu::alerts {
namespace {

using postgres::Params;
using postgres::Result;

#define TONGHU_NOTIFICATION_COLUMNS                                                                          \
  "n.county, n.notification_id, n.alert_id, n.kind, n.staff_id, n.level, n.state, n.attempts, n.make_time, " \
  "n.next_attempt_time, n.send_time, n.last_error"

// Ids begin with the alert's and a hyphen; '.' is the character after it.
constexpr char kList[] =
    "SELECT " TONGHU_NOTIFICATION_COLUMNS
    " FROM notification n WHERE n.county = $1 AND n.notification_id > $2 AND n.notification_id < $3 "
    "ORDER BY n.make_time, n.level, n.notification_id LIMIT $4";

constexpr char kClaim[] =
    "WITH due AS (SELECT county, notification_id FROM notification WHERE state = 1 AND rank <= $3 AND "
    "next_attempt_time <= $1 "
    "ORDER BY rank, next_attempt_time LIMIT $4 FOR UPDATE SKIP LOCKED) "
    "UPDATE notification n SET next_attempt_time = $2, attempts = n.attempts + 1 FROM due "
    "WHERE n.county = due.county AND n.notification_id = due.notification_id "
    "RETURNING " TONGHU_NOTIFICATION_COLUMNS;

constexpr char kSettle[] =
    "UPDATE notification n SET state = s.state, attempts = s.attempts, next_attempt_time = "
    "s.next_attempt_time, send_time = s.send_time, "
    "last_error = s.last_error FROM unnest($1, $2, $3, $4, $5, $6, $7) "
    "AS s (county, notification_id, state, attempts, next_attempt_time, send_time, last_error) "
    "WHERE n.county = s.county AND n.notification_id = s.notification_id AND n.state = 1";

std::vector<Notification> Read(const Result& rows) {
  std::vector<Notification> notifications;
  for (int i = 0; i < rows.rows(); ++i) {
    notifications.push_back({.county = rows.String(i, 0),
                             .id = rows.String(i, 1),
                             .alert_id = rows.String(i, 2),
                             .kind = static_cast<Kind>(rows.Int(i, 3)),
                             .staff_id = rows.String(i, 4),
                             .level = static_cast<Level>(rows.Int(i, 5)),
                             .state = static_cast<NotificationState>(rows.Int(i, 6)),
                             .attempts = static_cast<int>(rows.Int(i, 7)),
                             .make_time = rows.Time(i, 8),
                             .next_attempt_time = rows.Time(i, 9),
                             .send_time = rows.Time(i, 10),
                             .last_error = rows.String(i, 11)});
  }
  return notifications;
}

}  // namespace

absl::Status InsertNotifications(postgres::Connection& db, Channel channel,
                                 const std::vector<Notification>& notifications) {
  if (notifications.empty()) return absl::OkStatus();
  const bool live = channel == Channel::kLive;  // told by the stream itself: nothing is left to be sent
  const NotificationState state = live ? NotificationState::kSent : NotificationState::kPending;
  postgres::Rows rows(
      "notification",
      "county, notification_id, alert_id, kind, staff_id, level, channel, rank, state, attempts, make_time, "
      "next_attempt_time, send_time, last_error");
  for (const Notification& notification : notifications) {
    rows.Next()
        .Text(notification.county)
        .Text(notification.id)
        .Text(notification.alert_id)
        .Small(static_cast<int>(notification.kind));
    rows.Text(notification.staff_id)
        .Small(static_cast<int>(notification.level))
        .Text(live ? "live" : "webhook");
    rows.Small(notification.kind == Kind::kEmergency ? 0 : 1)
        .Small(static_cast<int>(state))
        .Int(0)
        .Time(notification.make_time);
    rows.Time(live ? absl::InfinitePast() : notification.make_time)
        .Time(live ? notification.make_time : absl::InfinitePast())
        .Text("");
  }
  return rows.InsertInto(db);
}

absl::StatusOr<std::vector<Notification>> ListNotifications(postgres::Connection& db,
                                                            const std::string& county,
                                                            const std::string& alert_id, int limit) {
  auto rows = db.Run(
      kList,
      Params().Text(county).Text(absl::StrCat(alert_id, "-")).Text(absl::StrCat(alert_id, ".")).Int(limit));
  if (!rows.ok()) return rows.status();
  return Read(*rows);
}

absl::StatusOr<std::vector<Notification>> ClaimNotifications(postgres::Connection& db, absl::Time now,
                                                             absl::Time again, bool urgent_only, int limit) {
  auto rows = db.Run(kClaim, Params().Time(now).Time(again).Int(urgent_only ? 0 : 1).Int(limit));
  if (!rows.ok()) return rows.status();
  return Read(*rows);
}

absl::Status SettleNotifications(postgres::Connection& db, const std::vector<Notification>& notifications) {
  if (notifications.empty()) return absl::OkStatus();
  std::vector<std::string> counties, ids, errors;
  std::vector<int64_t> states, attempts;
  std::vector<absl::Time> next_times, send_times;
  for (const Notification& notification : notifications) {
    counties.push_back(notification.county);
    ids.push_back(notification.id);
    states.push_back(static_cast<int64_t>(notification.state));
    attempts.push_back(notification.attempts);
    next_times.push_back(notification.next_attempt_time);
    send_times.push_back(notification.send_time);
    errors.push_back(notification.last_error);
  }
  Params params;
  params.Texts(counties)
      .Texts(ids)
      .Ints(states)
      .Ints(attempts)
      .Times(next_times)
      .Times(send_times)
      .Texts(errors);
  return db.Defer(kSettle, params);
}

}  // namespace tonghu::alerts
