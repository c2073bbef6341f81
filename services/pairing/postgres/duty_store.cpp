#include "services/pairing/postgres/duty_store.h"

namespace tonghu::pairing {
namespace {

// Lasting pairings p of children c with the calendars of their schools that reach day $1 or later.
#define PAIRINGS_TO_PLAN                                                                          \
  "SELECT p.county, p.pairing_id, p.line_id, p.child_id, p.helper_id, c.school_id, p.owed_from, " \
  "coalesce((SELECT string_agg(s.calendar, E'\\n') FROM school_calendar s "                       \
  "WHERE s.county = p.county AND s.school_id = c.school_id AND s.last_day >= $1), ''), "          \
  "coalesce(t.version, 0)::bigint, coalesce(t.report_grace_seconds, -1), "                        \
  "coalesce(t.late_report_after_seconds, -1) "                                                    \
  "FROM pairing p JOIN child c ON c.county = p.county AND c.child_id = p.child_id "               \
  "LEFT JOIN talk_policy t ON t.county = p.county WHERE p.end_time IS NULL "

constexpr char kToPlan[] =
    PAIRINGS_TO_PLAN "AND p.shard = $2 AND p.make_time <= $3 ORDER BY p.make_time LIMIT $4";
constexpr char kOfSchool[] = PAIRINGS_TO_PLAN "AND c.county = $2 AND c.school_id = $3";
constexpr char kOfChildren[] = PAIRINGS_TO_PLAN
    "AND (p.child_id, p.county) IN (SELECT k.child_id, k.county FROM unnest($2, $3) AS k "
    "(county, child_id))";

// A duty is never made behind the mark of `judged`, where nobody would look at it again: a clock that was put
// back must not hide one.
constexpr char kInsert[] = R"sql(
WITH made AS (
  INSERT INTO duty (county, duty_id, shard, line_id, pairing_id, child_id, helper_id, kind, window_start, window_end, due_time)
  SELECT d.county, d.duty_id, $10, d.line_id, d.pairing_id, d.child_id, d.helper_id, 1, d.window_start, d.window_end,
         greatest(d.due_time, j.due_time + interval '1 microsecond')
  FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
    AS d (county, duty_id, line_id, pairing_id, child_id, helper_id, window_start, window_end, due_time)
  LEFT JOIN judged j ON j.shard = $10
  ON CONFLICT DO NOTHING RETURNING county, duty_id)
SELECT k.n - 1 FROM made JOIN unnest($1, $2) WITH ORDINALITY AS k (county, duty_id, n)
  ON k.county = made.county AND k.duty_id = made.duty_id ORDER BY k.n)sql";

constexpr char kTakeAway[] = R"sql(
DELETE FROM duty d USING unnest($1, $2, $3) AS t (county, child_id, line_id)
WHERE d.child_id = t.child_id AND d.county = t.county AND d.line_id = t.line_id AND d.outcome = 0 AND d.window_start > $4
  AND NOT EXISTS (SELECT FROM unnest($5, $6) AS k (county, duty_id) WHERE k.county = d.county AND k.duty_id = d.duty_id))sql";

constexpr char kSetMakeTimes[] = R"sql(
UPDATE pairing p SET make_time = m.make_time FROM unnest($1, $2, $3) AS m (county, pairing_id, make_time)
WHERE p.county = m.county AND p.pairing_id = m.pairing_id)sql";

// How far shard $1 is judged.
#define JUDGED_TO                                                                                  \
  "SELECT coalesce(max(due_time), '-infinity') AS due_time, coalesce(max(county), '') AS county, " \
  "coalesce(max(duty_id), '') AS duty_id "                                                         \
  "FROM judged WHERE shard = $1"

// Duties of shard $1 that are not judged yet, in order; j is JUDGED_TO.
#define UNJUDGED                                                 \
  "SELECT due_time, county, duty_id FROM duty WHERE shard = $1 " \
  "AND (due_time, county, duty_id) > (j.due_time, j.county, j.duty_id) "

// Columns of PlacedOf: a duty and its child's place.
#define DUTY_COLUMNS                                                                 \
  "d.county, d.duty_id, d.line_id, d.pairing_id, d.child_id, d.helper_id, d.state, " \
  "d.window_start, d.window_end, d.due_time, c.school_id, c.township_code, c.grade, c.class_number "

