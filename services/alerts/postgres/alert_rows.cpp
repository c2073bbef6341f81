#include "services/alerts/postgres/alert_rows.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/postgres/rows.h"
#include "services/alerts/postgres/day.h"
#include "services/alerts/postgres/entry_codec.h"

namespace tonghu::alerts {
namespace {

using postgres::Params;
using postgres::Result;

#define TONGHU_ALERT_COLUMNS                                                                 \
  "a.county, a.alert_id, a.kind, a.state, a.child_id, a.helper_id, a.duty_id, a.school_id, " \
  "a.township_code, a.grade, "                                                               \
  "a.class_number, a.level, a.next_step, a.next_step_time, a.policy_version, a.raise_time, " \
  "a.acknowledge_time, "                                                                     \
  "a.acknowledged_by, a.resolve_time, a.resolution, a.occurrences, a.generation, a.day"

constexpr int kEntries = 23;  // behind the columns above, where selected

constexpr char kLoad[] =
    "SELECT " TONGHU_ALERT_COLUMNS
    ", a.entries FROM (SELECT DISTINCT k.county, k.id FROM unnest($1, $2) AS k (county, id)) k "
    "JOIN alert a ON a.county = k.county AND a.alert_id = k.id";

constexpr char kOpenAbsences[] =
    "SELECT " TONGHU_ALERT_COLUMNS
    " FROM (SELECT DISTINCT k.county, k.id FROM unnest($1, $2) AS k (county, id)) k "
    "JOIN alert a ON a.county = k.county AND a.child_id = k.id "
    "WHERE a.child_id <> '' AND a.kind = 2 AND a.state <> 3";

constexpr char kDue[] = "SELECT " TONGHU_ALERT_COLUMNS
                        " FROM alert a WHERE a.shard = $1 AND a.state <> 3 AND a.next_step_time <= $2 "
                        "ORDER BY a.next_step_time LIMIT $3";

constexpr char kList[] =
    "SELECT " TONGHU_ALERT_COLUMNS
    ", a.entries FROM alert a WHERE a.county = $1 AND a.alert_id > $2 "
    "AND ($3 = 0 OR a.state = $3) AND ($4 = 0 OR a.kind = $4) AND a.raise_time >= $6 AND a.raise_time < $7 "
    "ORDER BY a.alert_id LIMIT $5";

constexpr char kListOfChild[] =
    "SELECT " TONGHU_ALERT_COLUMNS
    ", a.entries FROM alert a WHERE a.county = $1 AND a.alert_id > $2 "
    "AND ($3 = 0 OR a.state = $3) AND ($4 = 0 OR a.kind = $4) AND a.raise_time >= $6 AND a.raise_time < $7 "
    "AND a.child_id = $8 AND a.child_id <> '' ORDER BY a.alert_id LIMIT $5";

constexpr char kExisting[] =
    "SELECT a.county, a.alert_id FROM unnest($1, $2) AS k (county, id) JOIN alert a ON a.county = k.county "
    "AND a.alert_id = k.id";

constexpr char kUpdate[] = R"sql(
UPDATE alert a SET state = n.state, level = n.level, next_step = n.next_step, next_step_time = n.next_step_time,
       acknowledge_time = n.acknowledge_time, acknowledged_by = n.acknowledged_by, resolve_time = n.resolve_time, resolution = n.resolution,
       occurrences = n.occurrences, generation = a.generation + 1, entries = a.entries || n.entries
FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  AS n (county, alert_id, generation, state, level, next_step, next_step_time, acknowledge_time, acknowledged_by, resolve_time, resolution,
        occurrences, entries)
WHERE a.county = n.county AND a.alert_id = n.alert_id AND a.generation = n.generation)sql";

Alert AlertOf(const Result& rows, int i) {
  return {.county = rows.String(i, 0),
          .id = rows.String(i, 1),
          .kind = static_cast<Kind>(rows.Int(i, 2)),
          .state = static_cast<State>(rows.Int(i, 3)),
          .child_id = rows.String(i, 4),
          .helper_id = rows.String(i, 5),
          .duty_id = rows.String(i, 6),
          .day = DayOfNumber(rows.Int(i, 22)),
          .place = {.school_id = rows.String(i, 7),
                    .township_code = rows.String(i, 8),
                    .grade = static_cast<int>(rows.Int(i, 9)),
                    .class_number = static_cast<int>(rows.Int(i, 10))},
          .level = static_cast<Level>(rows.Int(i, 11)),
          .next_step = static_cast<int>(rows.Int(i, 12)),
          .next_step_time = rows.Time(i, 13),
          .policy_version = static_cast<int>(rows.Int(i, 14)),
          .raise_time = rows.Time(i, 15),
          .acknowledge_time = rows.Time(i, 16),
          .acknowledged_by = rows.String(i, 17),
          .resolve_time = rows.Time(i, 18),
          .resolution = rows.String(i, 19),
          .occurrences = static_cast<int>(rows.Int(i, 20)),
          .generation = rows.Int(i, 21)};
}

std::vector<Alert> WithEntries(const Result& rows) {
  std::vector<Alert> alerts;
  for (int i = 0; i < rows.rows(); ++i) {
    alerts.push_back(AlertOf(rows, i));
    alerts.back().entries = DecodeEntries(rows.Text(i, kEntries));
  }
  return alerts;
}

std::vector<Alert> WithoutEntries(const Result& rows) {
  std::vector<Alert> alerts;
  for (int i = 0; i < rows.rows(); ++i) alerts.push_back(AlertOf(rows, i));
  return alerts;
}

std::string NewEntries(const AlertRow& row) {
  return EncodeEntries(absl::MakeConstSpan(row.alert->entries).subspan(row.stored_entries));
}

// What an update writes.
struct Columns {
  std::vector<std::string> counties, ids, acknowledged_by, resolutions, entries;
  std::vector<int64_t> states, levels, next_steps, occurrences;
  std::vector<absl::Time> next_step_times, acknowledge_times, resolve_times;

