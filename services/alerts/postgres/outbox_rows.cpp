#include "services/alerts/postgres/outbox_rows.h"

#include "absl/strings/str_cat.h"
#include "libs/status/macros.h"
#include "services/alerts/postgres/notification_sql.h"

namespace tonghu::alerts {
namespace {

using postgres::Params;

// The class of advisory locks that mark lives, one for each life's number. A session's locks end with the
// session.
#define TONGHU_LIVES "hashtext('tonghu.alerts.sender')"

constexpr char kBeginLife[] = "SELECT life, pg_try_advisory_lock(" TONGHU_LIVES
                              ", life) FROM (SELECT nextval('sender_life')::integer AS life) fresh";

// A claim lapses after longer than a post may take (webhook/post.h).
#define TONGHU_CLAIM_LAPSED "claim_time < clock_timestamp() - interval '7 s'"

// A claim is free when the lock of its life can be had, since the life's connection has then ended. The lock
// that is tried here ends with the transaction.
constexpr char kClaim[] =
    "WITH due AS (SELECT n.county, n.notification_id FROM notification n "
    "WHERE n.state = 1 AND n.rank = $2 AND n.next_attempt_time <= $3 AND "
    "CASE n.claimed_by WHEN 0 THEN true WHEN $1 THEN false "
    "ELSE n." TONGHU_CLAIM_LAPSED " OR pg_try_advisory_xact_lock_shared(" TONGHU_LIVES
    ", n.claimed_by) END "
    // The end of an alert must not overtake the message that the alert is there.
    "AND (n.purpose = 1 OR NOT EXISTS (SELECT FROM notification o WHERE o.county = n.county "
    "AND o.notification_id > n.alert_id || '-' AND o.notification_id < n.alert_id || '.' "
    "AND o.claimed_by <> 0 AND NOT o." TONGHU_CLAIM_LAPSED
    ")) "
    // SKIP LOCKED: several senders claim side by side and never wait for one another.
    "ORDER BY n.next_attempt_time LIMIT $4 FOR UPDATE SKIP LOCKED) "
    "UPDATE notification n SET claimed_by = $1, claim_time = clock_timestamp() FROM due "
    "WHERE n.county = due.county AND n.notification_id = due.notification_id "
    "RETURNING ";

// The number of attempts after this one, and where the alert stands.
struct Attempt {
  int attempts = 0;
  State state = State::kOpen;
};
constexpr postgres::Columns kAttempt{postgres::Field<&Attempt::attempts>("n.attempts"),
                                     postgres::Field<&Attempt::state>("a.state")};

// The claim is checked once more (claimed_by = $1): a message that lapsed to another sender is that one's.
// A message that was withdrawn meanwhile stays so, unless it was sent all the same ($4 = 2).
constexpr char kGiveBack[] =
    "UPDATE notification SET claimed_by = 0, state = CASE WHEN state = 5 AND $4 <> 2 THEN 5 ELSE $4 END, "
    "next_attempt_time = CASE WHEN state = 5 THEN NULL ELSE $5 END, send_time = $6, last_error = $7 "
    "WHERE county = $2 AND notification_id = $3 AND claimed_by = $1";

}  // namespace

absl::StatusOr<int> BeginSenderLife(postgres::Connection& db) {
  ASSIGN_OR_RETURN(auto life, db.Run(kBeginLife));
  // The sequence comes round after two thousand million lives. A number whose life still lasts is not given
  // again.
  if (!life.Bool(0, 1)) return absl::AlreadyExistsError("the numbers of senders' lives are used up");
  return static_cast<int>(life.Int(0, 0));
}

absl::StatusOr<std::vector<Notification>> ClaimNotifications(postgres::Connection& db, int life, Rank rank,
                                                             absl::Time now, int limit) {
  static const std::string sql = absl::StrCat(kClaim, kNotification.List("n."));
  return kNotification.ReadAll(
      db.Run(sql, Params().Int(life).Int(static_cast<int>(rank)).Time(now).Int(limit)));
}

absl::StatusOr<std::optional<State>> BeginAttempt(postgres::Connection& db, int life,
                                                  Notification& notification) {
  // The message that there is an alert is not sent once the alert is settled; the message of its end (purpose
  // 2) is.
  static const std::string sql = absl::StrCat(
      "UPDATE notification n SET attempts = n.attempts + 1, claim_time = clock_timestamp() FROM alert a "
      "WHERE n.county = $2 AND n.notification_id = $3 AND n.state = 1 AND n.claimed_by = $1 "
      "AND a.county = n.county AND a.alert_id = n.alert_id AND (n.purpose = 2 OR a.state <> 3) RETURNING ",
      kAttempt.List());
  auto begun =
      kAttempt.ReadAll(db.Run(sql, Params().Int(life).Text(notification.county).Text(notification.id)));
  if (!begun.ok()) return begun.status();
  if (begun->empty()) return std::nullopt;
  notification.attempts = begun->front().attempts;
  return begun->front().state;
}

absl::Status GiveBack(postgres::Connection& db, int life, const Notification& notification) {
  Params params;
  params.Int(life).Text(notification.county).Text(notification.id);
  params.Int(static_cast<int>(notification.state))
      .Time(notification.next_attempt_time)
      .Time(notification.send_time)
      .Text(notification.last_error);
  return db.Run(kGiveBack, params).status();
}

}  // namespace tonghu::alerts
