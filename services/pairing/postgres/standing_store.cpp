#include "services/pairing/postgres/standing_store.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/clock/epoch_day.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;
using postgres::kUuid;

constexpr int kKeptDays = 2 * 366;  // longer than any window and the reach of a contact before it

struct FormerRow {
  std::string county, child_id;
  absl::CivilDay until;
  std::string school_id;
  CareLevel care_level{};
};
constexpr postgres::Columns kFormer{
    Field<&FormerRow::county>("county"), Field<&FormerRow::child_id>("child_id", kUuid),
    Field<&FormerRow::until>("until_day"), Field<&FormerRow::school_id>("school_id"),
    Field<&FormerRow::care_level>("care_level")};

struct StandingRow {
  std::string county, child_id, school_id;
  CareLevel care_level{};
  std::string formerly;
};
constexpr postgres::Columns kStanding{
    Field<&StandingRow::county>("c.county"), Field<&StandingRow::child_id>("c.child_id", kUuid),
    Field<&StandingRow::school_id>("c.school_id"), Field<&StandingRow::care_level>("c.care_level"),
    Field<&StandingRow::formerly>(kFormerly)};

// A level that was not given counts as general attention.
CareLevel Given(CareLevel level) { return level == CareLevel::kUnspecified ? CareLevel::kGeneral : level; }

}  // namespace

absl::Status KeepFormer(postgres::Connection& db, absl::Span<const directory::Move> moves,
                        absl::CivilDay today) {
  std::vector<FormerRow> former;
  std::vector<std::string> children;
  for (const directory::Move& move : moves) {
    if (move.before.school_id == move.after.school_id && move.care_level_before == move.care_level_after)
      continue;
    former.push_back({move.county, move.child_id, today + 1, move.before.school_id,
                      Given(CareLevel{move.care_level_before})});
    children.push_back(move.child_id);
  }
  if (former.empty()) return absl::OkStatus();
  static const std::string insert =
      absl::StrCat("INSERT INTO former_standing (", kFormer.List(), ") SELECT f.* FROM ", kFormer.Unnest("f"),
                   " ON CONFLICT DO NOTHING");
  RETURN_IF_ERROR(db.Defer("DELETE FROM former_standing WHERE child_id = ANY($1) AND until_day < $2",
                           postgres::Params().Uuids(children).Int(clock::EpochDay(today - kKeptDays))));
  return db.Defer(insert, kFormer.Arrays(former));
}

absl::StatusOr<std::vector<Standing>> ReadStandings(const std::string& formerly, const std::string& school_id,
                                                    CareLevel care_level) {
  std::vector<Standing> standings;
  absl::CivilDay from = absl::CivilDay::min();
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(formerly, '\n', absl::SkipEmpty()))) {
    const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits(' ', 2));
    int until = 0, level = 0;
    if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &until) || !absl::SimpleAtoi(parts[1], &level))
      return absl::InternalError("a child's former standing can't be read");
    standings.push_back({from, parts[2], CareLevel{level}});
    from = clock::DayOfEpoch(until);
  }
  standings.push_back({from, school_id, Given(care_level)});
  return standings;
}

absl::StatusOr<std::map<postgres::Key, std::vector<Standing>>> LoadStandings(
    postgres::Connection& db, absl::Span<const postgres::Key> children) {
  static const std::string sql =
      absl::StrCat("SELECT ", kStanding.List(), " FROM ", postgres::kUuidKeys.Unnest("k"),
                   " JOIN child c ON c.county = k.county AND c.child_id = k.id");
  ASSIGN_OR_RETURN(const auto rows, kStanding.ReadAll(db.Run(sql, postgres::kUuidKeys.Arrays(children))));
  std::map<postgres::Key, std::vector<Standing>> standings;
  for (const StandingRow& row : rows) {
    ASSIGN_OR_RETURN(standings[postgres::Key(row.county, row.child_id)],
                     ReadStandings(row.formerly, row.school_id, row.care_level));
  }
  return standings;
}

}  // namespace tonghu::pairing
