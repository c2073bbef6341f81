#include "services/alerts/postgres/term_rows.h"

#include "libs/postgres/columns.h"
#include "services/alerts/postgres/day.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;
using postgres::Params;

constexpr postgres::Columns kKey{Field<&TermKey::county>("county"), Field<&TermKey::school_id>("school_id"),
                                 Field<&TermKey::term>("term")};

struct TermRow {
  TermKey key;
  absl::CivilDay first, last;
  std::string days;
};
constexpr postgres::Columns kTerm{Field<&TermRow::key, &TermKey::county>("county"),
                                  Field<&TermRow::key, &TermKey::school_id>("school_id"),
                                  Field<&TermRow::key, &TermKey::term>("term"),
                                  Field<&TermRow::first>("first_day"),
                                  Field<&TermRow::last>("last_day"),
                                  Field<&TermRow::days>("days")};

constexpr char kForget[] =
    "DELETE FROM school_term t USING unnest($1, $2, $3) AS k (county, school_id, term) "
    "WHERE t.county = k.county AND t.school_id = k.school_id AND t.term = k.term";

constexpr char kDayKinds[] =
    "SELECT k.county, k.school_id, k.day, bool_or(" TONGHU_SCHOOL_DAY("t", "k.day::integer") ") "
    "FROM unnest($1, $2, $3) AS k (county, school_id, day) "
    "JOIN school_term t ON t.county = k.county AND t.school_id = k.school_id AND "
    "k.day BETWEEN t.first_day AND t.last_day GROUP BY k.county, k.school_id, k.day";

// A character for each day of the term.
std::string DaysOf(const TermCalendar& calendar) {
  std::string days(static_cast<size_t>(calendar.last - calendar.first + 1), '0');
  for (const absl::CivilDay day : calendar.school_days)
    days.at(static_cast<size_t>(day - calendar.first)) = '1';
  return days;
}

}  // namespace

Params ParamsOf(const std::vector<TermKey>& terms) { return kKey.Arrays(terms); }

absl::Status StoreTerms(postgres::Connection& db, const std::vector<TermCalendar>& calendars) {
  std::vector<TermKey> all;
  std::vector<TermRow> stored;
  for (const TermCalendar& calendar : calendars) {
    all.push_back(calendar.key);
    if (calendar.withdrawn) continue;
    stored.push_back({calendar.key, calendar.first, calendar.last, DaysOf(calendar)});
  }
  absl::Status forgotten = db.Defer(kForget, ParamsOf(all));
  return forgotten.ok() ? kTerm.Insert(db, "school_term", stored) : forgotten;
}

absl::StatusOr<std::map<MorningKey, DayKind>> LoadDayKinds(postgres::Connection& db,
                                                           const KeyColumns& schools,
                                                           const std::vector<absl::CivilDay>& days) {
  std::vector<int64_t> numbers;
  for (const absl::CivilDay day : days) numbers.push_back(NumberOf(day));
  auto rows = db.Run(kDayKinds, schools.Texts().Ints(numbers));
  if (!rows.ok()) return rows.status();
  std::map<MorningKey, DayKind> kinds;
  for (int i = 0; i < rows->rows(); ++i) {
    kinds[{rows->String(i, 0), rows->String(i, 1), DayOfNumber(rows->Int(i, 2))}] =
        rows->Bool(i, 3) ? DayKind::kSchoolDay : DayKind::kNoSchoolDay;
  }
  return kinds;
}

}  // namespace tonghu::alerts
