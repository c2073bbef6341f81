#include "services/alerts/postgres/alert_rows.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/directory/columns.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"
#include "services/alerts/postgres/stored.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;
using postgres::kInt2;
using postgres::kUuid;
using postgres::Params;

// The columns of an alert without its entries. `at` are the members that lead to the alert from the row that
// has it.
template <auto... at>
constexpr auto ColumnsOfAlert() {
  return postgres::Columns{Field<at..., &Alert::county>("county"),
                           Field<at..., &Alert::id>("alert_id", kUuid),
                           Field<at..., &Alert::kind>("kind"),
                           Field<at..., &Alert::state>("state"),
                           Field<at..., &Alert::child_id>("child_id", kUuid),
                           Field<at..., &Alert::helper_id>("helper_id"),
                           Field<at..., &Alert::duty_id>("duty_id", kUuid),
                           Field<at..., &Alert::duty_kind>("duty_kind", kInt2),
                           Field<at..., &Alert::day>("day"),
                           Field<at..., &Alert::last_day>("last_day"),
                           Field<at..., &Alert::level>("level"),
                           Field<at..., &Alert::next_step>("next_step", kInt2),
                           Field<at..., &Alert::next_step_time>("next_step_time"),
                           Field<at..., &Alert::policy_version>("policy_version"),
                           Field<at..., &Alert::raise_time>("raise_time"),
                           Field<at..., &Alert::acknowledge_time>("acknowledge_time"),
                           Field<at..., &Alert::acknowledged_by>("acknowledged_by"),
                           Field<at..., &Alert::resolve_time>("resolve_time"),
                           Field<at..., &Alert::resolution>("resolution"),
                           Field<at..., &Alert::occurrences>("occurrences")} +
         directory::PlaceColumns<at..., &Alert::place>();
}

constexpr auto kWithoutEntries =
    ColumnsOfAlert<>() + postgres::Columns{Field<&Alert::generation>("generation")};

// An alert and its entries as they are stored.
struct ReadAlert {
  Alert alert;
  std::string entries;
};
constexpr auto kWithEntries = ColumnsOfAlert<&ReadAlert::alert>() +
                              postgres::Columns{Field<&ReadAlert::alert, &Alert::generation>("generation"),
                                                Field<&ReadAlert::entries>("entries", postgres::kBytea)};

// An alert as it is written.
struct WrittenAlert {
  const Alert* alert;
  int shard;
  int64_t generation;   // of a new alert
  std::string entries;  // the entries that are not stored yet
};
constexpr auto kNew = ColumnsOfAlert<&WrittenAlert::alert>() +
                      postgres::Columns{Field<&WrittenAlert::shard>("shard", kInt2),
                                        Field<&WrittenAlert::generation>("generation"),
                                        Field<&WrittenAlert::entries>("entries", postgres::kBytea)};

// What may change once an alert is raised.
constexpr postgres::Columns kState{Field<&WrittenAlert::alert, &Alert::state>("state"),
                                   Field<&WrittenAlert::alert, &Alert::level>("level"),
                                   Field<&WrittenAlert::alert, &Alert::next_step>("next_step", kInt2),
                                   Field<&WrittenAlert::alert, &Alert::next_step_time>("next_step_time"),
                                   Field<&WrittenAlert::alert, &Alert::acknowledge_time>("acknowledge_time"),
                                   Field<&WrittenAlert::alert, &Alert::acknowledged_by>("acknowledged_by"),
                                   Field<&WrittenAlert::alert, &Alert::resolve_time>("resolve_time"),
                                   Field<&WrittenAlert::alert, &Alert::resolution>("resolution"),
                                   Field<&WrittenAlert::alert, &Alert::occurrences>("occurrences")};
constexpr auto kChange = postgres::Columns{Field<&WrittenAlert::alert, &Alert::county>("county"),
                                           Field<&WrittenAlert::alert, &Alert::id>("alert_id", kUuid),
                                           Field<&WrittenAlert::alert, &Alert::generation>("generation"),
                                           Field<&WrittenAlert::entries>("entries", postgres::kBytea)} +
                         kState;

// The rows as they are written, each with its new entries only.
std::vector<WrittenAlert> Written(absl::Span<const AlertRow> rows, int shard) {
  std::vector<WrittenAlert> written;
  written.reserve(rows.size());
  for (const AlertRow& row : rows) {
    const auto entries = absl::MakeConstSpan(row.alert->entries).subspan(row.stored_entries);
    written.push_back({row.alert, shard, 1, EncodeEntries(entries)});
  }
  return written;
}

