#include "services/pairing/postgres/closure_store.h"

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/clock/epoch_day.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"
#include "services/pairing/postgres/row_columns.h"

namespace tonghu::pairing {
namespace {

using clock::EpochDay;
using postgres::Field;
using postgres::kUuid;
using postgres::Params;

constexpr postgres::Columns kStored{
    Field<&ClosureRow::county>("county"),
    Field<&ClosureRow::closure, &Closure::closure_id>("closure_id", kUuid),
    Field<&ClosureRow::closure, &Closure::what, &Closed::school_id>("school_id"),
    Field<&ClosureRow::closure, &Closure::what, &Closed::township_code>("township_code"),
    Field<&ClosureRow::closure, &Closure::days, &DayRange::first>("first_day"),
    Field<&ClosureRow::closure, &Closure::days, &DayRange::last>("last_day"),
    Field<&ClosureRow::closure, &Closure::reason>("reason"),
    Field<&ClosureRow::create_time>("create_time")};
constexpr auto kClosure =
    kStored +
    postgres::Columns{Field<&ClosureRow::working>(
        "EXISTS (SELECT FROM closing w WHERE w.county = c.county AND w.closure_id = c.closure_id)")};

constexpr postgres::Columns kSchoolTerm{Field<&SchoolTerm::school_id>("s.school_id"),
                                        Field<&SchoolTerm::township_code>("s.township_code"),
                                        Field<&SchoolTerm::term>("coalesce(t.term, '')"),
                                        Field<&SchoolTerm::calendar>("coalesce(t.calendar, '')")};

struct CalendarOfSchool {
  postgres::Key school;
  std::string text;
};
constexpr postgres::Columns kCalendarOfSchool{
    Field<&CalendarOfSchool::school, &postgres::Key::first>("k.county"),
    Field<&CalendarOfSchool::school, &postgres::Key::second>("k.id"),
    Field<&CalendarOfSchool::text>("string_agg(t.calendar, E'\\n' ORDER BY t.first_day)")};

// A duty as it is read, with what closures have to know besides.
struct ReadDuty {
  PlacedDuty placed;
  bool by_closure = false, by_end = false;
  std::string excuse;
  Place now_at;
};
constexpr auto kReadDuty =
    ColumnsOfDuty<&ReadDuty::placed>() +
    postgres::Columns{Field<&ReadDuty::by_closure>("by_closure"), Field<&ReadDuty::by_end>("by_end"),
                      Field<&ReadDuty::excuse>("excuse")} +
    directory::PlaceColumns<&ReadDuty::now_at>(
        {"d.child_school_id", "d.child_township_code", "d.child_grade", "d.child_class_number"});

// A duty as it is written.
struct WrittenDuty {
  const FollowingDuty* from;
  DutyState outcome;  // 0 while the duty is owed
};
constexpr auto kWritten =
    postgres::Columns{
        Field<&WrittenDuty::from, &FollowingDuty::one, &ClosureDuty::duty, &Duty::row>("tid", postgres::kTid),
        Field<&WrittenDuty::from, &FollowingDuty::one, &ClosureDuty::duty, &Duty::duty_id>("duty_id", kUuid),
        Field<&WrittenDuty::outcome>("outcome"),
        Field<&WrittenDuty::from, &FollowingDuty::one, &ClosureDuty::by_closure>("by_closure"),
        Field<&WrittenDuty::from, &FollowingDuty::one, &ClosureDuty::excuse>("excuse"),
        Field<&WrittenDuty::from, &FollowingDuty::one, &ClosureDuty::duty, &Duty::missed>("was_missed"),
        Field<&WrittenDuty::from, &FollowingDuty::one, &ClosureDuty::duty, &Duty::due_time>("due_time")} +
    directory::PlaceColumns<&WrittenDuty::from, &FollowingDuty::place>();
constexpr size_t kWrittenKey = 2;  // where the row is, and its id

constexpr postgres::Columns kLine{Field<&PairingToPlan::county>("county"),
                                  Field<&PairingToPlan::child_id>("child_id", kUuid),
                                  Field<&PairingToPlan::line_id>("line_id", kUuid)};

constexpr postgres::Columns kJudgedTo{Field<&JudgedTo::due_time>("due_time"),
                                      Field<&JudgedTo::duty_id>("duty_id", kUuid)};

constexpr postgres::Columns kClosing{Field<&Closing::county>("county"),
                                     Field<&Closing::closure_id>("closure_id", kUuid),
                                     Field<&Closing::what, &Closed::school_id>("school_id"),
                                     Field<&Closing::what, &Closed::township_code>("township_code"),
                                     Field<&Closing::days, &DayRange::first>("first_day"),
                                     Field<&Closing::days, &DayRange::last>("last_day"),
                                     Field<&Closing::after>("after", kUuid)};

// A SELECT of closures `c`.
std::string Closures(const std::string& rest) {
  return absl::StrCat("SELECT ", kClosure.List("c."), " FROM closure c WHERE ", rest);
}

}  // namespace

absl::Status InsertClosure(postgres::Connection& db, const ClosureRow& row) {
  return kStored.Insert(db, "closure", {row});
}

absl::StatusOr<std::vector<ClosureRow>> TakeClosure(postgres::Connection& db, const std::string& county,
                                                    const std::string& closure_id) {
  static const std::string sql =
      absl::StrCat("DELETE FROM closure WHERE county = $1 AND closure_id = $2 RETURNING ", kStored.List());
  return kStored.ReadAll(db.Run(sql, Params().Text(county).Uuid(closure_id)));
}

absl::StatusOr<std::vector<ClosureRow>> FindClosure(postgres::Connection& db, const std::string& county,
                                                    const std::string& closure_id) {
  static const std::string sql = Closures("c.county = $1 AND c.closure_id = $2");
  return kClosure.ReadAll(db.Run(sql, Params().Text(county).Uuid(closure_id)));
}

absl::StatusOr<bool> IsClosed(postgres::Connection& db, const std::string& county, const Closure& closure) {
  ASSIGN_OR_RETURN(auto rows,
                   db.Run("SELECT EXISTS (SELECT FROM closure WHERE county = $1 AND school_id = $2 "
                          "AND township_code = $3 AND first_day = $4 AND last_day = $5)",
                          Params()
                              .Text(county)
                              .Text(closure.what.school_id)
                              .Text(closure.what.township_code)
                              .Int(EpochDay(closure.days.first))
                              .Int(EpochDay(closure.days.last))));
  return rows.Bool(0, 0);
}

absl::StatusOr<std::vector<ClosureRow>> ListClosures(postgres::Connection& db,
                                                     const ClosureListing& listing) {
  static const std::string sql = Closures(
      "c.county = $1 AND ($2::uuid IS NULL OR c.closure_id < $2) AND ($3 = '' OR c.school_id = $3 "
      "OR c.school_id = '' AND c.township_code IN ('', (SELECT s.township_code FROM school s "
      "WHERE s.county = $1 AND s.school_id = $3))) ORDER BY c.closure_id DESC LIMIT $4");
  return kClosure.ReadAll(db.Run(
      sql, Params().Text(listing.county).Uuid(listing.before).Text(listing.school_id).Int(listing.limit)));
}

absl::StatusOr<std::map<std::string, std::vector<Closure>>> LoadClosures(
    postgres::Connection& db, absl::Span<const std::string> counties, absl::CivilDay since) {
  static const std::string sql =
      absl::StrCat("SELECT ", kStored.List(), " FROM closure WHERE county = ANY($1) AND last_day >= $2");
  ASSIGN_OR_RETURN(auto rows, kStored.ReadAll(db.Run(sql, Params().Texts(counties).Int(EpochDay(since)))));
  std::map<std::string, std::vector<Closure>> closures;
  for (ClosureRow& row : rows) closures[row.county].push_back(std::move(row.closure));
  return closures;
}

absl::StatusOr<std::vector<Closure>> LoadClosuresOf(postgres::Connection& db, const ids::Name& school,
                                                    absl::CivilDay since) {
  ASSIGN_OR_RETURN(auto closures, LoadClosures(db, {school.county}, since));
  ASSIGN_OR_RETURN(auto rows, db.Run("SELECT township_code FROM school WHERE county = $1 AND school_id = $2",
                                     Params().Text(school.county).Text(school.id)));
  return ClosuresOf(closures[school.county],
                    {school.id, rows.rows() == 0 ? "" : std::string(rows.Text(0, 0))});
}

absl::StatusOr<directory::ReadModelPlaces::Abouts> FindClosed(postgres::Connection& db,
                                                              const rpc::Sought& sought) {
  // A township's supervisor may withdraw what closed a school of the township.
  ASSIGN_OR_RETURN(auto rows,
                   db.Run("SELECT c.closure_id, c.school_id, CASE WHEN c.school_id = '' THEN "
                          "c.township_code ELSE coalesce(s.township_code, '') END FROM closure c "
                          "LEFT JOIN school s ON s.county = c.county AND s.school_id = c.school_id "
                          "WHERE c.county = $1 AND c.closure_id = ANY ($2)",
                          Params().Text(sought.county).Uuids(sought.resources)));
  directory::ReadModelPlaces::Abouts abouts;
  for (int i = 0; i < rows.rows(); ++i) {
    abouts[rows.Uuid(i, 0)] = {
        .place = {.school_id = std::string(rows.Text(i, 1)), .township_code = std::string(rows.Text(i, 2))}};
  }
  return abouts;
}

absl::StatusOr<std::vector<SchoolTerm>> LoadSchoolTerms(postgres::Connection& db, const std::string& county,
                                                        const Closed& what, DayRange days) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kSchoolTerm.List(),
      " FROM school s LEFT JOIN school_calendar t ON t.county = s.county AND t.school_id = s.school_id "
      "AND t.first_day <= $5 AND t.last_day >= $4 WHERE s.county = $1 AND ($2 = '' OR s.school_id = $2) "
      "AND ($3 = '' OR s.township_code = $3) ORDER BY s.school_id, t.term");
  return kSchoolTerm.ReadAll(db.Run(sql, Params()
                                             .Text(county)
                                             .Text(what.school_id)
                                             .Text(what.township_code)
                                             .Int(EpochDay(days.first))
                                             .Int(EpochDay(days.last))));
}

