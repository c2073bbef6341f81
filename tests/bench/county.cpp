// What is done for all children of a county at once, but planning: closing its schools, looking for children
// for whom nobody is responsible, and for doubtful contacts.
#include <fmt/core.h>

#include "absl/time/clock.h"
#include "libs/client/client.h"
#include "libs/clock/clock.h"
#include "libs/status/macros.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/floor.h"
#include "tonghu/pairing/v1/closure_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace pairing = tonghu::pairing::v1;
constexpr absl::Duration kPatience = absl::Minutes(5);

// The first column of the first row.
absl::StatusOr<int64_t> Number(postgres::Connection& db, const std::string& sql, const std::string& county) {
  ASSIGN_OR_RETURN(const auto rows, db.Run(sql, postgres::Params().Text(county)));
  return rows.Int(0, 0);
}
absl::Status Check(postgres::Connection& db, const std::string& sql, const std::string& county,
                   int64_t expected) {
  ASSIGN_OR_RETURN(const int64_t found, Number(db, sql, county));
  if (found == expected) return absl::OkStatus();
  return absl::DataLossError(fmt::format("{} instead of {}: {}", found, expected, sql));
}
// Until `sql` gives 0; the seconds since `begin`.
absl::StatusOr<double> Until(postgres::Connection& db, const std::string& sql, const std::string& county,
                             absl::Time begin) {
  RETURN_IF_ERROR(Await(kPatience, [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const int64_t left, Number(db, sql, county));
    return left == 0;
  }));
  return absl::ToDoubleSeconds(absl::Now() - begin);
}

constexpr char kClosing[] = "SELECT count(*) FROM closing WHERE county = $1";
constexpr char kExcused[] = "SELECT count(*) FROM duty WHERE county = $1 AND by_closure";
constexpr char kOfThisWeek[] =
    "SELECT count(*) FROM duty WHERE county = $1 AND outcome = 0 AND window_start = (SELECT "
    "min(window_start) "
    "FROM duty WHERE county = $1)";
constexpr char kGaps[] = "SELECT count(*) FROM coverage_gap WHERE county = $1";

// Has the county looked through; gives the seconds until it is.
absl::StatusOr<double> Look(postgres::Connection& db, const std::string& county, absl::Time now) {
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(db.Run("INSERT INTO coverage_look (county, shard, next_time) SELECT county, min(shard), $2 "
                         "FROM pairing WHERE county = $1 GROUP BY county ON CONFLICT (county) DO UPDATE SET "
                         "next_time = excluded.next_time",
                         postgres::Params().Text(county).Time(now))
                      .status());
  const std::string looking =
      fmt::format("SELECT count(*) FROM coverage_look WHERE county = $1 AND next_time <= to_timestamp({})",
                  absl::ToUnixSeconds(now));
  return Until(db, looking, county, begin);
}

// As many weeks of contacts as a daily look reads, each child's a week with words of its own, that did the
// week's talk; the children are those of helpers of forty each.
constexpr int kWeeksRead = 18;
absl::Status FillContacts(postgres::Connection& db, const std::string& county, absl::Time monday) {
  const std::string begin = fmt::format("to_timestamp({})", absl::ToUnixSeconds(monday));
  return db.Script(fmt::format(
      "INSERT INTO staff (county, staff_id, display_name) SELECT '{0}', 'B' || lpad(n::text, 6, '0'), '老师' "
      "FROM generate_series(0, (SELECT count(*) FROM child WHERE county = '{0}') / 40) n; "
      "UPDATE pairing p SET helper_id = 'B' || lpad((k.n / 40)::text, 6, '0') FROM (SELECT pairing_id, "
      "row_number() OVER (ORDER BY pairing_id) - 1 AS n FROM pairing WHERE county = '{0}') k "
      "WHERE p.county = '{0}' AND p.pairing_id = k.pairing_id; "
      "INSERT INTO contact (county, contact_id, child_id, helper_id, kind, happen_time, report_time, note, "
      "closed_duty_ids, mood, concerns, version, withdrawn, together_with) SELECT '{0}', md5('c' || w || "
      "pairing_id)::uuid, child_id, helper_id, 1, {1} - w * interval '7 days' + interval '33 hours', {1} - w "
      "* "
      "interval '7 days' + interval '34 hours', '和孩子谈了学习和生活，' || md5(w::text || pairing_id), '', "
      "0, 0, 1, "
      "false, '' FROM pairing, generate_series(0, {2}) w WHERE county = '{0}'; "
      "INSERT INTO duty (county, duty_id, shard, line_id, pairing_id, child_id, helper_id, paired_from, "
      "kind, "
      "outcome, window_start, window_end, due_time, contact_id, school_id, township_code, grade, "
      "class_number) "
      "SELECT '{0}', md5('d' || w || pairing_id)::uuid, shard, line_id, pairing_id, child_id, helper_id, "
      "start_time, 1, 2, {1} - w * interval '7 days', {1} - (w - 1) * interval '7 days', {1} + interval '400 "
      "days', md5('c' || w || pairing_id)::uuid, 'S1', '{0}101', 1, 1 FROM pairing, "
      "generate_series(0, {2}) w WHERE county = '{0}'; ANALYZE contact, duty, pairing, staff",
      county, begin, kWeeksRead - 1));
}
// The county as it was before, with the one helper whom it had.
absl::Status EmptyContacts(postgres::Connection& db, const std::string& county) {
  const std::string helper = HelperName(county);
  return db.Script(fmt::format(
      "DELETE FROM duty WHERE county = '{0}' AND contact_id IN (SELECT contact_id FROM contact WHERE county "
      "= '{0}'); "
      "DELETE FROM contact WHERE county = '{0}'; DELETE FROM doubt WHERE county = '{0}'; DELETE FROM "
      "doubt_look; "
      "UPDATE pairing SET helper_id = '{1}' WHERE county = '{0}'; DELETE FROM staff WHERE staff_id LIKE 'B%'",
      county, helper.substr(helper.rfind('/') + 1)));
}