absl::StatusOr<std::vector<Alert>> WithEntries(absl::StatusOr<postgres::Result> result) {
  ASSIGN_OR_RETURN(auto rows, kWithEntries.ReadAll(result));
  std::vector<Alert> alerts;
  for (ReadAlert& row : rows) {
    alerts.push_back(std::move(row.alert));
    alerts.back().entries = DecodeEntries(row.entries);
  }
  return alerts;
}

}  // namespace

std::string AlertCondition(const rights::Filter& within, Params& params) {
  return rights::Condition(
      within, {"a.school_id", "a.township_code", "a.grade", "a.class_number", "a.child_id"}, params);
}

// Reads one entry of the index alert_due.
const char kNextAlert[] =
    "SELECT next_step_time FROM alert WHERE shard = $1 AND state <> 3 ORDER BY next_step_time LIMIT 1";

absl::StatusOr<std::vector<Alert>> LoadAlerts(postgres::Connection& db, absl::Span<const Key> keys) {
  static const std::string sql =
      absl::StrCat("SELECT ", kWithEntries.List("a."), " FROM (SELECT DISTINCT * FROM ",
                   kUuidKeys.Unnest("u"), ") k JOIN alert a ON a.county = k.county AND a.alert_id = k.id");
  return WithEntries(db.Run(sql, kUuidKeys.Arrays(keys)));
}

// State 3 is State::kResolved.
absl::StatusOr<std::vector<Alert>> LoadUnresolvedAlerts(postgres::Connection& db, Kind kind,
                                                        absl::Span<const Key> children) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kWithoutEntries.List("a."), " FROM (SELECT DISTINCT * FROM ", kUuidKeys.Unnest("u"),
      ") k JOIN alert a ON a.county = k.county AND a.child_id = k.id WHERE a.kind = $3 AND a.state <> 3");
  return kWithoutEntries.ReadAll(db.Run(sql, kUuidKeys.Arrays(children).Int(static_cast<int64_t>(kind))));
}

absl::StatusOr<std::vector<Alert>> LoadUnresolvedSchoolAlerts(postgres::Connection& db, Kind kind,
                                                              absl::Span<const Key> schools) {
  static const std::string sql =
      absl::StrCat("SELECT ", kWithoutEntries.List("a."), " FROM (SELECT DISTINCT * FROM ", kKeys.Unnest("u"),
                   ") k JOIN alert a ON a.county = k.county AND a.school_id = k.id "
                   "WHERE a.child_id IS NULL AND a.kind = $3 AND a.state <> 3");
  return kWithoutEntries.ReadAll(db.Run(sql, kKeys.Arrays(schools).Int(static_cast<int64_t>(kind))));
}

absl::StatusOr<std::vector<Alert>> LoadDueAlerts(postgres::Connection& db, int shard, absl::Time now,
                                                 int limit) {
  static const std::string sql =
      absl::StrCat("SELECT ", kWithoutEntries.List("a."),
                   " FROM alert a WHERE a.shard = $1 AND a.state <> 3 AND a.next_step_time <= $2 "
                   "ORDER BY a.next_step_time LIMIT $3");
  return kWithoutEntries.ReadAll(db.Run(sql, Params().Int(shard).Time(now).Int(limit)));
}

// Nobody adds an alert between this look and the insert, since the shard's lock is held.
absl::Status ForgetStored(postgres::Connection& db, std::vector<AlertRow>& alerts) {
  static const std::string sql =
      absl::StrCat("SELECT ", kUuidKeys.List("k."), " FROM ", kUuidKeys.Unnest("k"),
                   " JOIN alert a ON a.county = k.county AND a.alert_id = k.id");
  std::vector<Key> keys;
  for (const AlertRow& row : alerts) keys.push_back(row.alert->key());
  ASSIGN_OR_RETURN(auto existing, kUuidKeys.ReadAll(db.Run(sql, kUuidKeys.Arrays(keys))));
  const absl::flat_hash_set<Key> known(existing.begin(), existing.end());
  std::erase_if(alerts, [&](const AlertRow& row) { return known.contains(row.alert->key()); });
  return absl::OkStatus();
}

absl::Status InsertAlerts(postgres::Connection& db, int shard, absl::Span<const AlertRow> alerts) {
  return kNew.Insert(db, "alert", Written(alerts, shard));
}

