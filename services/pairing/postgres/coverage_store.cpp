#include "services/pairing/postgres/coverage_store.h"

#include "absl/strings/str_cat.h"
#include "libs/directory/columns.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"
#include "services/pairing/postgres/row_columns.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;
using postgres::kUuid;
using postgres::Params;

constexpr auto kCovered =
    postgres::Columns{Field<&CoveredChild::county>("c.county"),
                      Field<&CoveredChild::child_id>("c.child_id", kUuid),
                      Field<&CoveredChild::care_level>("c.care_level"),
                      Field<&CoveredChild::guardianship>("c.guardianship"),
                      Field<&CoveredChild::roles>("coalesce(l.roles, 0)"),
                      Field<&CoveredChild::on_purpose>("coalesce(l.on_purpose, false)")} +
    directory::PlaceColumns<&CoveredChild::place>(
        {"c.school_id", "c.township_code", "c.grade", "c.class_number"});
constexpr postgres::Columns kLooking{Field<&Looking::county>("county"),
                                     Field<&Looking::school_id>("school_id"),
                                     Field<&Looking::grade>("grade", postgres::kInt2),
                                     Field<&Looking::class_number>("class_number", postgres::kInt2),
                                     Field<&Looking::child_id>("child_id", kUuid)};
constexpr postgres::Columns kGap{Field<&GapRow::county>("county"),
                                 Field<&GapRow::child_id>("child_id", kUuid),
                                 Field<&GapRow::gap>("gap", postgres::kInt2),
                                 Field<&GapRow::shard>("shard"),
                                 Field<&GapRow::known, &KnownGap::since>("since"),
                                 Field<&GapRow::known, &KnownGap::told>("told"),
                                 Field<&GapRow::known, &KnownGap::tell_time>("tell_time")};
constexpr size_t kGapKey = 3;  // county, child and gap
constexpr postgres::Columns kGone{Field<&GapRow::county>("county"),
                                  Field<&GapRow::child_id>("child_id", kUuid),
                                  Field<&GapRow::gap>("gap", postgres::kInt2)};
constexpr postgres::Columns kChildKey{Field<&CoveredChild::county>("county"),
                                      Field<&CoveredChild::child_id>("child_id", kUuid)};
constexpr postgres::Columns kPairedChild{Field<&PairingRow::county>("county"),
                                         Field<&PairingRow::child_id>("child_id", kUuid)};

// What pairings say of a child `c`: in which roles somebody is paired now who has not left, and whether the
// end of the last pairing that looked after the child said that the child needs nobody. $1: the reasons that
// say so.
const std::string& OfPairings() {
  static const std::string sql = absl::StrCat(
      " LEFT JOIN LATERAL (SELECT bit_or(1 << p.role) FILTER (WHERE p.end_time IS NULL AND "
      "f.staff_id IS NULL) AS roles, "
      "(array_agg(p.end_reason ORDER BY p.end_time DESC NULLS FIRST, p.pairing_id DESC) FILTER (WHERE ",
      LooksAfterSql(),
      "))[1] = ANY ($1) AS on_purpose FROM pairing p LEFT JOIN left_staff f ON f.county = p.county AND "
      "f.staff_id = "
      "p.helper_id WHERE p.child_id = c.child_id AND p.county = c.county) "
      "l "
      "ON true");
  return sql;
}

}  // namespace

absl::Status BeginLooking(postgres::Connection& db, int shard, absl::Span<const std::string> counties,
                          absl::Time now) {
  return db.Defer(
      "INSERT INTO coverage_look (county, shard, next_time) SELECT u, $2, $3 FROM unnest($1) u "
      "ON CONFLICT DO NOTHING",
      Params().Texts(counties).Int(shard).Time(now));
}

absl::StatusOr<std::vector<Looking>> LoadLooking(postgres::Connection& db, int shard, absl::Time now) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kLooking.List(),
      " FROM coverage_look WHERE shard = $1 AND next_time <= $2 ORDER BY next_time, county LIMIT 1");
  return kLooking.ReadAll(db.Run(sql, Params().Int(shard).Time(now)));
}

absl::Status MoveLooking(postgres::Connection& db, const Looking& looking) {
  static const std::string sql = absl::StrCat("UPDATE coverage_look l SET ", kLooking.Assignments("n.", 1),
                                              " FROM ", kLooking.Unnest("n"), " WHERE l.county = n.county");
  return db.Run(sql, kLooking.Arrays({looking})).status();
}

absl::Status EndLooking(postgres::Connection& db, const std::string& county, absl::Time next_time) {
  return db
      .Run(
          "UPDATE coverage_look SET next_time = $2, school_id = '', grade = 0, class_number = 0, "
          "child_id = NULL WHERE county = $1",
          Params().Text(county).Time(next_time))
      .status();
}

absl::StatusOr<std::vector<CoveredChild>> LoadNextChildren(postgres::Connection& db, const Looking& looking,
                                                           int limit) {
  static const std::string sql =
      absl::StrCat("SELECT ", kCovered.List(),
                   " FROM (SELECT * FROM child WHERE county = $2 AND (school_id, grade, class_number, "
                   "child_id) > ($3, $4, $5, "
                   "$6) ORDER BY school_id, grade, class_number, child_id LIMIT $7) c",
                   OfPairings(), " ORDER BY c.school_id, c.grade, c.class_number, c.child_id");
  return kCovered.ReadAll(db.Run(sql, Params()
                                          .Ints(OnPurpose())
                                          .Text(looking.county)
                                          .Text(looking.school_id)
                                          .Int(looking.grade)
                                          .Int(looking.class_number)
                                          .UuidAfter(looking.child_id)
                                          .Int(limit)));
}