// Moves the mark over what is due at $2, at most $3. Gives how many, the mark as it was, and as it is.
constexpr char kJudge[] =
    "WITH j AS (" JUDGED_TO "), looked AS (SELECT d.* FROM j CROSS JOIN LATERAL (" UNJUDGED
    "AND due_time <= $2 ORDER BY due_time, county, duty_id LIMIT $3) d) "
    "INSERT INTO judged (shard, due_time, county, duty_id) "
    "SELECT $1, due_time, county, duty_id FROM looked "
    "ORDER BY due_time DESC, county DESC, duty_id DESC LIMIT 1 "
    "ON CONFLICT (shard) DO UPDATE SET due_time = excluded.due_time, county = "
    "excluded.county, duty_id = excluded.duty_id "
    "RETURNING (SELECT count(*) FROM looked), (SELECT due_time FROM j), (SELECT county "
    "FROM j), (SELECT duty_id FROM j), due_time, county, duty_id";

// Those owed from behind one mark ($2 to $4) up to another ($5 to $7).
constexpr char kMissed[] = "SELECT " DUTY_COLUMNS
                           "FROM (SELECT u.*, 3::smallint AS state FROM duty u WHERE shard = $1 AND outcome "
                           "= 0 AND (due_time, county, duty_id) > (coalesce($2, '-infinity'), $3, $4) "
                           "AND (due_time, county, duty_id) <= ($5, $6, $7)) d "
                           "LEFT JOIN child c ON c.county = d.county AND c.child_id = d.child_id ORDER BY "
                           "d.due_time, d.county, d.duty_id";

constexpr char kOne[] = "SELECT " DUTY_COLUMNS
                        "FROM judged_duty d JOIN child c ON c.county = d.county AND c.child_id = d.child_id "
                        "WHERE d.county = $1 AND d.duty_id = $2";

// Duties of a pairing are found through its child: no index knows the pairing.
constexpr char kCloseOpen[] =
    "WITH p AS (SELECT * FROM pairing WHERE county = $1 AND pairing_id = $2), "
    "later AS (DELETE FROM duty u USING p WHERE u.child_id = p.child_id AND u.county = p.county "
    "AND u.pairing_id = p.pairing_id AND u.outcome = 0 AND u.window_start > $4), "
    "d AS (UPDATE duty u SET outcome = 4, excuse = $3, by_end = true "
    "FROM p JOIN judged_duty o ON o.child_id = p.child_id AND o.county = p.county "
    "AND o.pairing_id = p.pairing_id AND o.state = 1 AND o.window_start <= $4 AND o.window_end > $4 "
    "WHERE u.county = o.county AND u.duty_id = o.duty_id RETURNING u.*, 4::smallint AS state) "
    "SELECT " DUTY_COLUMNS "FROM d JOIN child c ON c.county = d.county AND c.child_id = d.child_id";

constexpr char kReopen[] =
    "WITH d AS (UPDATE duty u SET outcome = 0, excuse = '', by_end = false, pairing_id = n.pairing_id, "
    "helper_id = n.helper_id FROM unnest($1, $2, $3, $4, $5) AS n (county, child_id, line_id, pairing_id, "
    "helper_id) "
    "WHERE u.child_id = n.child_id AND u.county = n.county AND u.line_id = n.line_id AND u.by_end "
    "AND u.window_end > $6 RETURNING u.*, 1::smallint AS state) "
    "SELECT " DUTY_COLUMNS "FROM d JOIN child c ON c.county = d.county AND c.child_id = d.child_id";

constexpr char kMove[] =
    "UPDATE duty u SET pairing_id = n.pairing_id, helper_id = n.helper_id "
    "FROM unnest($1, $2, $3, $4, $5, $6) AS n (county, child_id, line_id, pairing_id, helper_id, former_id) "
    "JOIN judged_duty o ON o.child_id = n.child_id AND o.county = n.county AND o.pairing_id = n.former_id "
    "AND o.state = 1 WHERE u.county = o.county AND u.duty_id = o.duty_id";