absl::StatusOr<std::map<postgres::Key, calendar::SchoolCalendar>> LoadCalendarsOf(
    postgres::Connection& db, absl::Span<const postgres::Key> schools, absl::CivilDay since) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kCalendarOfSchool.List(), " FROM ", postgres::kKeys.Unnest("k", 2),
      " JOIN school_calendar t ON t.county = k.county AND t.school_id = k.id AND t.last_day >= $1 "
      "GROUP BY k.county, k.id");
  ASSIGN_OR_RETURN(auto rows, kCalendarOfSchool.ReadAll(db.Run(
                                  sql, postgres::kKeys.Arrays(schools, Params().Int(EpochDay(since))))));
  std::map<postgres::Key, calendar::SchoolCalendar> calendars;
  for (CalendarOfSchool& row : rows) {
    ASSIGN_OR_RETURN(auto calendar, ReadStored(row.text));
    calendars.emplace(std::move(row.school), std::move(calendar));
  }
  return calendars;
}

absl::StatusOr<std::vector<FollowingDuty>> LoadFollowing(postgres::Connection& db,
                                                         absl::Span<const postgres::Key> children,
                                                         DayRange days) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kReadDuty.List(),
      " FROM (SELECT j.*, c.school_id AS child_school_id, c.township_code AS child_township_code, "
      "c.grade AS child_grade, c.class_number AS child_class_number FROM ",
      postgres::kUuidKeys.Unnest("k"),
      " JOIN child c ON c.child_id = k.id AND c.county = k.county "
      // Only the child leads to the index: by county and window all its duties of those weeks would be read.
      "JOIN judged_duty j ON j.child_id = c.child_id AND j.window_end > $3 AND j.window_start < $4 "
      "AND (j.outcome = 0 OR j.by_closure AND j.outcome = 4) WHERE (j.county || '') = c.county) d");
  ASSIGN_OR_RETURN(auto rows, kReadDuty.ReadAll(db.Run(sql, postgres::kUuidKeys.Arrays(children)
                                                                .Time(clock::StartOf(days.first))
                                                                .Time(clock::StartOf(days.last + 1)))));
  std::vector<FollowingDuty> duties;
  for (ReadDuty& row : rows) {
    duties.push_back({std::move(row.placed.county),
                      {std::move(row.placed.duty), row.by_closure, row.by_end, std::move(row.excuse)},
                      std::move(row.placed.place),
                      std::move(row.now_at)});
  }
  return duties;
}