// Has the county's contacts looked through; gives the seconds until they are.
absl::StatusOr<double> LookForDoubts(postgres::Connection& db, const std::string& county, absl::Time now) {
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(
      db.Run("INSERT INTO doubt_look (county, shard, next_time, looked_to) SELECT county, "
             "min(shard), $2, $2 FROM pairing WHERE county = $1 GROUP BY county ON CONFLICT (county) "
             "DO UPDATE SET next_time = excluded.next_time",
             postgres::Params().Text(county).Time(now))
          .status());
  const std::string looking =
      fmt::format("SELECT count(*) FROM doubt_look WHERE county = $1 AND next_time <= to_timestamp({})",
                  absl::ToUnixSeconds(now));
  return Until(db, looking, county, begin);
}

}  // namespace

absl::Status ClosesACounty(Rig& rig, Figures& figures) {
  ASSIGN_OR_RETURN(const auto db, rig.Database("pairing"));
  client::Client client(rig.stack().endpoints());
  const std::string& county = Counties().front();
  const absl::CivilDay monday = clock::DayOf(rig.monday());
  pairing::CreateClosureRequest request;
  request.set_parent("counties/" + county);
  request.mutable_closure()->set_division(county);
  request.mutable_closure()->set_first_day(absl::FormatCivilTime(monday + 2));
  request.mutable_closure()->set_last_day(absl::FormatCivilTime(monday + 4));
  request.mutable_closure()->set_reason("汛情");
  ASSIGN_OR_RETURN(const int64_t duties, Number(*db, kOfThisWeek, county));
  if (duties < rig.children()) return absl::DataLossError("not every child is owed a talk this week");
  ASSIGN_OR_RETURN(const Mark mark, MarkNow(rig));
  const absl::Time begin = absl::Now();
  ASSIGN_OR_RETURN(const auto closure, client.Call(&pairing::ClosureService::Stub::CreateClosure, request));
  const double answered = absl::ToDoubleMilliseconds(absl::Now() - begin);
  ASSIGN_OR_RETURN(const double closed, Until(*db, kClosing, county, begin));
  RETURN_IF_ERROR(Check(*db, kExcused, county, duties));
  ASSIGN_OR_RETURN(const Work work, WorkSince(rig, mark));
  ASSIGN_OR_RETURN(
      const Floor floor,
      RunFloor(rig, work,
               {.schemas = {"pairing"}, .bus = false, .events = rig.children(), .connections = 1}));
  pairing::DeleteClosureRequest open;
  open.set_name(closure.name());
  const absl::Time again = absl::Now();
  RETURN_IF_ERROR(client.Call(&pairing::ClosureService::Stub::DeleteClosure, open).status());
  ASSIGN_OR_RETURN(const double opened, Until(*db, kClosing, county, again));
  RETURN_IF_ERROR(Check(*db, kExcused, county, 0));
  figures.Add({fmt::format("a closure that excuses {} duties: all follow", duties), closed, "s",
               Better::kLower, floor.seconds});
  figures.Add({"  its call is answered", answered, "ms", Better::kLower});
  figures.Add({"  withdrawn: all are owed again", opened, "s", Better::kLower});
  return rig.AwaitQuiet(kPatience);
}

