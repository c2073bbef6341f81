#include "services/pairing/postgres/missing_term_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/clock/epoch_day.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;
using postgres::Params;

// A school beside one of its terms; without one, the days are unset.
struct TermRow {
  std::string county, school_id, township_code;
  bool has_children = false;
  bool has_term = false;
  absl::CivilDay first, last;
  absl::Time since;  // InfinitePast: no term is known to be missing
  bool told = false;
  absl::Time tell_time;
};
constexpr postgres::Columns kTerm{
    Field<&TermRow::county>("s.county"),
    Field<&TermRow::school_id>("s.school_id"),
    Field<&TermRow::township_code>("s.township_code"),
    Field<&TermRow::has_children>("EXISTS (SELECT FROM child h WHERE h.county = s.county AND "
                                  "h.school_id = s.school_id)"),
    Field<&TermRow::has_term>("t.term IS NOT NULL"),
    Field<&TermRow::first>("coalesce(t.first_day, 0)"),
    Field<&TermRow::last>("coalesce(t.last_day, 0)"),
    Field<&TermRow::since>("m.since"),
    Field<&TermRow::told>("coalesce(m.told, false)"),
    Field<&TermRow::tell_time>("m.tell_time")};
constexpr postgres::Columns kMissing{
    Field<&MissingTerm::county>("county"), Field<&MissingTerm::school_id>("school_id"),
    Field<&MissingTerm::shard>("shard"),   Field<&MissingTerm::since>("since"),
    Field<&MissingTerm::told>("told"),     Field<&MissingTerm::tell_time>("tell_time")};
constexpr size_t kMissingKey = 2;  // county and school

}  // namespace

absl::StatusOr<std::vector<SchoolTerms>> LoadSchoolTerms(postgres::Connection& db, const std::string& county,
                                                         const std::string& only_school,
                                                         absl::CivilDay today) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kTerm.List(),
      " FROM school s LEFT JOIN missing_term m ON m.county = s.county AND m.school_id = s.school_id "
      "LEFT JOIN school_calendar t ON t.county = s.county AND t.school_id = s.school_id AND t.last_day >= $3 "
      "WHERE s.county = $1 AND $2 IN ('', s.school_id) ORDER BY s.school_id, t.first_day");
  ASSIGN_OR_RETURN(auto rows, kTerm.ReadAll(db.Run(
                                  sql, Params().Text(county).Text(only_school).Int(clock::EpochDay(today)))));
  std::vector<SchoolTerms> schools;
  for (TermRow& row : rows) {
    const bool is_missing = row.since != absl::InfinitePast();
    if (!row.has_children && !is_missing) continue;
    if (schools.empty() || schools.back().place.school_id != row.school_id) {
      SchoolTerms& school = schools.emplace_back();
      school.county = row.county;
      school.place = {.school_id = row.school_id, .township_code = row.township_code};
      school.has_children = row.has_children;
      if (is_missing) school.missing = {row.county, row.school_id, 0, row.since, row.told, row.tell_time};
    }
    if (row.has_term) schools.back().terms.push_back({row.first, row.last});
  }
  return schools;
}

absl::Status StoreMissingTerms(postgres::Connection& db, absl::Span<const MissingTerm> rows) {
  return kMissing.Upsert(db, "missing_term", kMissingKey, rows);
}

absl::Status DeleteMissingTerms(postgres::Connection& db, absl::Span<const MissingTerm> rows) {
  static const std::string sql = absl::StrCat("DELETE FROM missing_term m USING ", kMissing.Unnest("k"),
                                              " WHERE m.county = k.county AND m.school_id = k.school_id");
  return rows.empty() ? absl::OkStatus() : db.Defer(sql, kMissing.Arrays(rows));
}

}  // namespace tonghu::pairing