absl::Status StoreFollowing(postgres::Connection& db, absl::Span<const FollowingDuty> duties) {
  static const std::string sql =
      absl::StrCat("WITH stored AS (UPDATE duty d SET ", kWritten.Assignments("n.", kWrittenKey), " FROM ",
                   kWritten.Unnest("n"), " WHERE d.ctid = n.tid AND d.duty_id = n.duty_id RETURNING 1) ",
                   "SELECT expect_rows(count(*), $", kWritten.size() + 1, ") FROM stored");
  if (duties.empty()) return absl::OkStatus();
  std::vector<WrittenDuty> rows;
  for (const FollowingDuty& duty : duties) {
    const DutyState state = duty.one.duty.state;
    rows.push_back({&duty, state == DutyState::kExcused ? state : DutyState{0}});
  }
  return db.Defer(sql, kWritten.Arrays(rows).Int(static_cast<int64_t>(rows.size())));
}

absl::StatusOr<JudgedTo> LoadJudged(postgres::Connection& db, int shard) {
  static const std::string sql = absl::StrCat("SELECT ", kJudgedTo.List(), " FROM judged WHERE shard = $1");
  ASSIGN_OR_RETURN(auto rows, kJudgedTo.ReadAll(db.Run(sql, Params().Int(shard))));
  return rows.empty() ? JudgedTo() : std::move(rows.front());
}