  explicit Columns(absl::Span<const AlertRow> rows) {
    for (const AlertRow& row : rows) {
      const Alert& alert = *row.alert;
      counties.push_back(alert.county);
      ids.push_back(alert.id);
      states.push_back(static_cast<int64_t>(alert.state));
      levels.push_back(static_cast<int64_t>(alert.level));
      next_steps.push_back(alert.next_step);
      next_step_times.push_back(alert.next_step_time);
      acknowledge_times.push_back(alert.acknowledge_time);
      acknowledged_by.push_back(alert.acknowledged_by);
      resolve_times.push_back(alert.resolve_time);
      resolutions.push_back(alert.resolution);
      occurrences.push_back(alert.occurrences);
      entries.push_back(NewEntries(row));
    }
  }
};

}  // namespace

// Not EXISTS: for that the planner may scan the table, hoping to meet a due row soon, when there is none.
const char kAlertsDue[] =
    "SELECT coalesce((SELECT next_step_time <= $2 FROM alert WHERE shard = $1 AND state <> 3 ORDER BY "
    "next_step_time LIMIT 1), false)";

absl::StatusOr<std::vector<Alert>> LoadAlerts(postgres::Connection& db, const KeyColumns& keys) {
  auto rows = db.Run(kLoad, Params().Texts(keys.counties).Texts(keys.ids));
  if (!rows.ok()) return rows.status();
  return WithEntries(*rows);
}

absl::StatusOr<std::vector<Alert>> LoadOpenAbsenceAlerts(postgres::Connection& db,
                                                         const KeyColumns& children) {
  auto rows = db.Run(kOpenAbsences, Params().Texts(children.counties).Texts(children.ids));
  if (!rows.ok()) return rows.status();
  return WithoutEntries(*rows);
}

absl::StatusOr<std::vector<Alert>> LoadDueAlerts(postgres::Connection& db, int shard, absl::Time now,
                                                 int limit) {
  auto rows = db.Run(kDue, Params().Int(shard).Time(now).Int(limit));
  if (!rows.ok()) return rows.status();
  return WithoutEntries(*rows);
}