absl::Status InsertFresh(postgres::Connection& db, int shard, std::vector<AlertRow>& alerts) {
  // A large batch is nearly always new: it is inserted under a savepoint, at once, and only a collision costs
  // a second round.
  if (alerts.size() >= postgres::kCopyFrom) {
    RETURN_IF_ERROR(db.Defer("SAVEPOINT fresh"));
    absl::Status stored = InsertAlerts(db, shard, alerts);
    if (!absl::IsAlreadyExists(stored)) return stored;
    if (auto back = db.Run("ROLLBACK TO SAVEPOINT fresh"); !back.ok()) return back.status();
  }
  absl::Status looked = ForgetStored(db, alerts);
  return looked.ok() ? InsertAlerts(db, shard, alerts) : looked;
}

absl::Status UpdateAlerts(postgres::Connection& db, absl::Span<const AlertRow> rows) {
  static const std::string sql = absl::StrCat(
      "UPDATE alert a SET ", kState.Assignments("n.", 0),
      // Entries are appended as bytes (tonghu.alerts.stored.v1.Entries), so those that are stored need not be
      // read.
      ", generation = a.generation + 1, entries = a.entries || n.entries FROM ", kChange.Unnest("n"),
      " WHERE a.county = n.county AND a.alert_id = n.alert_id AND a.generation = n.generation");
  ASSIGN_OR_RETURN(auto updated, db.Run(sql, kChange.Arrays(Written(rows, 0))));
  // The shard's lock keeps others out; the generation finds whoever changes an alert without the lock.
  if (updated.affected() == static_cast<int64_t>(rows.size())) return absl::OkStatus();
  return absl::AbortedError("an alert was changed by somebody else");
}

absl::StatusOr<directory::ReadModelPlaces::Abouts> FindAlerts(postgres::Connection& db,
                                                              const rpc::Sought& sought) {
  std::vector<Key> keys;
  for (const std::string& id : sought.resources) keys.emplace_back(sought.county, id);
  ASSIGN_OR_RETURN(auto alerts, LoadAlerts(db, keys));
  directory::ReadModelPlaces::Abouts abouts;
  for (Alert& alert : alerts) abouts[alert.id] = {std::move(alert.child_id), std::move(alert.place)};
  return abouts;
}

// There are two texts a filter, since an OR would keep the planner from the child's index.
absl::StatusOr<std::vector<Alert>> ListAlerts(postgres::Connection& db, const AlertFilter& filter,
                                              std::string_view after, int limit) {
  Params params;
  params.Text(filter.county).UuidAfter(after).Int(filter.state).Int(filter.kind).Int(limit);
  params.Time(filter.raised_from).Time(filter.raised_before);
  if (!filter.child_id.empty()) params.Uuid(filter.child_id);
  const std::string sql =
      absl::StrCat("SELECT ", kWithEntries.List("a."),
                   " FROM alert a WHERE a.county = $1 AND a.alert_id > $2 AND ($3 = 0 OR a.state = $3) "
                   "AND ($4 = 0 OR a.kind = $4) AND a.raise_time >= $6 AND a.raise_time < $7",
                   filter.child_id.empty() ? "" : " AND a.child_id = $8", " AND ",
                   AlertCondition(filter.within, params), " ORDER BY a.alert_id LIMIT $5");
  return WithEntries(db.Run(sql, params));
}

// The order is that of the index alert_due, so that a page reads no more than it shows and the alerts of the
// shard's other counties between them.
absl::StatusOr<std::vector<Alert>> ListInbox(postgres::Connection& db, int shard, const AlertFilter& filter,
                                             const InboxPosition& after, int limit) {
  Params params;
  params.Int(shard).Text(filter.county).Time(after.next_step_time).UuidAfter(after.alert_id);
  params.Int(filter.kind).Int(limit).Time(filter.raised_from).Time(filter.raised_before);
  params.Uuid(filter.child_id).Bool(!filter.child_id.empty());
  const std::string sql =
      absl::StrCat("SELECT ", kWithEntries.List("a."),
                   " FROM alert a WHERE a.shard = $1 AND a.state <> 3 AND a.county = $2 "
                   "AND a.next_step_time >= $3 AND (a.next_step_time, a.alert_id) > ($3, $4) "
                   "AND ($5 = 0 OR a.kind = $5) AND a.raise_time >= $7 AND a.raise_time < $8 "
                   "AND (NOT $10 OR a.child_id = $9) AND ",
                   AlertCondition(filter.within, params), " ORDER BY a.next_step_time, a.alert_id LIMIT $6");
  return WithEntries(db.Run(sql, params));
}

}  // namespace tonghu::alerts