std::vector<PlacedDuty> PlacedOf(const postgres::Result& rows) {
  std::vector<PlacedDuty> duties;
  duties.reserve(rows.rows());
  for (int i = 0; i < rows.rows(); ++i) {
    const auto state = static_cast<DutyState>(rows.Int(i, 6));
    duties.push_back({rows.String(i, 0),
                      {.duty_id = rows.String(i, 1),
                       .line_id = rows.String(i, 2),
                       .pairing_id = rows.String(i, 3),
                       .child_id = rows.String(i, 4),
                       .helper_id = rows.String(i, 5),
                       .state = state,
                       .window_start = rows.Time(i, 7),
                       .window_end = rows.Time(i, 8),
                       .due_time = rows.Time(i, 9)},
                      {rows.String(i, 10), rows.String(i, 11), static_cast<int>(rows.Int(i, 12)),
                       static_cast<int>(rows.Int(i, 13))}});
  }
  return duties;
}

absl::StatusOr<std::vector<PlacedDuty>> Placed(absl::StatusOr<postgres::Result> rows) {
  if (!rows.ok()) return rows.status();
  return PlacedOf(*rows);
}

// Where the lines of pairings go.
postgres::Params Lines(absl::Span<const PairingRow> pairings) {
  std::vector<std::string> counties, children, lines, ids, helpers;
  for (const PairingRow& row : pairings) {
    counties.push_back(row.county);
    children.push_back(row.child_id);
    lines.push_back(row.line_id);
    ids.push_back(row.pairing_id);
    helpers.push_back(row.helper_id);
  }
  return postgres::Params().Texts(counties).Texts(children).Texts(lines).Texts(ids).Texts(helpers);
}

// This week's Monday, counted from 1970-01-01.
int64_t Monday(absl::Time now) { return WeekOf(now) - absl::CivilDay(1970, 1, 1); }

absl::StatusOr<std::vector<PairingToPlan>> ToPlanOf(absl::StatusOr<postgres::Result> rows) {
  if (!rows.ok()) return rows.status();
  std::vector<PairingToPlan> pairings;
  for (int i = 0; i < rows->rows(); ++i) {
    pairings.push_back({rows->String(i, 0),
                        rows->String(i, 1),
                        rows->String(i, 2),
                        rows->String(i, 3),
                        rows->String(i, 4),
                        rows->String(i, 5),
                        rows->Time(i, 6),
                        rows->String(i, 7),
                        {}});
    if (rows->Int(i, 8) > 0) {
      pairings.back().policy = {static_cast<int>(rows->Int(i, 8)), absl::Seconds(rows->Int(i, 9)),
                                absl::Seconds(rows->Int(i, 10))};
    }
  }
  return pairings;
}

}  // namespace

const char kDutiesDue[] =
    "SELECT coalesce((SELECT u.due_time <= $2 FROM (" JUDGED_TO ") j CROSS JOIN LATERAL (" UNJUDGED
    "ORDER BY due_time, county, duty_id LIMIT 1) u), false)";

absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsToPlan(postgres::Connection& db, int shard,
                                                              absl::Time now, int limit) {
  return ToPlanOf(db.Run(kToPlan, postgres::Params().Int(Monday(now)).Int(shard).Time(now).Int(limit)));
}

absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsOfSchool(postgres::Connection& db,
                                                                const std::string& county,
                                                                const std::string& school_id,
                                                                absl::Time now) {
  return ToPlanOf(db.Run(kOfSchool, postgres::Params().Int(Monday(now)).Text(county).Text(school_id)));
}

absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsOfChildren(postgres::Connection& db,
                                                                  absl::Span<const std::string> counties,
                                                                  absl::Span<const std::string> children,
                                                                  absl::Time now) {
  return ToPlanOf(db.Run(kOfChildren, postgres::Params().Int(Monday(now)).Texts(counties).Texts(children)));
}

absl::StatusOr<std::vector<size_t>> InsertDuties(postgres::Connection& db, int shard,
                                                 absl::Span<const DutyRow> rows) {
  std::vector<size_t> made;
  if (rows.empty()) return made;
  std::vector<std::string> counties, ids, lines, pairings, children, helpers;
  std::vector<absl::Time> starts, ends, dues;
  for (const DutyRow& row : rows) {
    counties.push_back(row.county);
    ids.push_back(row.duty_id);
    lines.push_back(row.line_id);
    pairings.push_back(row.pairing_id);
    children.push_back(row.child_id);
    helpers.push_back(row.helper_id);
    starts.push_back(row.plan.window_start);
    ends.push_back(row.plan.window_end);
    dues.push_back(row.plan.due_time);
  }
  auto inserted = db.Run(kInsert, postgres::Params()
                                      .Texts(counties)
                                      .Texts(ids)
                                      .Texts(lines)
                                      .Texts(pairings)
                                      .Texts(children)
                                      .Texts(helpers)
                                      .Times(starts)
                                      .Times(ends)
                                      .Times(dues)
                                      .Int(shard));
  if (!inserted.ok()) return inserted.status();
  for (int i = 0; i < inserted->rows(); ++i) made.push_back(inserted->Int(i, 0));
  return made;
}

