#include "services/pairing/postgres/duty_store.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/clock/epoch_day.h"
#include "libs/status/macros.h"
#include "services/pairing/domain/contact.h"
#include "services/pairing/postgres/row_columns.h"
#include "services/pairing/postgres/standing_store.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;
using postgres::kUuid;

constexpr auto kToPlan = postgres::Columns{Field<&PairingToPlan::county>("county"),
                                           Field<&PairingToPlan::pairing_id>("pairing_id", kUuid),
                                           Field<&PairingToPlan::line_id>("line_id", kUuid),
                                           Field<&PairingToPlan::child_id>("child_id", kUuid),
                                           Field<&PairingToPlan::helper_id>("helper_id"),
                                           Field<&PairingToPlan::role>("role"),
                                           Field<&PairingToPlan::owed_from>("owed_from"),
                                           Field<&PairingToPlan::start_time>("start_time"),
                                           Field<&PairingToPlan::care_level>("c.care_level"),
                                           Field<&PairingToPlan::guardianship>("c.guardianship"),
                                           Field<&PairingToPlan::formerly>(kFormerly),
                                           Field<&PairingToPlan::calendar>(
                                               "coalesce((SELECT string_agg(s.calendar, E'\\n') FROM "
                                               "school_calendar s WHERE s.county = p.county "
                                               "AND s.school_id = c.school_id AND s.last_day >= $1), '')")} +
                         directory::PlaceColumns<&PairingToPlan::place>(directory::kOfChild);

// The columns of a duty that is made.
constexpr auto kNewDuty = postgres::Columns{Field<&PlacedDuty::county>("county"),
                                            Field<&PlacedDuty::duty, &Duty::duty_id>("duty_id", kUuid),
                                            Field<&PlacedDuty::duty, &Duty::line_id>("line_id", kUuid),
                                            Field<&PlacedDuty::duty, &Duty::pairing_id>("pairing_id", kUuid),
                                            Field<&PlacedDuty::duty, &Duty::child_id>("child_id", kUuid),
                                            Field<&PlacedDuty::duty, &Duty::helper_id>("helper_id"),
                                            Field<&PlacedDuty::duty, &Duty::paired_from>("paired_from"),
                                            Field<&PlacedDuty::duty, &Duty::kind>("kind"),
                                            Field<&PlacedDuty::duty, &Duty::window_start>("window_start"),
                                            Field<&PlacedDuty::duty, &Duty::window_end>("window_end"),
                                            Field<&PlacedDuty::duty, &Duty::due_time>("due_time")} +
                          directory::PlaceColumns<&PlacedDuty::place>();

// A line, and the pairing with which it goes on.
struct LineRow {
  std::string county, child_id, line_id, pairing_id, helper_id, former_id;
  absl::Time paired_from;
};
constexpr postgres::Columns kLine{
    Field<&LineRow::county>("county"),          Field<&LineRow::child_id>("child_id", kUuid),
    Field<&LineRow::line_id>("line_id", kUuid), Field<&LineRow::pairing_id>("pairing_id", kUuid),
    Field<&LineRow::helper_id>("helper_id"),    Field<&LineRow::former_id>("former_id", kUuid),
    Field<&LineRow::paired_from>("paired_from")};

constexpr postgres::Columns kOwing{Field<&OwingKind::pairing_id>("pairing_id", kUuid),
                                   Field<&OwingKind::kind>("kind")};

constexpr postgres::Columns kPlannedDuty{
    Field<&PlannedDuty::duty_id>("duty_id", kUuid), Field<&PlannedDuty::window_start>("window_start"),
    Field<&PlannedDuty::due_time>("due_time"), Field<&PlannedDuty::row>("tid", postgres::kTid)};

constexpr postgres::Columns kPlannedLine{Field<&PairingToPlan::county>("county"),
                                         Field<&PairingToPlan::child_id>("child_id", kUuid),
                                         Field<&PairingToPlan::line_id>("line_id", kUuid)};

constexpr postgres::Columns kPlanned{Field<&PlannedPairing::county>("county"),
                                     Field<&PlannedPairing::pairing_id>("pairing_id", kUuid),
                                     Field<&PlannedPairing::make_time>("make_time")};