absl::StatusOr<std::vector<CoveredChild>> LoadChildrenDue(postgres::Connection& db, int shard, absl::Time now,
                                                          int limit) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kCovered.List(),
      " FROM (SELECT DISTINCT g.county, g.child_id FROM (SELECT county, child_id FROM coverage_gap WHERE "
      "shard = $2 AND tell_time <= $3 ORDER BY tell_time LIMIT $4) g) k "
      "JOIN child c ON c.county = k.county AND c.child_id = k.child_id",
      OfPairings(), " ORDER BY c.child_id, c.county");
  return kCovered.ReadAll(db.Run(sql, Params().Ints(OnPurpose()).Int(shard).Time(now).Int(limit)));
}

absl::StatusOr<std::vector<CoveredChild>> LoadPairedChildren(postgres::Connection& db,
                                                             absl::Span<const PairingRow> pairings,
                                                             Which which) {
  const auto sql = [](const char* condition) {
    return absl::StrCat("SELECT ", kCovered.List(), " FROM (SELECT DISTINCT county, child_id FROM ",
                        kPairedChild.Unnest("u", 2), ") k ",
                        "JOIN child c ON c.county = k.county AND c.child_id = k.child_id", OfPairings(),
                        condition);
  };
  static const std::string all = sql("");
  static const std::string with_gaps =
      sql(" WHERE EXISTS (SELECT FROM coverage_gap g WHERE g.county = c.county AND g.child_id = c.child_id)");
  return kCovered.ReadAll(db.Run(which == Which::kAll ? all : with_gaps,
                                 kPairedChild.Arrays(pairings, Params().Ints(OnPurpose()))));
}

absl::StatusOr<std::vector<CoveredChild>> LoadHelpedChildren(postgres::Connection& db,
                                                             absl::Span<const postgres::Key> staff,
                                                             int limit) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kCovered.List(), " FROM (SELECT DISTINCT p.county, p.child_id FROM ",
      postgres::kKeys.Unnest("u", 2),
      " JOIN pairing p ON p.helper_id = u.id AND p.county = u.county AND p.end_time IS NULL WHERE EXISTS "
      "(SELECT FROM left_staff f WHERE f.county = u.county AND f.staff_id = u.id) OR EXISTS (SELECT FROM "
      "coverage_gap g WHERE g.county = p.county AND g.child_id = p.child_id) LIMIT $4) k "
      "JOIN child c ON c.county = k.county AND c.child_id = k.child_id",
      OfPairings());
  return kCovered.ReadAll(db.Run(sql, postgres::kKeys.Arrays(staff, Params().Ints(OnPurpose())).Int(limit)));
}

absl::StatusOr<std::map<postgres::Key, KnownGaps>> LoadGaps(postgres::Connection& db,
                                                            absl::Span<const CoveredChild> children) {
  static const std::string sql =
      absl::StrCat("SELECT ", kGap.List("g."), " FROM ", kChildKey.Unnest("k"),
                   " JOIN coverage_gap g ON g.county = k.county AND g.child_id = k.child_id");
  ASSIGN_OR_RETURN(const auto rows, kGap.ReadAll(db.Run(sql, kChildKey.Arrays(children))));
  std::map<postgres::Key, KnownGaps> gaps;
  for (const GapRow& row : rows) gaps[{row.county, row.child_id}][row.gap] = row.known;
  return gaps;
}

absl::Status StoreGaps(postgres::Connection& db, absl::Span<const GapRow> rows) {
  return kGap.Upsert(db, "coverage_gap", kGapKey, rows);
}

absl::Status DeleteGaps(postgres::Connection& db, absl::Span<const GapRow> rows) {
  static const std::string sql =
      absl::StrCat("DELETE FROM coverage_gap g USING ", kGone.Unnest("k"),
                   " WHERE g.county = k.county AND g.child_id = k.child_id AND g.gap = k.gap");
  return rows.empty() ? absl::OkStatus() : db.Defer(sql, kGone.Arrays(rows));
}

absl::StatusOr<std::map<std::string, int>> LoadMostDays(postgres::Connection& db,
                                                        absl::Span<const std::string> counties) {
  std::map<std::string, int> days;
  for (const std::string& county : counties) days[county] = kMostUncoveredDays;
  ASSIGN_OR_RETURN(auto rows, db.Run("SELECT county, most_days FROM coverage_policy WHERE county = ANY ($1)",
                                     Params().Texts(counties)));
  for (int i = 0; i < rows.rows(); ++i) days[std::string(rows.Text(i, 0))] = static_cast<int>(rows.Int(i, 1));
  return days;
}

absl::Status PutMostDays(postgres::Connection& db, const std::string& county, int days) {
  RETURN_IF_ERROR(
      db.Defer("INSERT INTO coverage_policy VALUES ($1, $2) ON CONFLICT (county) DO UPDATE SET "
               "most_days = excluded.most_days",
               Params().Text(county).Int(days)));
  return db.Defer(
      "UPDATE coverage_gap SET tell_time = since + make_interval(days => $2::integer) "
      "WHERE county = $1 AND NOT told",
      Params().Text(county).Int(days));
}

}  // namespace tonghu::pairing