// The shard's lock is held: nobody adds one in between.
absl::Status ForgetStored(postgres::Connection& db, std::vector<AlertRow>& alerts) {
  KeyColumns keys;
  for (const AlertRow& row : alerts) keys.Add(row.alert->county, row.alert->id);
  auto existing = db.Run(kExisting, Params().Texts(keys.counties).Texts(keys.ids));
  if (!existing.ok()) return existing.status();
  absl::flat_hash_set<Key> known;
  for (int i = 0; i < existing->rows(); ++i) known.emplace(existing->String(i, 0), existing->String(i, 1));
  std::erase_if(alerts,
                [&](const AlertRow& row) { return known.contains(Key(row.alert->county, row.alert->id)); });
  return absl::OkStatus();
}

absl::Status InsertAlerts(postgres::Connection& db, int shard, absl::Span<const AlertRow> alerts) {
  postgres::Rows rows("alert",
                      "county, alert_id, shard, kind, state, child_id, helper_id, duty_id, school_id, "
                      "township_code, grade, class_number, "
                      "level, next_step, next_step_time, policy_version, raise_time, acknowledge_time, "
                      "acknowledged_by, resolve_time, "
                      "resolution, occurrences, generation, day, entries");
  for (const AlertRow& row : alerts) {
    const Alert& alert = *row.alert;
    rows.Next()
        .Text(alert.county)
        .Text(alert.id)
        .Small(shard)
        .Small(static_cast<int>(alert.kind))
        .Small(static_cast<int>(alert.state));
    rows.Text(alert.child_id)
        .Text(alert.helper_id)
        .Text(alert.duty_id)
        .Text(alert.place.school_id)
        .Text(alert.place.township_code);
    rows.Small(alert.place.grade)
        .Small(alert.place.class_number)
        .Small(static_cast<int>(alert.level))
        .Small(alert.next_step);
    rows.Time(alert.next_step_time)
        .Int(alert.policy_version)
        .Time(alert.raise_time)
        .Time(alert.acknowledge_time);
    rows.Text(alert.acknowledged_by)
        .Time(alert.resolve_time)
        .Text(alert.resolution)
        .Int(alert.occurrences)
        .Big(1)
        .Int(NumberOf(alert.day))
        .Bytes(NewEntries(row));
  }
  return rows.empty() ? absl::OkStatus() : rows.InsertInto(db);
}

absl::Status UpdateAlerts(postgres::Connection& db, absl::Span<const AlertRow> rows) {
  Columns c(rows);
  std::vector<int64_t> generations;
  for (const AlertRow& row : rows) generations.push_back(row.alert->generation);
  Params params;
  params.Texts(c.counties)
      .Texts(c.ids)
      .Ints(generations)
      .Ints(c.states)
      .Ints(c.levels)
      .Ints(c.next_steps)
      .Times(c.next_step_times);
  params.Times(c.acknowledge_times)
      .Texts(c.acknowledged_by)
      .Times(c.resolve_times)
      .Texts(c.resolutions)
      .Ints(c.occurrences);
  params.BytesList(c.entries);
  auto updated = db.Run(kUpdate, params);
  if (!updated.ok()) return updated.status();
  if (updated->affected() == static_cast<int64_t>(rows.size())) return absl::OkStatus();
  return absl::AbortedError("an alert was changed by somebody else");
}

absl::StatusOr<std::vector<Alert>> ListAlerts(postgres::Connection& db, const AlertFilter& filter,
                                              std::string_view after, int limit) {
  Params params;
  params.Text(filter.county).Text(after).Int(filter.state).Int(filter.kind).Int(limit);
  params.Time(filter.raised_from).Time(filter.raised_before);
  if (!filter.child_id.empty()) params.Text(filter.child_id);
  auto rows = db.Run(filter.child_id.empty() ? kList : kListOfChild, params);
  if (!rows.ok()) return rows.status();
  return WithEntries(*rows);
}

}  // namespace tonghu::alerts