// A stretch of a shard's duties in the order of judging: how many it has, the mark before it, and its last
// duty.
struct Stretch {
  int64_t count = 0;
  absl::Time from, to;
  std::string from_id, to_id;
};
constexpr postgres::Columns kStretch{Field<&Stretch::count>("(SELECT count(*) FROM looked)"),
                                     Field<&Stretch::from>("(SELECT due_time FROM j)"),
                                     Field<&Stretch::from_id>("(SELECT duty_id FROM j)", kUuid),
                                     Field<&Stretch::to>("due_time"),
                                     Field<&Stretch::to_id>("duty_id", kUuid)};

// The mark of shard $1; before all duties when none was ever judged.
#define JUDGED_TO                                                                                       \
  "SELECT coalesce((SELECT due_time FROM judged WHERE shard = $1), '-infinity') AS due_time, "          \
  "coalesce((SELECT duty_id FROM judged WHERE shard = $1), '00000000-0000-0000-0000-000000000000') AS " \
  "duty_id"

// The duties of shard $1 behind the mark j (JUDGED_TO), to be ordered by the caller.
#define UNJUDGED \
  "SELECT due_time, duty_id FROM duty WHERE shard = $1 AND (due_time, duty_id) > (j.due_time, j.duty_id) "

// A SELECT of the lasting pairings `p` of children `c` for which `condition` holds.
std::string PairingsToPlan(const std::string& condition) {
  return absl::StrCat("SELECT ", kToPlan.List("p."),
                      " FROM pairing p JOIN child c ON c.county = p.county AND c.child_id = p.child_id "
                      "WHERE p.end_time IS NULL AND ",
                      condition);
}

// The end of a statement `WITH d AS (UPDATE duty u …`: gives the duties as changed, all in `state`.
std::string ChangedTo(DutyState state) {
  return absl::StrCat(" RETURNING u.*, u.ctid AS tid, ", static_cast<int>(state),
                      "::smallint AS state, false AS missed) SELECT ", kDuty.List("d."), " FROM d");
}

std::vector<LineRow> LinesOf(absl::Span<const PairingRow> pairings) {
  std::vector<LineRow> lines;
  for (const PairingRow& row : pairings) {
    lines.push_back({row.county, row.child_id, row.line_id, row.pairing_id, row.helper_id, row.former_id,
                     CountsFrom(row.start_time)});
  }
  return lines;
}

// The first day, counted from 1970-01-01, of the school year of `now`: the terms of earlier ones have no day
// in a window that lasts.
int64_t FirstDay(absl::Time now) { return clock::EpochDay(absl::CivilDay(SchoolYearOf(clock::DayOf(now)))); }

}  // namespace

const char kNextDuty[] = "SELECT u.due_time FROM (" JUDGED_TO ") j CROSS JOIN LATERAL (" UNJUDGED
                         "ORDER BY due_time, duty_id LIMIT 1) u";

absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsToPlan(postgres::Connection& db, int shard,
                                                              absl::Time now, int limit) {
  static const std::string sql =
      PairingsToPlan("p.shard = $2 AND p.make_time <= $3 ORDER BY p.make_time LIMIT $4");
  return kToPlan.ReadAll(db.Run(sql, postgres::Params().Int(FirstDay(now)).Int(shard).Time(now).Int(limit)));
}

absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsOfSchool(postgres::Connection& db,
                                                                const std::string& county,
                                                                const std::string& school_id,
                                                                absl::Time now) {
  static const std::string sql = PairingsToPlan("c.county = $2 AND c.school_id = $3");
  return kToPlan.ReadAll(db.Run(sql, postgres::Params().Int(FirstDay(now)).Text(county).Text(school_id)));
}

absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsOfChildren(postgres::Connection& db,
                                                                  absl::Span<const postgres::Key> children,
                                                                  absl::Time now) {
  static const std::string sql = PairingsToPlan(absl::StrCat(
      "(p.child_id, p.county) IN (SELECT k.id, k.county FROM ", postgres::kUuidKeys.Unnest("k", 2), ")"));
  return kToPlan.ReadAll(
      db.Run(sql, postgres::kUuidKeys.Arrays(children, postgres::Params().Int(FirstDay(now)))));
}