absl::Status LooksThroughACounty(Rig& rig, Figures& figures) {
  ASSIGN_OR_RETURN(const auto db, rig.Database("pairing"));
  const std::string& county = Counties().front();
  const absl::Time now = rig.stack().clock().Now();
  ASSIGN_OR_RETURN(const double nothing, Look(*db, county, now));
  RETURN_IF_ERROR(Check(*db, kGaps, county, 0));
  // Letters by a counsellor, whom no child has.
  RETURN_IF_ERROR(db->Run("INSERT INTO duty_policy (county, kind, school_id, care_level, guardianship, "
                          "version, withdrawn, "
                          "effective_from, period, every, times, owed_by, fulfilled_by, "
                          "report_grace_seconds, late_report_after_seconds) "
                          "VALUES ($1, 6, '', 0, 0, 1, false, 0, 2, 1, 1, 1 << 5, 1 << 6, 0, 0)",
                          postgres::Params().Text(county))
                      .status());
  ASSIGN_OR_RETURN(const Mark mark, MarkNow(rig));
  ASSIGN_OR_RETURN(const double found, Look(*db, county, now));
  RETURN_IF_ERROR(Check(*db, kGaps, county, rig.children()));
  ASSIGN_OR_RETURN(const Work work, WorkSince(rig, mark));
  ASSIGN_OR_RETURN(
      const Floor floor,
      RunFloor(rig, work,
               {.schemas = {"pairing"}, .bus = false, .events = rig.children(), .connections = 1}));
  RETURN_IF_ERROR(
      db->Run("DELETE FROM duty_policy WHERE county = $1 AND kind = 6", postgres::Params().Text(county))
          .status());
  ASSIGN_OR_RETURN(const double gone, Look(*db, county, now));
  RETURN_IF_ERROR(Check(*db, kGaps, county, 0));
  figures.Add({fmt::format("looking through {} children who lack nobody", rig.children()), nothing, "s",
               Better::kLower});
  figures.Add({"  each of whom lacks somebody: found and kept", found, "s", Better::kLower, floor.seconds});
  figures.Add({"  and lacks nobody again: forgotten", gone, "s", Better::kLower});
  return absl::OkStatus();
}

absl::Status LooksForDoubts(Rig& rig, Figures& figures) {
  ASSIGN_OR_RETURN(const auto db, rig.Database("pairing"));
  const std::string& county = Counties().front();
  const absl::Time now = rig.stack().clock().Now();
  constexpr char kDoubts[] = "SELECT count(*) FROM doubt WHERE county = $1";
  RETURN_IF_ERROR(FillContacts(*db, county, rig.monday()));
  ASSIGN_OR_RETURN(const double nothing, LookForDoubts(*db, county, now));
  RETURN_IF_ERROR(Check(*db, kDoubts, county, 0));
  RETURN_IF_ERROR(
      db->Run("UPDATE contact SET note = '谈心：学习、生活情况正常' WHERE county = $1 AND happen_time >= $2",
              postgres::Params().Text(county).Time(rig.monday()))
          .status());
  ASSIGN_OR_RETURN(const Mark mark, MarkNow(rig));
  ASSIGN_OR_RETURN(const double found, LookForDoubts(*db, county, now));
  RETURN_IF_ERROR(Check(*db, kDoubts, county, rig.children()));
  ASSIGN_OR_RETURN(const Work work, WorkSince(rig, mark));
  ASSIGN_OR_RETURN(
      const Floor floor,
      RunFloor(rig, work,
               {.schemas = {"pairing"}, .bus = false, .events = rig.children(), .connections = 1}));
  ASSIGN_OR_RETURN(const double again, LookForDoubts(*db, county, now));
  RETURN_IF_ERROR(EmptyContacts(*db, county));
  figures.Add({fmt::format("{} contacts of {} children looked through: none is doubtful",
                           rig.children() * kWeeksRead, rig.children()),
               nothing, "s", Better::kLower});
  figures.Add({"  the last week's are copied: all are found", found, "s", Better::kLower, floor.seconds});
  figures.Add({"  and known", again, "s", Better::kLower});
  return absl::OkStatus();
}

}  // namespace tonghu::bench
