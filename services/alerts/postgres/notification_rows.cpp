#include "services/alerts/postgres/notification_rows.h"

#include "absl/strings/str_cat.h"
#include "libs/status/macros.h"
#include "services/alerts/postgres/notification_sql.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;
using postgres::Params;

// A notification as it is first stored.
struct NewNotification {
  Notification one;
  Rank rank;
  int claimed_by = 0;
};
constexpr auto kNew = postgres::Columns{Field<&NewNotification::rank>("rank"),
                                        Field<&NewNotification::claimed_by>("claimed_by")} +
                      ColumnsOfNotification<&NewNotification::one>();

// The counts of a group's notifications by state.
#define TONGHU_IN_STATE(state) "count(*) FILTER (WHERE n.state = " state ")"
constexpr postgres::Columns kDelivery{Field<&Delivery::alert, &Key::first>("n.county"),
                                      Field<&Delivery::alert, &Key::second>("n.alert_id", postgres::kUuid),
                                      Field<&Delivery::pending>(TONGHU_IN_STATE("1")),
                                      Field<&Delivery::sent>(TONGHU_IN_STATE("2")),
                                      Field<&Delivery::failed>(TONGHU_IN_STATE("3")),
                                      Field<&Delivery::not_taken>(TONGHU_IN_STATE("4")),
                                      Field<&Delivery::withdrawn>(TONGHU_IN_STATE("5"))};

constexpr postgres::Columns kResolved{Field<&Resolved::alert, &Key::first>("county"),
                                      Field<&Resolved::alert, &Key::second>("id", postgres::kUuid),
                                      Field<&Resolved::generation>("generation"),
                                      Field<&Resolved::time>("time")};

constexpr postgres::Columns kSeen{Field<&Seen::first, &Key::first>("county"),
                                  Field<&Seen::first, &Key::second>("id", postgres::kUuid),
                                  Field<&Seen::second>("time")};

const char* NameOf(Channel channel) { return channel == Channel::kLive ? "live" : "webhook"; }

NotificationState FirstState(Channel channel) {
  return channel == Channel::kLive ? NotificationState::kNotTaken : NotificationState::kPending;
}

}  // namespace

absl::Status InsertNotifications(postgres::Connection& db, Channel channel,
                                 absl::Span<const Notification> notifications) {
  if (notifications.empty()) return absl::OkStatus();
  std::vector<NewNotification> rows;
  rows.reserve(notifications.size());
  for (const Notification& notification : notifications) {
    Notification& one = rows.emplace_back(NewNotification{notification, RankOf(notification.kind)}).one;
    one.channel = NameOf(channel);
    one.state = FirstState(channel);
    // A live message is never posted, so it has no next attempt.
    if (channel != Channel::kLive) one.next_attempt_time = one.make_time;
  }
  return kNew.Insert(db, "notification", rows);
}

absl::StatusOr<std::vector<Notification>> ListNotifications(postgres::Connection& db,
                                                            const std::string& county,
                                                            const std::string& alert_id, int limit) {
  // The ids of an alert's messages begin with the alert's and "-". In bytes "." follows "-", so the range
  // holds all of them and nothing else.
  static const std::string sql = absl::StrCat(
      "SELECT ", kNotification.List("n."),
      " FROM notification n WHERE n.county = $1 AND n.notification_id > $2 AND n.notification_id < $3 "
      "ORDER BY n.make_time, n.purpose, n.level, n.notification_id LIMIT $4");
  return kNotification.ReadAll(db.Run(
      sql,
      Params().Text(county).Text(absl::StrCat(alert_id, "-")).Text(absl::StrCat(alert_id, ".")).Int(limit)));
}

absl::StatusOr<std::vector<Delivery>> CountNotifications(postgres::Connection& db,
                                                         absl::Span<const Key> alerts) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kDelivery.List(), " FROM (SELECT DISTINCT * FROM ", kUuidKeys.Unnest("u"),
      ") k JOIN notification n ON " TONGHU_NOTIFICATIONS_OF("k") " GROUP BY n.county, n.alert_id");
  return kDelivery.ReadAll(db.Run(sql, kUuidKeys.Arrays(alerts)));
}

absl::Status WithdrawNotifications(postgres::Connection& db, absl::Span<const Key> alerts) {
  static const std::string sql =
      // A message that is being posted keeps its claim; GiveBack then sees that it was withdrawn.
      absl::StrCat("UPDATE notification n SET state = 5, next_attempt_time = NULL FROM ",
                   kUuidKeys.Unnest("k"), " WHERE n.state = 1 AND " TONGHU_NOTIFICATIONS_OF("k"));
  if (alerts.empty()) return absl::OkStatus();
  return db.Defer(sql, kUuidKeys.Arrays(alerts));
}

// A person may have been told when a try was made or the message was taken. A person who was told at several
// levels is told of the end once, at the highest of them.
absl::Status EndNotifications(postgres::Connection& db, Channel channel,
                              absl::Span<const Resolved> resolved) {
  static const std::string sql = absl::StrCat(
      "WITH over AS (SELECT * FROM ", kResolved.Unnest("o"),
      "), withdrawn AS (UPDATE notification n SET state = 5, next_attempt_time = NULL FROM over o "
      "WHERE n.state = 1 AND " TONGHU_NOTIFICATIONS_OF("o") "), "
      "told AS (SELECT DISTINCT ON (n.county, n.alert_id, n.staff_id) n.county, n.alert_id, n.kind, "
      "n.staff_id, n.level, n.rank, o.generation, o.time FROM over o JOIN notification n "
      "ON " TONGHU_NOTIFICATIONS_OF("o") " WHERE n.purpose = 1 AND (n.state = 2 OR n.attempts > 0) "
      "ORDER BY n.county, n.alert_id, n.staff_id, n.level DESC) "
      "INSERT INTO notification (county, notification_id, alert_id, kind, purpose, staff_id, level, channel, "
      "rank, state, attempts, make_time, next_attempt_time, last_error, claimed_by) "
      // The id follows from the alert and its generation, so a transaction that is repeated writes the same
      // ids.
      "SELECT county, alert_id || '-' || generation || '-over-' || row_number() OVER (PARTITION BY county, "
      "alert_id ORDER BY staff_id), alert_id, kind, 2, staff_id, level, $5, rank, $6, 0, time, "
      "CASE WHEN $6 = 1 THEN time END, '', 0 FROM told");
  if (resolved.empty()) return absl::OkStatus();
  return db.Defer(
      sql, kResolved.Arrays(resolved).Text(NameOf(channel)).Int(static_cast<int>(FirstState(channel))));
}

absl::StatusOr<int64_t> TakeNotifications(postgres::Connection& db, absl::Span<const Seen> seen,
                                          absl::Time now) {
  static const std::string sql = absl::StrCat(
      // Only messages that tell of an alert are counted, since only those are counted when they are written.
      "WITH taken AS (UPDATE notification n SET state = 2, send_time = $4 FROM ", kSeen.Unnest("k"),
      " WHERE n.state = 4 AND n.make_time <= k.time AND " TONGHU_NOTIFICATIONS_OF(
          "k") " RETURNING n.purpose) SELECT count(*) FROM taken WHERE purpose = 1");
  ASSIGN_OR_RETURN(auto told, db.Run(sql, kSeen.Arrays(seen).Time(now)));
  return told.Int(0, 0);
}

}  // namespace tonghu::alerts
