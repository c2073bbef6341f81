#include "services/reporting/postgres/count_store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"

namespace tonghu::reporting {
namespace {

using postgres::Field;

// The columns of figures. `at` are the members that lead to them from the row that has them.
template <auto... at>
constexpr auto FigureColumns() {
  return postgres::Columns{Field<at..., &Counts::contacts>("contacts"),
                           Field<at..., &Counts::done>("done"),
                           Field<at..., &Counts::done_late_reported>("done_late_reported"),
                           Field<at..., &Counts::excused>("excused"),
                           Field<at..., &Counts::missed>("missed"),
                           Field<at..., &Counts::done_late>("done_late"),
                           Field<at..., &Counts::alerts_raised>("alerts_raised"),
                           Field<at..., &Counts::alerts_acknowledged>("alerts_acknowledged"),
                           Field<at..., &Counts::alerts_resolved>("alerts_resolved"),
                           Field<at..., &Counts::pairings>("pairings"),
                           Field<at..., &Counts::contacts_doubtful>("contacts_doubtful"),
                           Field<at..., &Counts::done_doubtful>("done_doubtful")};
}

// What a batch adds to a week of a school.
using Added = std::pair<SchoolWeek, Counts>;
constexpr postgres::Columns kSchoolWeek{Field<&Added::first, &SchoolWeek::county>("county"),
                                        Field<&Added::first, &SchoolWeek::school_id>("school_id"),
                                        Field<&Added::first, &SchoolWeek::monday>("monday", postgres::kDate),
                                        Field<&Added::first, &SchoolWeek::township_code>("township_code")};
constexpr auto kAdded = kSchoolWeek + FigureColumns<&Added::second>();

constexpr auto kWeek = postgres::Columns{Field<&WeekFigures::monday>("monday", postgres::kDate)} +
                       FigureColumns<&WeekFigures::counts>();

// Writes `pattern` for every column of figures, with $0 for its name, separated by commas.
std::string EachFigure(const std::string& pattern) {
  const std::vector<std::string> names = absl::StrSplit(FigureColumns<>().List(), ", ");
  return absl::StrJoin(names, ", ", [&](std::string* out, const std::string& name) {
    absl::StrAppend(out, absl::StrReplaceAll(pattern, {{"$0", name}}));
  });
}

struct PositionRow {
  std::string producer;
  int64_t seq = 0;
};
constexpr postgres::Columns kPosition{Field<&PositionRow::producer>("producer"),
                                      Field<&PositionRow::seq>("seq")};

}  // namespace

absl::Status AddCounts(postgres::Connection& db, const Tally& tally) {
  static const std::string sql = absl::StrCat(
      "INSERT INTO weekly_count AS w (", kAdded.List(), ") SELECT n.* FROM ", kAdded.Unnest("n"),
      // What a batch adds is added to what is there, so batches may come in any order.
      " ON CONFLICT (", kSchoolWeek.List(), ") DO UPDATE SET ", EachFigure("$0 = w.$0 + excluded.$0"));
  if (tally.rows().empty()) return absl::OkStatus();
  // In the transaction that moves the cursor, so that every event is counted once (I2, I8).
  return db.Defer(sql, kAdded.Arrays(std::vector<Added>(tally.rows().begin(), tally.rows().end())));
}

absl::StatusOr<Positions> ReadPositions(postgres::Connection& db, int shard) {
  static const std::string sql = absl::StrCat("SELECT ", kPosition.List(),
                                              " FROM journal_cursor WHERE shard = $1 AND producer = ANY($2)");
  const std::vector<std::string> producers(kCountedProducers.begin(), kCountedProducers.end());
  ASSIGN_OR_RETURN(auto rows, kPosition.ReadAll(db.Run(sql, postgres::Params().Int(shard).Texts(producers))));
  Positions positions;
  for (PositionRow& row : rows) positions[std::move(row.producer)] = row.seq;
  return positions;
}

absl::StatusOr<Figures> ReadFigures(postgres::Connection& db, int shard, const Scope& scope) {
  static const std::string sql =
      absl::StrCat("SELECT monday, ", EachFigure("sum($0)::bigint"),
                   " FROM weekly_count WHERE county = $1 AND ($2 = '' OR township_code = $2) "
                   "AND ($3 = '' OR school_id = $3) AND monday BETWEEN $4::date AND $5::date "
                   "GROUP BY monday ORDER BY monday");
  // Figures and positions must be of one moment: a recomputation up to these positions has to give these
  // figures (I8).
  ASSIGN_OR_RETURN(auto snapshot, postgres::Transaction::Begin(db));
  if (auto set = db.Run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"); !set.ok())
    return set.status();
  ASSIGN_OR_RETURN(auto through, ReadPositions(db, shard));
  ASSIGN_OR_RETURN(auto weeks,
                   kWeek.ReadAll(db.Run(sql, postgres::Params()
                                                 .Text(scope.division.county)
                                                 .Text(scope.division.township_code)
                                                 .Text(scope.division.school_id)
                                                 .Text(absl::FormatCivilTime(scope.weeks.first))
                                                 .Text(absl::FormatCivilTime(scope.weeks.last)))));
  RETURN_IF_ERROR(snapshot.Commit());
  return Figures{std::move(weeks), std::move(through)};
}

}  // namespace tonghu::reporting
