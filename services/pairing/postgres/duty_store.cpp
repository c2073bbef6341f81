#include "services/pairing/postgres/duty_store.h"

namespace tonghu::pairing {
namespace {

constexpr char kToPlan[] = R"sql(
SELECT p.county, p.pairing_id, p.child_id, p.helper_id, p.start_time, coalesce(s.calendar, ''),
       coalesce(t.version, 0)::bigint, coalesce(t.report_grace_seconds, -1), coalesce(t.late_report_after_seconds, -1)
FROM pairing p
JOIN child c ON c.county = p.county AND c.child_id = p.child_id
LEFT JOIN school_calendar s ON s.county = p.county AND s.school_id = c.school_id
LEFT JOIN talk_policy t ON t.county = p.county
WHERE p.shard = $1 AND p.end_time IS NULL AND p.make_time <= $2
ORDER BY p.make_time LIMIT $3)sql";

// A duty is never made behind the mark of `judged`, where nobody would look at it again: a clock that was put
// back must not hide one.
constexpr char kInsert[] = R"sql(
INSERT INTO duty (county, duty_id, shard, pairing_id, child_id, helper_id, kind, window_start, window_end, due_time)
SELECT d.county, d.duty_id, $9, d.pairing_id, d.child_id, d.helper_id, 1, d.window_start, d.window_end,
       greatest(d.due_time, j.due_time + interval '1 microsecond')
FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS d (county, duty_id, pairing_id, child_id, helper_id, window_start, window_end, due_time)
LEFT JOIN judged j ON j.shard = $9
ON CONFLICT DO NOTHING)sql";

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
#define DUTY_COLUMNS                                                                          \
  "d.county, d.duty_id, d.pairing_id, d.child_id, d.helper_id, d.former_helper_id, d.state, " \
  "d.window_start, d.window_end, "                                                            \
  "d.due_time, c.school_id, c.township_code, c.grade, c.class_number "

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
    "d AS (UPDATE duty u SET outcome = 4, excuse = $3 FROM p JOIN judged_duty o ON o.child_id = p.child_id "
    "AND o.county = p.county AND o.pairing_id = p.pairing_id AND o.state = 1 AND o.window_start <= $4 "
    "WHERE u.county = o.county AND u.duty_id = o.duty_id RETURNING u.*, 4::smallint AS state) "
    "SELECT " DUTY_COLUMNS "FROM d JOIN child c ON c.county = d.county AND c.child_id = d.child_id";

constexpr char kMove[] =
    "UPDATE duty u SET pairing_id = $3, former_helper_id = u.helper_id, helper_id = $4 "
    "FROM pairing p JOIN judged_duty o ON o.child_id = p.child_id AND o.county = p.county "
    "AND o.pairing_id = p.pairing_id AND o.state = 1 "
    "WHERE p.county = $1 AND p.pairing_id = $2 AND u.county = o.county AND u.duty_id = o.duty_id";

// Deletes what pairings `these` are not to be owed any more.
#define DELETE_LATER                                                                                         \
  "DELETE FROM duty d USING these t WHERE d.child_id = t.child_id AND d.county = t.county AND d.pairing_id " \
  "= t.pairing_id AND d.outcome = 0 AND d.window_start > $3"

constexpr char kReplanSchool[] =
    "WITH these AS (UPDATE pairing p SET make_time = $3 FROM child c "
    "WHERE c.county = $1 AND c.school_id = $2 AND p.county = c.county AND p.child_id = c.child_id "
    "AND p.end_time IS NULL RETURNING p.county, p.pairing_id, p.child_id) " DELETE_LATER;

constexpr char kReplanChildren[] =
    "WITH these AS (UPDATE pairing p SET make_time = $3 FROM unnest($1, $2) AS k (county, child_id) "
    "WHERE p.county = k.county AND p.child_id = k.child_id AND p.end_time IS NULL "
    "RETURNING p.county, p.pairing_id, p.child_id) " DELETE_LATER;