absl::StatusOr<std::vector<PairingToPlan>> LoadPairingsOfCounty(postgres::Connection& db,
                                                                const std::string& county,
                                                                const std::string& after, absl::Time now,
                                                                int limit) {
  static const std::string sql =
      PairingsToPlan("p.county = $2 AND p.pairing_id > $3 ORDER BY p.pairing_id LIMIT $4");
  return kToPlan.ReadAll(
      db.Run(sql, postgres::Params().Int(FirstDay(now)).Text(county).UuidAfter(after).Int(limit)));
}

// A duty is never made behind the mark of `judged`, where nobody would look at it again: its due time is put
// just after the mark, so that a clock that was put back hides no duty.
absl::StatusOr<std::vector<size_t>> InsertDuties(postgres::Connection& db, int shard,
                                                 absl::Span<const PlacedDuty> duties) {
  static const std::string sql =
      absl::StrCat("INSERT INTO duty (", kNewDuty.List(), ", shard) SELECT d.*, $", kNewDuty.size() + 1,
                   " FROM ", kNewDuty.Unnest("d"), " ON CONFLICT DO NOTHING RETURNING duty_id");
  std::vector<size_t> made;
  if (duties.empty()) return made;
  ASSIGN_OR_RETURN(
      auto mark, db.Run("SELECT max(due_time) FROM judged WHERE shard = $1", postgres::Params().Int(shard)));
  std::vector<PlacedDuty> rows(duties.begin(), duties.end());
  for (PlacedDuty& row : rows)
    row.duty.due_time = std::max(row.duty.due_time, mark.Time(0, 0) + absl::Microseconds(1));
  // A duty that was made before has the same id (DutyId) and stays as it is.
  ASSIGN_OR_RETURN(auto inserted, db.Run(sql, kNewDuty.Arrays(rows).Int(shard)));
  absl::flat_hash_set<std::string> ids;
  for (int i = 0; i < inserted.rows(); ++i) ids.insert(inserted.Uuid(i, 0));
  for (size_t i = 0; i < rows.size(); ++i) {
    if (ids.contains(rows[i].duty.duty_id)) made.push_back(i);
  }
  return made;
}

absl::StatusOr<std::vector<PlannedDuty>> LoadPlanned(postgres::Connection& db,
                                                     absl::Span<const PairingToPlan> pairings,
                                                     absl::Time since) {
  static const std::string sql =
      absl::StrCat("SELECT ", kPlannedDuty.List("d."), " FROM ", kPlannedLine.Unnest("t"),
                   " JOIN (SELECT u.*, u.ctid AS tid FROM duty u) d ON d.child_id = t.child_id "
                   "AND d.county = t.county AND d.line_id = t.line_id AND d.outcome = 0 AND d.window_end > $",
                   kPlannedLine.size() + 1, " AND d.window_start > $", kPlannedLine.size() + 1);
  if (pairings.empty()) return std::vector<PlannedDuty>();
  return kPlannedDuty.ReadAll(db.Run(sql, kPlannedLine.Arrays(pairings).Time(since)));
}

absl::Status DeleteDuties(postgres::Connection& db, absl::Span<const PlannedDuty> duties) {
  static const std::string sql = absl::StrCat("DELETE FROM duty d USING ", kPlannedDuty.Unnest("k"),
                                              " WHERE d.ctid = k.tid AND d.duty_id = k.duty_id");
  return duties.empty() ? absl::OkStatus() : db.Defer(sql, kPlannedDuty.Arrays(duties));
}

absl::Status SetMakeTimes(postgres::Connection& db, absl::Span<const PlannedPairing> planned) {
  static const std::string sql =
      absl::StrCat("UPDATE pairing p SET make_time = m.make_time FROM ", kPlanned.Unnest("m"),
                   " WHERE p.county = m.county AND p.pairing_id = m.pairing_id");
  return db.Defer(sql, kPlanned.Arrays(planned));
}

