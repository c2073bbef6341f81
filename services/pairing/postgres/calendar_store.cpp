#include "services/pairing/postgres/calendar_store.h"

#include "absl/strings/str_cat.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;

// A stored calendar of one term. The days are columns too, so that calendars can be sorted.
struct CalendarRow {
  std::string county, school_id, term;
  absl::CivilDay first, last;
  std::string text;
};
constexpr postgres::Columns kCalendar{
    Field<&CalendarRow::county>("county"), Field<&CalendarRow::school_id>("school_id"),
    Field<&CalendarRow::term>("term"),     Field<&CalendarRow::first>("first_day"),
    Field<&CalendarRow::last>("last_day"), Field<&CalendarRow::text>("calendar")};
constexpr size_t kCalendarKey = 3;  // county, school and term

}  // namespace

absl::StatusOr<bool> IsSchool(postgres::Connection& db, const ids::Name& school) {
  ASSIGN_OR_RETURN(auto rows,
                   db.Run("SELECT EXISTS (SELECT FROM school WHERE county = $1 AND school_id = $2)",
                          postgres::Params().Text(school.county).Text(school.id)));
  return rows.Bool(0, 0);
}

absl::StatusOr<calendar::SchoolCalendar> ReadStored(const std::string& text) {
  auto calendar = calendar::SchoolCalendar::Parse(text);
  if (calendar.ok()) return calendar;
  return absl::InternalError(absl::StrCat("a stored calendar can't be read: ", calendar.status().message()));
}

absl::StatusOr<std::vector<TermCalendar>> ReadCalendars(postgres::Connection& db, const ids::Name& school) {
  static const std::string sql =
      absl::StrCat("SELECT ", kCalendar.List(),
                   " FROM school_calendar WHERE county = $1 AND school_id = $2 ORDER BY first_day");
  ASSIGN_OR_RETURN(auto rows,
                   kCalendar.ReadAll(db.Run(sql, postgres::Params().Text(school.county).Text(school.id))));
  std::vector<TermCalendar> calendars;
  for (CalendarRow& row : rows) {
    ASSIGN_OR_RETURN(auto calendar, ReadStored(row.text));
    calendars.push_back({std::move(row.term), std::move(calendar)});
  }
  return calendars;
}

absl::Status PutCalendar(postgres::Connection& db, const ids::Name& school, const TermCalendar& calendar) {
  // A TermCalendar has exactly one term.
  const calendar::Term& days = calendar.calendar.terms().front();
  return kCalendar.Upsert(
      db, "school_calendar", kCalendarKey,
      {{school.county, school.id, calendar.term, days.first, days.last, calendar.calendar.ToText()}});
}

absl::StatusOr<bool> DeleteCalendar(postgres::Connection& db, const ids::Name& school,
                                    const std::string& term) {
  ASSIGN_OR_RETURN(auto deleted,
                   db.Run("DELETE FROM school_calendar WHERE county = $1 AND school_id = $2 AND term = $3",
                          postgres::Params().Text(school.county).Text(school.id).Text(term)));
  return deleted.affected() > 0;
}

}  // namespace tonghu::pairing
