#include "services/pairing/postgres/calendar_store.h"

#include "absl/strings/str_cat.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"
#include "services/pairing/domain/duty_policies.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;

// A stored calendar of one term. The days are columns too, so that calendars can be sorted.
struct CalendarRow {
  std::string county, school_id, term;
  absl::CivilDay first, last;
  std::string text;
  CalendarOrigin origin = CalendarOrigin::kSchool;
};
constexpr postgres::Columns kCalendar{
    Field<&CalendarRow::county>("county"), Field<&CalendarRow::school_id>("school_id"),
    Field<&CalendarRow::term>("term"),     Field<&CalendarRow::first>("first_day"),
    Field<&CalendarRow::last>("last_day"), Field<&CalendarRow::text>("calendar"),
    Field<&CalendarRow::origin>("origin")};
constexpr size_t kCalendarKey = 3;  // county, school and term
constexpr postgres::Columns kCountyCalendar{
    Field<&CalendarRow::county>("county"), Field<&CalendarRow::term>("term"),
    Field<&CalendarRow::first>("first_day"), Field<&CalendarRow::last>("last_day"),
    Field<&CalendarRow::text>("calendar")};
constexpr size_t kCountyCalendarKey = 2;  // county and term
constexpr postgres::Columns kFollower{Field<&Follower::school, &ids::Name::county>("county"),
                                      Field<&Follower::school, &ids::Name::id>("school_id"),
                                      Field<&Follower::since>("since"), Field<&Follower::puts>("puts")};

CalendarRow RowOf(const std::string& county, const std::string& school, const TermCalendar& calendar) {
  const calendar::Term& days = TermDays(calendar);
  return {county, school, calendar.term, days.first, days.last, calendar.calendar.ToText(), calendar.origin};
}

absl::StatusOr<std::vector<TermCalendar>> CalendarsOf(absl::StatusOr<std::vector<CalendarRow>> rows) {
  RETURN_IF_ERROR(rows.status());
  std::vector<TermCalendar> calendars;
  for (CalendarRow& row : *rows) {
    ASSIGN_OR_RETURN(auto calendar, ReadStored(row.text));
    calendars.push_back({std::move(row.term), std::move(calendar), row.origin});
  }
  return calendars;
}

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
  return CalendarsOf(kCalendar.ReadAll(db.Run(sql, postgres::Params().Text(school.county).Text(school.id))));
}

absl::Status PutCalendar(postgres::Connection& db, const ids::Name& school, const TermCalendar& calendar) {
  return kCalendar.Upsert(db, "school_calendar", kCalendarKey, {RowOf(school.county, school.id, calendar)});
}

absl::StatusOr<bool> DeleteCalendar(postgres::Connection& db, const ids::Name& school,
                                    const std::string& term) {
  ASSIGN_OR_RETURN(auto deleted,
                   db.Run("DELETE FROM school_calendar WHERE county = $1 AND school_id = $2 AND term = $3",
                          postgres::Params().Text(school.county).Text(school.id).Text(term)));
  return deleted.affected() > 0;
}

absl::StatusOr<std::vector<TermCalendar>> ReadCountyCalendars(postgres::Connection& db,
                                                              const std::string& county) {
  static const std::string sql = absl::StrCat("SELECT ", kCountyCalendar.List(),
                                              " FROM county_calendar WHERE county = $1 ORDER BY first_day");
  ASSIGN_OR_RETURN(auto calendars,
                   CalendarsOf(kCountyCalendar.ReadAll(db.Run(sql, postgres::Params().Text(county)))));
  for (TermCalendar& calendar : calendars)
    calendar.origin = county == kOfProvince ? CalendarOrigin::kProvince : CalendarOrigin::kCounty;
  return calendars;
}

absl::Status PutCountyCalendar(postgres::Connection& db, const std::string& county,
                               const TermCalendar& calendar) {
  return kCountyCalendar.Upsert(db, "county_calendar", kCountyCalendarKey, {RowOf(county, "", calendar)});
}

absl::StatusOr<bool> DeleteCountyCalendar(postgres::Connection& db, const std::string& county,
                                          const std::string& term) {
  ASSIGN_OR_RETURN(auto deleted, db.Run("DELETE FROM county_calendar WHERE county = $1 AND term = $2",
                                        postgres::Params().Text(county).Text(term)));
  return deleted.affected() > 0;
}

absl::Status AddFollowers(postgres::Connection& db, int shard, absl::Span<const ids::Name> schools,
                          absl::Time now) {
  std::vector<std::string> counties, ids;
  for (const ids::Name& school : schools) {
    counties.push_back(school.county);
    ids.push_back(school.id);
  }
  return db.Defer(
      "INSERT INTO calendar_follower (county, school_id, shard, since) "
      "SELECT c, s, $3, $4 FROM unnest($1, $2) u (c, s) ON CONFLICT DO NOTHING",
      postgres::Params().Texts(counties).Texts(ids).Int(shard).Time(now));
}

absl::Status TouchFollowers(postgres::Connection& db, const std::string& county, absl::Time now) {
  // A school of another shard that is just being added is waited for: its own look may not see this put yet.
  if (county == kOfProvince)
    RETURN_IF_ERROR(db.Defer("LOCK TABLE calendar_follower IN SHARE ROW EXCLUSIVE MODE", {}));
  return db.Defer(
      "UPDATE calendar_follower SET puts = puts + 1, since = CASE WHEN looks < puts THEN since ELSE $3 END "
      "WHERE county = $1 OR $1 = $2",
      postgres::Params().Text(county).Text(kOfProvince).Time(now));
}

absl::StatusOr<std::vector<Follower>> LoadFollowers(postgres::Connection& db, int shard, int limit) {
  static const std::string sql = absl::StrCat("SELECT ", kFollower.List(),
                                              " FROM calendar_follower WHERE shard = $1 AND looks < puts "
                                              "ORDER BY since, county, school_id LIMIT $2");
  return kFollower.ReadAll(db.Run(sql, postgres::Params().Int(shard).Int(limit)));
}

absl::Status EndLook(postgres::Connection& db, const Follower& follower) {
  return db.Defer(
      "UPDATE calendar_follower SET looks = $3 WHERE county = $1 AND school_id = $2",
      postgres::Params().Text(follower.school.county).Text(follower.school.id).Int(follower.puts));
}

}  // namespace tonghu::pairing