std::vector<PlacedDuty> PlacedOf(const postgres::Result& rows) {
  std::vector<PlacedDuty> duties;
  duties.reserve(rows.rows());
  for (int i = 0; i < rows.rows(); ++i) {
    duties.push_back(
        {rows.String(i, 0),
         {rows.String(i, 1), rows.String(i, 2), rows.String(i, 3), rows.String(i, 4), rows.String(i, 5),
          static_cast<DutyState>(rows.Int(i, 6)), rows.Time(i, 7), rows.Time(i, 8), rows.Time(i, 9)},
         {rows.String(i, 10), rows.String(i, 11), static_cast<int>(rows.Int(i, 12)),
          static_cast<int>(rows.Int(i, 13))}});
  }
  return duties;
}

absl::StatusOr<std::vector<PlacedDuty>> Placed(absl::StatusOr<postgres::Result> rows) {
  if (!rows.ok()) return rows.status();
  return PlacedOf(*rows);
}

}  // namespace

const char kDutiesDue[] =
    "SELECT coalesce((SELECT u.due_time <= $2 FROM (" JUDGED_TO ") j CROSS JOIN LATERAL (" UNJUDGED
    "ORDER BY due_time, county, duty_id LIMIT 1) u), false)";

absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsToPlan(postgres::Connection& db, int shard,
                                                              absl::Time now, int limit) {
  auto rows = db.Run(kToPlan, postgres::Params().Int(shard).Time(now).Int(limit));
  if (!rows.ok()) return rows.status();
  std::vector<PairingToPlan> pairings;
  for (int i = 0; i < rows->rows(); ++i) {
    pairings.push_back({rows->String(i, 0),
                        rows->String(i, 1),
                        rows->String(i, 2),
                        rows->String(i, 3),
                        rows->Time(i, 4),
                        rows->String(i, 5),
                        {}});
    if (rows->Int(i, 6) > 0) {
      pairings.back().policy = {static_cast<int>(rows->Int(i, 6)), absl::Seconds(rows->Int(i, 7)),
                                absl::Seconds(rows->Int(i, 8))};
    }
  }
  return pairings;
}

absl::Status InsertDuties(postgres::Connection& db, int shard, absl::Span<const DutyRow> rows) {
  if (rows.empty()) return absl::OkStatus();
  std::vector<std::string> counties, ids, pairings, children, helpers;
  std::vector<absl::Time> starts, ends, dues;
  for (const DutyRow& row : rows) {
    counties.push_back(row.county);
    ids.push_back(row.duty_id);
    pairings.push_back(row.pairing_id);
    children.push_back(row.child_id);
    helpers.push_back(row.helper_id);
    starts.push_back(row.plan.window_start);
    ends.push_back(row.plan.window_end);
    dues.push_back(row.plan.due_time);
  }
  return db.Defer(kInsert, postgres::Params()
                               .Texts(counties)
                               .Texts(ids)
                               .Texts(pairings)
                               .Texts(children)
                               .Texts(helpers)
                               .Times(starts)
                               .Times(ends)
                               .Times(dues)
                               .Int(shard));
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

absl::Status MoveOpenDuties(postgres::Connection& db, const std::string& county,
                            const std::string& from_pairing, const std::string& to_pairing,
                            const std::string& to_helper) {
  return db.Defer(kMove, postgres::Params().Text(county).Text(from_pairing).Text(to_pairing).Text(to_helper));
}

absl::Status ReplanSchool(postgres::Connection& db, const std::string& county, const std::string& school_id,
                          absl::Time now) {
  return db.Defer(kReplanSchool, postgres::Params().Text(county).Text(school_id).Time(now));
}

absl::Status ReplanChildren(postgres::Connection& db, absl::Span<const std::string> counties,
                            absl::Span<const std::string> children, absl::Time now) {
  if (children.empty()) return absl::OkStatus();
  return db.Defer(kReplanChildren, postgres::Params().Texts(counties).Texts(children).Time(now));
}

}  // namespace tonghu::pairing
