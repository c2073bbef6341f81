// Alerts as rows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

// An alert to store, and how many of its entries are stored already.
struct AlertRow {
  const Alert* alert;
  size_t stored_entries = 0;
};

// Those that exist, in no order. Repeated keys give one.
absl::StatusOr<std::vector<Alert>> LoadAlerts(postgres::Connection& db, absl::Span<const Key> keys);

// The unresolved absence alerts of children; without entries.
absl::StatusOr<std::vector<Alert>> LoadOpenAbsenceAlerts(postgres::Connection& db,
                                                         absl::Span<const Key> children);

// Alerts whose next step is due at `now`, the longest due first; without entries.
absl::StatusOr<std::vector<Alert>> LoadDueAlerts(postgres::Connection& db, int shard, absl::Time now,
                                                 int limit);

// Whether any is due, for journal::Sweep.
extern const char kAlertsDue[];

// Takes out those that are stored already: an alert that exists stays as it is.
absl::Status ForgetStored(postgres::Connection& db, std::vector<AlertRow>& alerts);
// Stores new alerts; leaves in `alerts` those that were not there before, the others stay as they are.
absl::Status InsertFresh(postgres::Connection& db, int shard, std::vector<AlertRow>& alerts);
// Stores new alerts. Errors: ALREADY_EXISTS, and the transaction is lost.
absl::Status InsertAlerts(postgres::Connection& db, int shard, absl::Span<const AlertRow> alerts);

// Stores changes and counts the generations up. Errors: ABORTED when somebody else changed one of them since
// it was read.
absl::Status UpdateAlerts(postgres::Connection& db, absl::Span<const AlertRow> rows);

struct AlertFilter {
  std::string county;
  int state = 0;  // 0: all
  int kind = 0;   // 0: all
  std::string child_id;
  absl::Time raised_from = absl::UnixEpoch();
  absl::Time raised_before = absl::InfiniteFuture();
};
// With entries, by id, those after `after`.
absl::StatusOr<std::vector<Alert>> ListAlerts(postgres::Connection& db, const AlertFilter& filter,
                                              std::string_view after, int limit);

}  // namespace tonghu::alerts