absl::StatusOr<int> TakeAwayLater(postgres::Connection& db, absl::Span<const PairingToPlan> pairings,
                                  absl::Span<const DutyRow> kept, absl::Time now) {
  if (pairings.empty()) return 0;
  std::vector<std::string> counties, children, lines, kept_counties, kept_ids;
  for (const PairingToPlan& pairing : pairings) {
    counties.push_back(pairing.county);
    children.push_back(pairing.child_id);
    lines.push_back(pairing.line_id);
  }
  for (const DutyRow& row : kept) {
    kept_counties.push_back(row.county);
    kept_ids.push_back(row.duty_id);
  }
  auto taken = db.Run(kTakeAway, postgres::Params()
                                     .Texts(counties)
                                     .Texts(children)
                                     .Texts(lines)
                                     .Time(now)
                                     .Texts(kept_counties)
                                     .Texts(kept_ids));
  if (!taken.ok()) return taken.status();
  return static_cast<int>(taken->affected());
}

absl::Status SetMakeTimes(postgres::Connection& db, absl::Span<const PlannedPairing> planned) {
  std::vector<std::string> counties, ids;
  std::vector<absl::Time> times;
  for (const PlannedPairing& pairing : planned) {
    counties.push_back(pairing.county);
    ids.push_back(pairing.pairing_id);
    times.push_back(pairing.make_time);
  }
  return db.Defer(kSetMakeTimes, postgres::Params().Texts(counties).Texts(ids).Times(times));
}

absl::StatusOr<Judged> JudgeDuties(postgres::Connection& db, int shard, absl::Time now, int limit) {
  auto moved = db.Run(kJudge, postgres::Params().Int(shard).Time(now).Int(limit));
  if (!moved.ok()) return moved.status();
  Judged judged;
  if (moved->rows() == 0) return judged;
  judged.count = static_cast<int>(moved->Int(0, 0));
  auto missed = Placed(db.Run(kMissed, postgres::Params()
                                           .Int(shard)
                                           .Time(moved->Time(0, 1))
                                           .Text(moved->String(0, 2))
                                           .Text(moved->String(0, 3))
                                           .Time(moved->Time(0, 4))
                                           .Text(moved->String(0, 5))
                                           .Text(moved->String(0, 6))));
  if (!missed.ok()) return missed.status();
  judged.missed = *std::move(missed);
  return judged;
}

absl::StatusOr<std::vector<PlacedDuty>> LoadDuty(postgres::Connection& db, const std::string& county,
                                                 const std::string& duty_id) {
  return Placed(db.Run(kOne, postgres::Params().Text(county).Text(duty_id)));
}

absl::Status ExcuseDuty(postgres::Connection& db, const std::string& county, const std::string& duty_id,
                        const std::string& excuse) {
  return db.Defer(
      "UPDATE duty SET outcome = 4, excuse = $3 WHERE county = $1 AND duty_id = $2 AND outcome = 0",
      postgres::Params().Text(county).Text(duty_id).Text(excuse));
}

absl::StatusOr<std::vector<PlacedDuty>> CloseOpenDuties(postgres::Connection& db, const std::string& county,
                                                        const std::string& pairing_id,
                                                        const std::string& excuse, absl::Time now) {
  return Placed(db.Run(kCloseOpen, postgres::Params().Text(county).Text(pairing_id).Text(excuse).Time(now)));
}

absl::StatusOr<std::vector<PlacedDuty>> ReopenDuties(postgres::Connection& db,
                                                     absl::Span<const PairingRow> continuing,
                                                     absl::Time now) {
  if (continuing.empty()) return std::vector<PlacedDuty>();
  return Placed(db.Run(kReopen, Lines(continuing).Time(now)));
}

absl::Status MoveOpenDuties(postgres::Connection& db, absl::Span<const PairingRow> continuing) {
  if (continuing.empty()) return absl::OkStatus();
  std::vector<std::string> former;
  for (const PairingRow& row : continuing) former.push_back(row.former_id);
  return db.Defer(kMove, Lines(continuing).Texts(former));
}

}  // namespace tonghu::pairing
