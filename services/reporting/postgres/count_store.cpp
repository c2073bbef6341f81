#include "services/reporting/postgres/count_store.h"

namespace tonghu::reporting {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);

// Columns in the order of Metric.
constexpr char kAdd[] = R"sql(
INSERT INTO weekly_count AS w (county, school_id, monday, township_code, contacts, done, done_late_reported, excused, missed,
                               done_late, alerts_raised, alerts_acknowledged, alerts_resolved, pairings)
SELECT n.county, n.school_id, date '1970-01-01' + n.monday::integer, n.township_code, n.contacts, n.done, n.done_late_reported,
       n.excused, n.missed, n.done_late, n.alerts_raised, n.alerts_acknowledged, n.alerts_resolved, n.pairings
FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
  AS n (county, school_id, monday, township_code, contacts, done, done_late_reported, excused, missed, done_late,
        alerts_raised, alerts_acknowledged, alerts_resolved, pairings)
ON CONFLICT (county, school_id, monday, township_code) DO UPDATE SET
  contacts = w.contacts + excluded.contacts,
  done = w.done + excluded.done,
  done_late_reported = w.done_late_reported + excluded.done_late_reported,
  excused = w.excused + excluded.excused,
  missed = w.missed + excluded.missed,
  done_late = w.done_late + excluded.done_late,
  alerts_raised = w.alerts_raised + excluded.alerts_raised,
  alerts_acknowledged = w.alerts_acknowledged + excluded.alerts_acknowledged,
  alerts_resolved = w.alerts_resolved + excluded.alerts_resolved,
  pairings = w.pairings + excluded.pairings)sql";

constexpr char kSums[] = R"sql(
SELECT (monday - date '1970-01-01')::bigint, sum(contacts)::bigint, sum(done)::bigint, sum(done_late_reported)::bigint,
       sum(excused)::bigint, sum(missed)::bigint, sum(done_late)::bigint, sum(alerts_raised)::bigint,
       sum(alerts_acknowledged)::bigint, sum(alerts_resolved)::bigint, sum(pairings)::bigint
FROM weekly_count
WHERE county = $1 AND ($2 = '' OR township_code = $2) AND ($3 = '' OR school_id = $3)
  AND monday BETWEEN date '1970-01-01' + $4::integer AND date '1970-01-01' + $5::integer
GROUP BY monday ORDER BY monday)sql";

constexpr char kPositions[] =
    "SELECT producer, seq FROM journal_cursor WHERE shard = $1 AND producer = ANY($2)";

}  // namespace

absl::Status AddCounts(postgres::Connection& db, const Tally& tally) {
  if (tally.rows().empty()) return absl::OkStatus();
  std::vector<std::string> counties, schools, townships;
  std::vector<int64_t> mondays;
  std::array<std::vector<int64_t>, kMetrics> columns;
  for (const auto& [week, counts] : tally.rows()) {
    counties.push_back(week.county);
    schools.push_back(week.school_id);
    mondays.push_back(week.monday - kEpoch);
    townships.push_back(week.township_code);
    for (size_t i = 0; i < kMetrics; ++i) columns[i].push_back(counts[i]);
  }
  postgres::Params params;
  params.Texts(counties).Texts(schools).Ints(mondays).Texts(townships);
  for (const std::vector<int64_t>& column : columns) params.Ints(column);
  return db.Defer(kAdd, params);
}

absl::StatusOr<Positions> ReadPositions(postgres::Connection& db, int shard) {
  const std::vector<std::string> producers(kCountedProducers.begin(), kCountedProducers.end());
  auto rows = db.Run(kPositions, postgres::Params().Int(shard).Texts(producers));
  if (!rows.ok()) return rows.status();
  Positions positions;
  for (int i = 0; i < rows->rows(); ++i) positions[rows->String(i, 0)] = rows->Int(i, 1);
  return positions;
}

absl::StatusOr<Figures> ReadFigures(postgres::Connection& db, int shard, const Scope& scope) {
  auto snapshot = postgres::Transaction::Begin(db);
  if (!snapshot.ok()) return snapshot.status();
  if (auto set = db.Run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"); !set.ok())
    return set.status();
  auto through = ReadPositions(db, shard);
  if (!through.ok()) return through.status();
  auto rows = db.Run(kSums, postgres::Params()
                                .Text(scope.division.county)
                                .Text(scope.division.township_code)
                                .Text(scope.division.school_id)
                                .Int(scope.weeks.first - kEpoch)
                                .Int(scope.weeks.last - kEpoch));
  if (!rows.ok()) return rows.status();
  Figures figures{{}, *std::move(through)};
  for (int i = 0; i < rows->rows(); ++i) {
    WeekRow& week = figures.weeks.emplace_back(WeekRow{kEpoch + rows->Int(i, 0), {}});
    for (size_t m = 0; m < kMetrics; ++m) week.counts[m] = rows->Int(i, static_cast<int>(m) + 1);
  }
  if (absl::Status ended = snapshot->Commit(); !ended.ok()) return ended;
  return figures;
}

}  // namespace tonghu::reporting
