#include "services/reporting/postgres/count_store.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "libs/postgres/columns.h"

namespace tonghu::reporting {
namespace {

using postgres::Field;

constexpr absl::CivilDay kEpoch(1970, 1, 1);

// The columns of figures, in the order of Metric.
constexpr std::array<const char*, kMetrics> kFigures = {
    "contacts",  "done",          "done_late_reported",  "excused",         "missed",
    "done_late", "alerts_raised", "alerts_acknowledged", "alerts_resolved", "pairings"};

// Whose figures a row holds.
constexpr postgres::Columns kWeek{Field<&SchoolWeek::county>("county"),
                                  Field<&SchoolWeek::school_id>("school_id"),
                                  Field<&SchoolWeek::monday>("monday", postgres::kDate),
                                  Field<&SchoolWeek::township_code>("township_code")};

// Every column of figures, each by `pattern`, in which $0 is its name; parted by commas.
std::string EachFigure(const std::string& pattern) {
  return absl::StrJoin(kFigures, ", ", [&](std::string* out, const char* name) {
    absl::StrAppend(out, absl::StrReplaceAll(pattern, {{"$0", name}}));
  });
}

std::string AddSql() {
  std::string arrays = "$1";
  for (size_t i = 2; i <= kWeek.size() + kMetrics; ++i) absl::StrAppend(&arrays, ", $", i);
  const std::string columns = absl::StrCat(kWeek.List(), ", ", EachFigure("$0"));
  return absl::StrCat("INSERT INTO weekly_count AS w (", columns, ") SELECT n.* FROM unnest(", arrays,
                      ") AS n (", columns, ") ON CONFLICT (", kWeek.List(), ") DO UPDATE SET ",
                      EachFigure("$0 = w.$0 + excluded.$0"));
}

std::string SumsSql() {
  return absl::StrCat("SELECT (monday - date '1970-01-01')::bigint, ", EachFigure("sum($0)::bigint"),
                      " FROM weekly_count WHERE county = $1 AND ($2 = '' OR township_code = $2) "
                      "AND ($3 = '' OR school_id = $3) AND monday BETWEEN date '1970-01-01' + $4::integer "
                      "AND date '1970-01-01' + $5::integer GROUP BY monday ORDER BY monday");
}

struct PositionRow {
  std::string producer;
  int64_t seq = 0;
};
constexpr postgres::Columns kPosition{Field<&PositionRow::producer>("producer"),
                                      Field<&PositionRow::seq>("seq")};

}  // namespace

absl::Status AddCounts(postgres::Connection& db, const Tally& tally) {
  static const std::string sql = AddSql();
  if (tally.rows().empty()) return absl::OkStatus();
  std::vector<SchoolWeek> weeks;
  std::array<std::vector<int64_t>, kMetrics> figures;
  for (const auto& [week, counts] : tally.rows()) {
    weeks.push_back(week);
    for (size_t i = 0; i < kMetrics; ++i) figures[i].push_back(counts[i]);
  }
  postgres::Params params = kWeek.Arrays(weeks);
  for (const std::vector<int64_t>& figure : figures) params.Ints(figure);
  return db.Defer(sql, params);
}

absl::StatusOr<Positions> ReadPositions(postgres::Connection& db, int shard) {
  static const std::string sql = absl::StrCat("SELECT ", kPosition.List(),
                                              " FROM journal_cursor WHERE shard = $1 AND producer = ANY($2)");
  const std::vector<std::string> producers(kCountedProducers.begin(), kCountedProducers.end());
  auto rows = kPosition.ReadAll(db.Run(sql, postgres::Params().Int(shard).Texts(producers)));
  if (!rows.ok()) return rows.status();
  Positions positions;
  for (PositionRow& row : *rows) positions[std::move(row.producer)] = row.seq;
  return positions;
}

absl::StatusOr<Figures> ReadFigures(postgres::Connection& db, int shard, const Scope& scope) {
  static const std::string sql = SumsSql();
  auto snapshot = postgres::Transaction::Begin(db);
  if (!snapshot.ok()) return snapshot.status();
  if (auto set = db.Run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"); !set.ok())
    return set.status();
  auto through = ReadPositions(db, shard);
  if (!through.ok()) return through.status();
  auto rows = db.Run(sql, postgres::Params()
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
