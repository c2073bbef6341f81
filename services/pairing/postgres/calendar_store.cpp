#include "services/pairing/postgres/calendar_store.h"

#include "absl/strings/str_cat.h"

namespace tonghu::pairing {
namespace {

int64_t Number(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }

}  // namespace

absl::StatusOr<bool> IsSchool(postgres::Connection& db, const ids::Name& school) {
  auto rows = db.Run("SELECT EXISTS (SELECT FROM school WHERE county = $1 AND school_id = $2)",
                     postgres::Params().Text(school.county).Text(school.id));
  if (!rows.ok()) return rows.status();
  return rows->Bool(0, 0);
}

absl::StatusOr<std::vector<TermCalendar>> ReadCalendars(postgres::Connection& db, const ids::Name& school) {
  auto rows = db.Run(
      "SELECT term, calendar FROM school_calendar WHERE county = $1 AND school_id = $2 ORDER BY first_day",
      postgres::Params().Text(school.county).Text(school.id));
  if (!rows.ok()) return rows.status();
  std::vector<TermCalendar> calendars;
  for (int i = 0; i < rows->rows(); ++i) {
    auto calendar = calendar::SchoolCalendar::Parse(rows->String(i, 1));
    if (!calendar.ok())
      return absl::InternalError(
          absl::StrCat("a stored calendar can't be read: ", calendar.status().message()));
    calendars.push_back({rows->String(i, 0), *std::move(calendar)});
  }
  return calendars;
}

absl::Status PutCalendar(postgres::Connection& db, const ids::Name& school, const TermCalendar& calendar) {
  const calendar::Term& days = calendar.calendar.terms().front();
  return db.Defer(
      "INSERT INTO school_calendar (county, school_id, term, first_day, last_day, calendar) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (county, school_id, term) DO UPDATE "
      "SET first_day = excluded.first_day, last_day = excluded.last_day, calendar = excluded.calendar",
      postgres::Params()
          .Text(school.county)
          .Text(school.id)
          .Text(calendar.term)
          .Int(Number(days.first))
          .Int(Number(days.last))
          .Text(calendar.calendar.ToText()));
}

absl::StatusOr<bool> DeleteCalendar(postgres::Connection& db, const ids::Name& school,
                                    const std::string& term) {
  auto deleted = db.Run("DELETE FROM school_calendar WHERE county = $1 AND school_id = $2 AND term = $3",
                        postgres::Params().Text(school.county).Text(school.id).Text(term));
  if (!deleted.ok()) return deleted.status();
  return deleted->affected() > 0;
}

absl::StatusOr<int> PutPolicy(postgres::Connection& db, const std::string& county, DutyKind kind,
                              const DutyPolicy& policy) {
  auto rows = db.Run(
      "INSERT INTO duty_policy (county, kind, version, report_grace_seconds, late_report_after_seconds) "
      "VALUES ($1, $2, 1, $3, $4) ON CONFLICT (county, kind) DO UPDATE SET version = duty_policy.version + "
      "1, "
      "report_grace_seconds = excluded.report_grace_seconds, "
      "late_report_after_seconds = excluded.late_report_after_seconds RETURNING version",
      postgres::Params()
          .Text(county)
          .Int(static_cast<int>(kind))
          .Int(absl::ToInt64Seconds(policy.report_grace))
          .Int(absl::ToInt64Seconds(policy.late_report_after)));
  if (!rows.ok()) return rows.status();
  return static_cast<int>(rows->Int(0, 0));
}

}  // namespace tonghu::pairing