absl::StatusOr<std::vector<PlacedDuty>> LoadExcusedOfLines(postgres::Connection& db,
                                                           absl::Span<const PairingToPlan> pairings,
                                                           absl::Time since) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kDuty.List("d."), " FROM ", kLine.Unnest("t"),
      " JOIN judged_duty d ON d.child_id = t.child_id AND d.county = t.county AND d.line_id = t.line_id "
      "AND d.by_closure AND d.window_end > $",
      kLine.size() + 1, " AND d.window_start > $", kLine.size() + 1);
  if (pairings.empty()) return std::vector<PlacedDuty>();
  return kDuty.ReadAll(db.Run(sql, kLine.Arrays(pairings).Time(since)));
}

absl::StatusOr<std::vector<PlacedDuty>> LoadExcusedOfPairing(postgres::Connection& db,
                                                             const std::string& county,
                                                             const std::string& pairing_id,
                                                             absl::Time since) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kDuty.List("d."),
      " FROM pairing p JOIN judged_duty d ON d.child_id = p.child_id AND d.county = p.county "
      "AND d.pairing_id = p.pairing_id AND d.by_closure AND d.window_end > $3 AND d.window_start > $3 "
      "WHERE p.county = $1 AND p.pairing_id = $2");
  return kDuty.ReadAll(db.Run(sql, Params().Text(county).Uuid(pairing_id).Time(since)));
}

absl::Status PutClosing(postgres::Connection& db, int shard, const Closing& closing, absl::Time now) {
  static const std::string sql =
      absl::StrCat("INSERT INTO closing (", kClosing.List(), ", shard, since) SELECT n.*, $",
                   kClosing.size() + 1, ", $", kClosing.size() + 2, " FROM ", kClosing.Unnest("n"),
                   " ON CONFLICT (county, closure_id) DO UPDATE SET after = excluded.after");
  return db.Defer(sql, kClosing.Arrays({closing}).Int(shard).Time(now));
}

absl::Status EndClosing(postgres::Connection& db, const Closing& closing) {
  return db.Defer("DELETE FROM closing WHERE county = $1 AND closure_id = $2",
                  Params().Text(closing.county).Uuid(closing.closure_id));
}

absl::StatusOr<std::vector<Closing>> LoadClosing(postgres::Connection& db, int shard) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kClosing.List(), " FROM closing WHERE shard = $1 ORDER BY since, closure_id LIMIT 1");
  return kClosing.ReadAll(db.Run(sql, Params().Int(shard)));
}

absl::StatusOr<std::vector<std::string>> LoadChildrenOf(postgres::Connection& db, const Closing& closing,
                                                        int limit) {
  // A duty that was excused at the school of then follows that school's closures, wherever the child is now.
  const char* within = " ($2 = '' OR school_id = $2) AND ($3 = '' OR township_code = $3) AND child_id > $4";
  const std::string sql =
      absl::StrCat("SELECT child_id FROM child WHERE county = $1 AND", within,
                   " UNION SELECT child_id FROM duty WHERE county = $1 AND by_closure AND", within,
                   " ORDER BY child_id LIMIT $5");
  ASSIGN_OR_RETURN(auto rows, db.Run(sql, Params()
                                              .Text(closing.county)
                                              .Text(closing.what.school_id)
                                              .Text(closing.what.township_code)
                                              .UuidAfter(closing.after)
                                              .Int(limit)));
  std::vector<std::string> children;
  for (int i = 0; i < rows.rows(); ++i) children.push_back(rows.Uuid(i, 0));
  return children;
}

}  // namespace tonghu::pairing
