#include "services/alerts/postgres/term_rows.h"

#include "absl/strings/str_cat.h"
#include "libs/status/macros.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;

struct TermRow {
  TermKey key;
  absl::CivilDay first, last;
  std::string days;
};
constexpr auto kTerm = TermColumns<&TermRow::key>() + postgres::Columns{Field<&TermRow::first>("first_day"),
                                                                        Field<&TermRow::last>("last_day"),
                                                                        Field<&TermRow::days>("days")};

// A day that lies in some term of its school.
struct KnownDay {
  DayKey day;
  bool at_school = false;
};
constexpr postgres::Columns kKnownDay{
    Field<&KnownDay::day, &DayKey::county>("k.county"), Field<&KnownDay::day, &DayKey::id>("k.id"),
    Field<&KnownDay::day, &DayKey::day>("k.day"),
    Field<&KnownDay::at_school>("bool_or(" TONGHU_SCHOOL_DAY("t", "k.day") ")")};

// The term's days as one text, a character for each day: a term is one row whatever its length.
std::string DaysOf(const TermCalendar& calendar) {
  std::string days(static_cast<size_t>(calendar.last - calendar.first + 1), '0');
  for (const absl::CivilDay day : calendar.school_days)
    days.at(static_cast<size_t>(day - calendar.first)) = '1';
  return days;
}

}  // namespace

absl::Status StoreTerms(postgres::Connection& db, absl::Span<const TermCalendar> calendars) {
  // Deleted and inserted, since a withdrawn term has nothing to be stored.
  static const std::string forget =
      absl::StrCat("DELETE FROM school_term t USING ", kTerms.Unnest("k"),
                   " WHERE t.county = k.county AND t.school_id = k.school_id AND t.term = k.term");
  std::vector<TermKey> all;
  std::vector<TermRow> stored;
  for (const TermCalendar& calendar : calendars) {
    all.push_back(calendar.key);
    if (calendar.withdrawn) continue;
    stored.push_back({calendar.key, calendar.first, calendar.last, DaysOf(calendar)});
  }
  absl::Status forgotten = db.Defer(forget, kTerms.Arrays(all));
  return forgotten.ok() ? kTerm.Insert(db, "school_term", stored) : forgotten;
}

absl::StatusOr<std::map<DayKey, DayKind>> LoadDayKinds(postgres::Connection& db,
                                                       absl::Span<const DayKey> days) {
  // Pairing refuses terms that overlap; while a day moves from one term to another it may lie in two, and
  // counts as a school day when either says so.
  static const std::string sql =
      absl::StrCat("SELECT ", kKnownDay.List(), " FROM ", kSchoolDays.Unnest("k"),
                   " JOIN school_term t ON t.county = k.county AND t.school_id = k.id AND "
                   "k.day BETWEEN t.first_day AND t.last_day GROUP BY k.county, k.id, k.day");
  ASSIGN_OR_RETURN(auto known, kKnownDay.ReadAll(db.Run(sql, kSchoolDays.Arrays(days))));
  std::map<DayKey, DayKind> kinds;
  for (const KnownDay& one : known)
    kinds.emplace(one.day, one.at_school ? DayKind::kSchoolDay : DayKind::kNoSchoolDay);
  return kinds;
}

}  // namespace tonghu::alerts
