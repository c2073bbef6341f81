#include "services/alerts/postgres/absence_rows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/clock/epoch_day.h"
#include "libs/directory/places.h"
#include "libs/postgres/columns.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;
using postgres::kUuid;

constexpr postgres::Columns kAbsence{Field<&AbsenceRow::county>("county"),
                                     Field<&AbsenceRow::child_id>("child_id", kUuid),
                                     Field<&AbsenceRow::day>("day"),
                                     Field<&AbsenceRow::with_leave>("with_leave"),
                                     Field<&AbsenceRow::alert_id>("alert_id", kUuid),
                                     Field<&AbsenceRow::school_closed>("school_closed"),
                                     Field<&AbsenceRow::report_time>("report_time"),
                                     Field<&AbsenceRow::school_id>("school_id")};
constexpr size_t kKeyColumns = 3;  // county, child and day

}  // namespace

absl::StatusOr<std::vector<AbsenceRow>> LoadAbsences(postgres::Connection& db,
                                                     absl::Span<const DayKey> mornings) {
  static const std::string sql =
      absl::StrCat("SELECT ", kAbsence.List("a."), " FROM ", kChildDays.Unnest("k"),
                   " JOIN absence a ON a.county = k.county AND a.child_id = k.id AND a.day = k.day");
  return kAbsence.ReadAll(db.Run(sql, kChildDays.Arrays(mornings)));
}

// DISTINCT, as several alerts of a list may be about one child.
absl::StatusOr<std::vector<AbsenceRow>> LoadAlertedAbsences(postgres::Connection& db,
                                                            absl::Span<const Key> children) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kAbsence.List("a."), " FROM (SELECT DISTINCT * FROM ", kUuidKeys.Unnest("u"),
      ") k JOIN absence a ON a.county = k.county AND a.child_id = k.id WHERE a.alert_id IS NOT NULL "
      "ORDER BY a.day");
  if (children.empty()) return std::vector<AbsenceRow>();
  return kAbsence.ReadAll(db.Run(sql, kUuidKeys.Arrays(children)));
}

// The term `t` says whether the morning `a` is a school day, and rows that say otherwise are wanted. An alert
// that a person has settled stays as it is.
absl::StatusOr<std::vector<AbsenceRow>> LoadDisputedAbsences(postgres::Connection& db,
                                                             absl::Span<const TermKey> terms) {
  static const std::string sql =
      absl::StrCat("SELECT ", kAbsence.List("a."), " FROM ", kTerms.Unnest("k"),
                   " JOIN school_term t ON t.county = k.county AND t.school_id = k.school_id AND t.term = k.term "
                   "JOIN absence a ON a.county = t.county AND a.school_id = t.school_id "
                   "AND a.alert_id IS NOT NULL AND a.day BETWEEN t.first_day AND t.last_day "
                   "JOIN alert l ON l.county = a.county AND l.alert_id = a.alert_id "
                   "WHERE a.school_closed = " TONGHU_SCHOOL_DAY("t", "a.day") " AND (a.school_closed "
                   "OR l.state <> 3) ORDER BY a.county, a.child_id, a.day");
  return kAbsence.ReadAll(db.Run(sql, kTerms.Arrays(terms)));
}

// There are two texts a filter, since an OR would keep the planner from the child's key.
absl::StatusOr<std::vector<AbsenceRow>> ListAbsences(postgres::Connection& db, const AbsenceFilter& filter,
                                                     const AbsencePlace& after, int limit) {
  postgres::Params params;
  // The first page begins on the filter's first day, before every child.
  params.Text(filter.county)
      .Int(clock::EpochDay(std::max(after.day, filter.first)))
      .UuidAfter(after.child_id);
  params.Int(clock::EpochDay(filter.last)).Text(filter.school_id).Int(limit);
  if (!filter.child_id.empty()) params.Uuid(filter.child_id);
  // Days and children are compared as one row, so that the index absence_day is read from there on.
  const std::string sql = absl::StrCat(
      "SELECT ", kAbsence.List("a."),
      " FROM absence a WHERE a.county = $1 AND (a.day, a.child_id) > ($2, $3) "
      "AND a.day <= $4 AND ($5 = '' OR a.school_id = $5)",
      filter.child_id.empty() ? "" : " AND a.child_id = $7", " AND ",
      directory::ChildCondition(filter.within, "a.child_id", params), " ORDER BY a.day, a.child_id LIMIT $6");
  return kAbsence.ReadAll(db.Run(sql, std::move(params)));
}

absl::Status StoreAbsences(postgres::Connection& db, absl::Span<const AbsenceRow> rows) {
  return kAbsence.Upsert(db, "absence", kKeyColumns, rows);
}

}  // namespace tonghu::alerts
