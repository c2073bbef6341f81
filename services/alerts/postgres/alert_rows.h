// Alerts as rows. Errors of all functions: the connection's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/directory/places.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

// An alert to store, and how many of its entries are stored already; the others are appended.
struct AlertRow {
  const Alert* alert;
  size_t stored_entries = 0;
};

// Loads the alerts that exist, in no order, with entries. A repeated key gives one alert.
absl::StatusOr<std::vector<Alert>> LoadAlerts(postgres::Connection& db, absl::Span<const Key> keys);

// Loads the unresolved alerts of a kind about these children, without entries.
absl::StatusOr<std::vector<Alert>> LoadUnresolvedAlerts(postgres::Connection& db, Kind kind,
                                                        absl::Span<const Key> children);
// Loads the unresolved alerts of a kind about these schools and about no child, without entries.
absl::StatusOr<std::vector<Alert>> LoadUnresolvedSchoolAlerts(postgres::Connection& db, Kind kind,
                                                              absl::Span<const Key> schools);

// Loads the alerts whose next step is due at `now`, the longest due first, without entries.
absl::StatusOr<std::vector<Alert>> LoadDueAlerts(postgres::Connection& db, int shard, absl::Time now,
                                                 int limit);

// When the next open alert of a shard is due (journal::Sweep::next_sql).
extern const char kNextAlert[];

// Removes from `alerts` those that are stored already: an alert that exists stays as it is.
absl::Status ForgetStored(postgres::Connection& db, std::vector<AlertRow>& alerts);
// Stores new alerts. Leaves in `alerts` those that were not there before; the others stay as they are. So a
// missed duty whose event is consumed twice raises one alert (I4).
absl::Status InsertFresh(postgres::Connection& db, int shard, std::vector<AlertRow>& alerts);
// Stores new alerts. Errors: ALREADY_EXISTS, and then the transaction is lost.
absl::Status InsertAlerts(postgres::Connection& db, int shard, absl::Span<const AlertRow> alerts);

// Stores changes of alerts and counts their generations up. Errors: ABORTED when somebody else changed one of
// them since it was read.
absl::Status UpdateAlerts(postgres::Connection& db, absl::Span<const AlertRow> rows);

// Which alerts a list shows; an empty child: all.
struct AlertFilter {
  std::string county;
  int state = 0;  // 0: all
  int kind = 0;   // 0: all
  std::string child_id;
  absl::Time raised_from = absl::UnixEpoch();
  absl::Time raised_before = absl::InfiniteFuture();
  rights::Filter within;  // what the caller may see, by where the alert was raised
};

// The condition of the rows `a` of alerts that a caller may see (rights::Condition).
std::string AlertCondition(const rights::Filter& within, postgres::Params& params);

// What alerts are about, by the ids in `sought.resources`.
absl::StatusOr<directory::ReadModelPlaces::Abouts> FindAlerts(postgres::Connection& db,
                                                              const rpc::Sought& sought);

// Lists alerts behind `after`, by id, with entries.
absl::StatusOr<std::vector<Alert>> ListAlerts(postgres::Connection& db, const AlertFilter& filter,
                                              std::string_view after, int limit);

// Where a list by next step stands: behind this time and id.
struct InboxPosition {
  absl::Time next_step_time = absl::UnixEpoch();
  std::string alert_id;  // empty: before the first one
};
// Lists unresolved alerts behind `after`, what climbs first before the others, with entries. `shard` is the
// county's. The filter's state does not count.
absl::StatusOr<std::vector<Alert>> ListInbox(postgres::Connection& db, int shard, const AlertFilter& filter,
                                             const InboxPosition& after, int limit);

}  // namespace tonghu::alerts