// Moves the mark over what is due, then reads what was still owed of that stretch. Two statements, since the
// first returns the stretch's bounds and the second then needs no join.
absl::StatusOr<Judged> JudgeDuties(postgres::Connection& db, int shard, absl::Time now, int limit) {
  // Duties that are done are counted too: the index does not know outcomes.
  static const std::string judge = absl::StrCat(
      "WITH j AS (" JUDGED_TO "), looked AS (SELECT d.* FROM j CROSS JOIN LATERAL (" UNJUDGED
      "AND due_time <= $2 ORDER BY due_time, duty_id LIMIT $3) d) "
      "INSERT INTO judged (shard, due_time, duty_id) "
      "SELECT $1, due_time, duty_id FROM looked ORDER BY due_time DESC, duty_id DESC LIMIT 1 "
      "ON CONFLICT (shard) DO UPDATE SET due_time = excluded.due_time, duty_id = excluded.duty_id RETURNING ",
      kStretch.List());
  // The condition is a range of the index duty_due, so a stretch is read without touching judged duties.
  static const std::string missed = absl::StrCat(
      "SELECT ", kDuty.List("d."),
      " FROM (SELECT u.*, u.ctid AS tid, 3::smallint AS state, true AS missed FROM duty u "
      "WHERE shard = $1 AND outcome = 0 AND (due_time, duty_id) > (coalesce($2, '-infinity'), $3) "
      "AND (due_time, duty_id) <= ($4, $5)) d ORDER BY d.due_time, d.duty_id");
  ASSIGN_OR_RETURN(auto moved,
                   kStretch.ReadAll(db.Run(judge, postgres::Params().Int(shard).Time(now).Int(limit))));
  Judged judged;
  if (moved.empty()) return judged;
  const Stretch& stretch = moved.front();
  judged.count = static_cast<int>(stretch.count);
  // The mark before the first judging is NULL as a parameter, hence the coalesce.
  ASSIGN_OR_RETURN(auto owed, kDuty.ReadAll(db.Run(missed, postgres::Params()
                                                               .Int(shard)
                                                               .Time(stretch.from)
                                                               .Uuid(stretch.from_id)
                                                               .Time(stretch.to)
                                                               .Uuid(stretch.to_id))));
  judged.missed = std::move(owed);
  return judged;
}

absl::StatusOr<std::vector<PlacedDuty>> LoadDuty(postgres::Connection& db, const std::string& county,
                                                 const std::string& duty_id) {
  static const std::string sql =
      absl::StrCat("SELECT ", kDuty.List("d."), " FROM judged_duty d WHERE d.county = $1 AND d.duty_id = $2");
  return kDuty.ReadAll(db.Run(sql, postgres::Params().Text(county).Uuid(duty_id)));
}

absl::Status ExcuseDuty(postgres::Connection& db, const std::string& county, const std::string& duty_id,
                        const std::string& excuse) {
  return db.Defer(
      "UPDATE duty SET outcome = 4, excuse = $3 WHERE county = $1 AND duty_id = $2 AND outcome = 0",
      postgres::Params().Text(county).Uuid(duty_id).Text(excuse));
}

