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
  Guardianship guardianship{};
};
constexpr postgres::Columns kFormer{
    Field<&FormerRow::county>("county"),         Field<&FormerRow::child_id>("child_id", kUuid),
    Field<&FormerRow::until>("until_day"),       Field<&FormerRow::school_id>("school_id"),
    Field<&FormerRow::care_level>("care_level"), Field<&FormerRow::guardianship>("guardianship")};

struct StandingRow {
  std::string county, child_id, school_id;
  CareLevel care_level{};
  Guardianship guardianship{};
  std::string formerly;
};
constexpr postgres::Columns kStanding{Field<&StandingRow::county>("c.county"),
                                      Field<&StandingRow::child_id>("c.child_id", kUuid),
                                      Field<&StandingRow::school_id>("c.school_id"),
                                      Field<&StandingRow::care_level>("c.care_level"),
                                      Field<&StandingRow::guardianship>("c.guardianship"),
                                      Field<&StandingRow::formerly>(kFormerly)};

// A level that was not given counts as general attention.
CareLevel Given(CareLevel level) { return level == CareLevel::kUnspecified ? CareLevel::kGeneral : level; }

}  // namespace

bool ChangesStanding(const directory::Move& move) {
  return move.before.school_id != move.after.school_id || move.care_before != move.care_after;
}

absl::Status KeepFormer(postgres::Connection& db, absl::Span<const directory::Move> moves,
                        absl::CivilDay today) {
  std::vector<FormerRow> former;
  std::vector<std::string> children;
  for (const directory::Move& move : moves) {
    if (!ChangesStanding(move)) continue;
    former.push_back({move.county, move.child_id, today + 1, move.before.school_id,
                      Given(CareLevel{move.care_before.care_level}),
                      Guardianship{move.care_before.guardianship}});
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

absl::StatusOr<std::vector<Standing>> ReadStandings(const std::string& formerly, Standing now) {
  std::vector<Standing> standings;
  absl::CivilDay from = absl::CivilDay::min();
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(formerly, '\n', absl::SkipEmpty()))) {
    const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits(' ', 3));
    int until = 0, level = 0, guardianship = 0;
    if (parts.size() != 4 || !absl::SimpleAtoi(parts[0], &until) || !absl::SimpleAtoi(parts[1], &level) ||
        !absl::SimpleAtoi(parts[2], &guardianship))
      return absl::InternalError("a child's former standing can't be read");
    standings.push_back({from, parts[3], CareLevel{level}, Guardianship{guardianship}});
    from = clock::DayOfEpoch(until);
  }
  now.from = from;
  now.care_level = Given(now.care_level);
  standings.push_back(std::move(now));
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
                     ReadStandings(row.formerly, {.school_id = row.school_id,
                                                  .care_level = row.care_level,
                                                  .guardianship = row.guardianship}));
  }
  return standings;
}

}  // namespace tonghu::pairing
