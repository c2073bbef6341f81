#include "services/alerts/postgres/notification_rows.h"

#include "absl/strings/str_cat.h"
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

constexpr char kCount[] =
    "SELECT n.county, n.alert_id, n.state, count(*) FROM (SELECT DISTINCT k.county, k.alert_id FROM "
    "unnest($1, $2) AS k (county, alert_id)) k JOIN notification n ON " TONGHU_NOTIFICATIONS_OF(
        "k") " GROUP BY n.county, n.alert_id, n.state";

constexpr char kWithdraw[] =
    "UPDATE notification n SET state = 5, next_attempt_time = NULL FROM unnest($1, $2) AS k (county, "
    "alert_id) WHERE n.state = 1 AND " TONGHU_NOTIFICATIONS_OF("k");

// Who may have been told: a try was made, or the message was taken.
constexpr char kEnd[] =
    "WITH over AS (SELECT * FROM unnest($1, $2, $3, $4) AS o (county, alert_id, generation, time)), "
    "withdrawn AS (UPDATE notification n SET state = 5, next_attempt_time = NULL FROM over o "
    "WHERE n.state = 1 AND " TONGHU_NOTIFICATIONS_OF("o") "), "
    "told AS (SELECT DISTINCT ON (n.county, n.alert_id, n.staff_id) n.county, n.alert_id, n.kind, n.staff_id, "
    "n.level, n.rank, o.generation, o.time FROM over o JOIN notification n ON " TONGHU_NOTIFICATIONS_OF("o")
    " WHERE n.purpose = 1 AND (n.state = 2 OR n.attempts > 0) "
    "ORDER BY n.county, n.alert_id, n.staff_id, n.level DESC) "
    "INSERT INTO notification (county, notification_id, alert_id, kind, purpose, staff_id, level, channel, "
    "rank, state, attempts, make_time, next_attempt_time, last_error, claimed_by) "
    "SELECT county, alert_id || '-' || generation || '-over-' || row_number() OVER (PARTITION BY county, "
    "alert_id ORDER BY staff_id), alert_id, kind, 2, staff_id, level, $5, rank, $6, 0, time, "
    "CASE WHEN $6 = 1 THEN time END, '', 0 FROM told";

constexpr char kTake[] =
    "UPDATE notification n SET state = 2, send_time = $4 FROM unnest($1, $2, $3) AS k (county, alert_id, "
    "time) WHERE n.state = 4 AND n.make_time <= k.time AND " TONGHU_NOTIFICATIONS_OF(
        "k") " RETURNING n.purpose";

const char* NameOf(Channel channel) { return channel == Channel::kLive ? "live" : "webhook"; }

NotificationState FirstState(Channel channel) {
  return channel == Channel::kLive ? NotificationState::kNotTaken : NotificationState::kPending;
}

int* Counter(Delivery& delivery, NotificationState state) {
  switch (state) {
    case NotificationState::kPending:
      return &delivery.pending;
    case NotificationState::kSent:
      return &delivery.sent;
    case NotificationState::kFailed:
      return &delivery.failed;
    case NotificationState::kNotTaken:
      return &delivery.not_taken;
    case NotificationState::kWithdrawn:
      return &delivery.withdrawn;
  }
  return nullptr;
}

}  // namespace

absl::Status InsertNotifications(postgres::Connection& db, Channel channel,
                                 const std::vector<Notification>& notifications) {
  if (notifications.empty()) return absl::OkStatus();
  std::vector<NewNotification> rows;
  rows.reserve(notifications.size());
  for (const Notification& notification : notifications) {
    Notification& one = rows.emplace_back(NewNotification{notification, RankOf(notification.kind)}).one;
    one.channel = NameOf(channel);
    one.state = FirstState(channel);
    if (channel != Channel::kLive) one.next_attempt_time = one.make_time;
  }
  return kNew.Insert(db, "notification", rows);
}

absl::StatusOr<std::vector<Notification>> ListNotifications(postgres::Connection& db,
                                                            const std::string& county,
                                                            const std::string& alert_id, int limit) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kNotification.List("n."),
      " FROM notification n WHERE n.county = $1 AND n.notification_id > $2 AND n.notification_id < $3 "
      "ORDER BY n.make_time, n.purpose, n.level, n.notification_id LIMIT $4");
  return kNotification.ReadAll(db.Run(
      sql,
      Params().Text(county).Text(absl::StrCat(alert_id, "-")).Text(absl::StrCat(alert_id, ".")).Int(limit)));
}

absl::StatusOr<ByKey<Delivery>> CountNotifications(postgres::Connection& db, const KeyColumns& alerts) {
  auto rows = db.Run(kCount, alerts.Uuids());
  if (!rows.ok()) return rows.status();
  ByKey<Delivery> counts;
  for (int i = 0; i < rows->rows(); ++i) {
    Delivery& delivery = counts[{rows->String(i, 0), rows->Uuid(i, 1)}];
    int* const counter = Counter(delivery, static_cast<NotificationState>(rows->Int(i, 2)));
    if (counter != nullptr) *counter = static_cast<int>(rows->Int(i, 3));
  }
  return counts;
}

absl::Status WithdrawNotifications(postgres::Connection& db, const KeyColumns& alerts) {
  if (alerts.empty()) return absl::OkStatus();
  return db.Defer(kWithdraw, alerts.Uuids());
}

absl::Status EndNotifications(postgres::Connection& db, Channel channel, const Resolved& resolved) {
  if (resolved.alerts.empty()) return absl::OkStatus();
  Params params = resolved.alerts.Uuids();
  params.Ints(resolved.generations).Times(resolved.times);
  params.Text(NameOf(channel)).Int(static_cast<int>(FirstState(channel)));
  return db.Defer(kEnd, params);
}

absl::StatusOr<int64_t> TakeNotifications(postgres::Connection& db, const KeyColumns& alerts,
                                          const std::vector<absl::Time>& times, absl::Time now) {
  auto taken = db.Run(kTake, alerts.Uuids().Times(times).Time(now));
  if (!taken.ok()) return taken.status();
  int64_t told = 0;
  for (int i = 0; i < taken->rows(); ++i) {
    if (static_cast<Purpose>(taken->Int(i, 0)) == Purpose::kTold) ++told;
  }
  return told;
}

}  // namespace tonghu::alerts