// Duties of a pairing are found through its child, who has few: an index by pairing would cost every new duty
// more than it saves here.
absl::StatusOr<std::vector<PlacedDuty>> CloseOpenDuties(postgres::Connection& db, const std::string& county,
                                                        const std::string& pairing_id,
                                                        const std::string& excuse, absl::Time now) {
  static const std::string sql = absl::StrCat(
      // One statement: the pairing is found, its later duties are deleted, and the one whose window lasts is
      // excused. `by_end` marks it, so that the line's next pairing in the same window can owe it again.
      "WITH p AS (SELECT * FROM pairing WHERE county = $1 AND pairing_id = $2), "
      "later AS (DELETE FROM duty u USING p WHERE u.child_id = p.child_id AND u.county = p.county "
      "AND u.pairing_id = p.pairing_id AND (u.outcome = 0 OR u.by_closure) AND u.window_end > $4 "
      "AND u.window_start > $4), "
      // What a closure has excused already stays excused without the closure.
      "closed AS (UPDATE duty u SET by_end = true FROM p WHERE u.child_id = p.child_id AND u.county = "
      "p.county "
      "AND u.pairing_id = p.pairing_id AND u.by_closure AND u.window_start <= $4 AND u.window_end > $4), "
      "d AS (UPDATE duty u SET outcome = 4, excuse = $3, by_end = true "
      "FROM p JOIN judged_duty o ON o.child_id = p.child_id AND o.county = p.county "
      "AND o.pairing_id = p.pairing_id AND o.state = 1 AND o.window_start <= $4 AND o.window_end > $4 "
      "WHERE u.county = o.county AND u.duty_id = o.duty_id",
      ChangedTo(DutyState::kExcused));
  return kDuty.ReadAll(db.Run(sql, postgres::Params().Text(county).Uuid(pairing_id).Text(excuse).Time(now)));
}

absl::StatusOr<std::vector<PlacedDuty>> ReopenDuties(postgres::Connection& db,
                                                     absl::Span<const PairingRow> continuing,
                                                     absl::Span<const OwingKind> owing, absl::Time now) {
  static const std::string sql = absl::StrCat(
      // The place is taken anew: the child may have moved since the duty was excused.
      "WITH d AS (UPDATE duty u SET outcome = 0, excuse = '', by_end = false, by_closure = false, pairing_id "
      "= n.pairing_id, "
      "helper_id = n.helper_id, paired_from = n.paired_from, school_id = c.school_id, "
      "township_code = c.township_code, grade = c.grade, class_number = c.class_number FROM ",
      kLine.Unnest("n"), " JOIN ", kOwing.Unnest("o", kLine.size() + 2),
      " ON o.pairing_id = n.pairing_id "
      "JOIN child c ON c.child_id = n.child_id AND c.county = n.county "
      "WHERE u.child_id = n.child_id AND u.county = n.county AND u.line_id = n.line_id AND u.by_end "
      "AND u.kind = o.kind AND u.window_end > $",
      kLine.size() + 1, ChangedTo(DutyState::kOpen));
  if (continuing.empty()) return std::vector<PlacedDuty>();
  return kDuty.ReadAll(db.Run(sql, kOwing.Arrays(owing, kLine.Arrays(LinesOf(continuing)).Time(now))));
}

absl::Status MoveOpenDuties(postgres::Connection& db, absl::Span<const PairingRow> continuing) {
  static const std::string sql = absl::StrCat(
      "UPDATE duty u SET pairing_id = n.pairing_id, helper_id = n.helper_id, paired_from = n.paired_from "
      "FROM ",
      kLine.Unnest("n"),
      " JOIN judged_duty o ON o.child_id = n.child_id AND o.county = n.county AND o.pairing_id = n.former_id "
      "AND (o.state = 1 OR o.by_closure AND NOT o.missed) WHERE u.county = o.county AND u.duty_id = "
      "o.duty_id");
  return continuing.empty() ? absl::OkStatus() : db.Defer(sql, kLine.Arrays(LinesOf(continuing)));
}

absl::Status MovePlaces(postgres::Connection& db, absl::Span<const postgres::Key> children) {
  static const std::string sql = absl::StrCat(
      "UPDATE duty d SET school_id = c.school_id, township_code = c.township_code, grade = c.grade, "
      "class_number = c.class_number FROM (SELECT DISTINCT k.county, k.id FROM ",
      postgres::kUuidKeys.Unnest("k"),
      ") k JOIN child c ON c.county = k.county AND c.child_id = k.id "
      "WHERE d.child_id = c.child_id AND d.county = c.county AND d.outcome = 0 "
      "AND (d.school_id, d.township_code, d.grade, d.class_number) <> "
      "(c.school_id, c.township_code, c.grade, c.class_number)");
  return children.empty() ? absl::OkStatus() : db.Defer(sql, postgres::kUuidKeys.Arrays(children));
}

}  // namespace tonghu::pairing
