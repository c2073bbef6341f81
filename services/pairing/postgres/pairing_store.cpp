#include "services/pairing/postgres/pairing_store.h"

#include "absl/strings/str_cat.h"
#include "libs/directory/columns.h"
#include "libs/status/macros.h"
#include "services/pairing/postgres/row_columns.h"

namespace tonghu::pairing {
namespace {

// True for a child with whom nobody is paired, and whose last pairing was not ended on purpose ($2).
#define UNPAIRED "(last.pairing_id IS NULL OR (last.end_time IS NOT NULL AND last.end_reason <> ALL ($2))) "
// The class teacher's post has a holder who is not paired with the child in another role.
#define HAS_FREE_TEACHER                                                                           \
  "AND t.holder_id <> '' AND NOT EXISTS (SELECT FROM pairing o WHERE o.child_id = c.child_id AND " \
  "o.helper_id = t.holder_id AND o.county = c.county AND o.end_time IS NULL)"

using postgres::Field;
using postgres::kInt2;
using postgres::kUuid;

// The place of a pairing's child.
constexpr auto kPlace = directory::PlaceColumns<&PairingRow::place>(directory::kOfChild);
constexpr auto kPlacedPairing = kPairing + kPlace;

// A pairing that is to be handed over to the class teacher `t`.
constexpr auto kFollowing = postgres::Columns{Field<&PairingRow::county>("county"),
                                              Field<&PairingRow::former_id>("pairing_id", kUuid),
                                              Field<&PairingRow::line_id>("line_id", kUuid),
                                              Field<&PairingRow::child_id>("child_id", kUuid),
                                              Field<&PairingRow::former_helper_id>("helper_id"),
                                              Field<&PairingRow::helper_id>("t.holder_id"),
                                              Field<&PairingRow::role>("role"),
                                              Field<&PairingRow::basis>("basis"),
                                              Field<&PairingRow::owed_from>("owed_from")} +
                            kPlace;

// A child who is to be paired with the class teacher.
constexpr auto kToPair = postgres::Columns{Field<&PairingRow::county>("c.county"),
                                           Field<&PairingRow::child_id>("c.child_id", kUuid),
                                           Field<&PairingRow::helper_id>("t.holder_id")} +
                         kPlace;

constexpr postgres::Columns kEnded{
    Field<&PairingRow::county>("county"), Field<&PairingRow::pairing_id>("pairing_id", kUuid),
    Field<&PairingRow::end_time>("end_time"), Field<&PairingRow::end_reason>("end_reason")};

// The child and helper for whom a pairing is wanted.
constexpr postgres::Columns kWanted{Field<&PairingRow::county>("county"),
                                    Field<&PairingRow::child_id>("child_id", kUuid),
                                    Field<&PairingRow::helper_id>("helper_id")};

// What is found about the wanted pairing number `place`, counted from 1.
struct FoundCheck {
  int64_t place = 0;
  PairingCheck check;
};
constexpr auto kCheck =
    postgres::Columns{Field<&FoundCheck::place>("k.n"),
                      Field<&FoundCheck::check, &PairingCheck::child_known>("(c.child_id IS NOT NULL)"),
                      Field<&FoundCheck::check, &PairingCheck::helper_known>("(s.staff_id IS NOT NULL)"),
                      Field<&FoundCheck::check, &PairingCheck::paired>("(p.pairing_id IS NOT NULL)"),
                      Field<&FoundCheck::check, &PairingCheck::class_teacher>("t.holder_id")} +
    directory::PlaceColumns<&FoundCheck::check, &PairingCheck::place>(directory::kOfChild);

struct FoundLine {
  int64_t place = 0;
  EndedLine line;
};
constexpr postgres::Columns kLine{Field<&FoundLine::place>("k.n"),
                                  Field<&FoundLine::line, &EndedLine::line_id>("p.line_id", kUuid),
                                  Field<&FoundLine::line, &EndedLine::owed_from>("p.owed_from"),
                                  Field<&FoundLine::line, &EndedLine::role>("p.role")};

constexpr postgres::Columns kCount{
    Field<&ClassCount::paired>(
        "count(*) FILTER (WHERE last.pairing_id IS NOT NULL AND last.end_time IS NULL)"),
    Field<&ClassCount::ended_on_purpose>(
        "count(*) FILTER (WHERE last.end_time IS NOT NULL AND last.end_reason = ANY ($2))"),
    Field<&ClassCount::without_teacher>("count(*) FILTER (WHERE " UNPAIRED
                                        "AND coalesce(t.holder_id, '') = '')"),
    Field<&ClassCount::to_pair>("count(*) FILTER (WHERE " UNPAIRED HAS_FREE_TEACHER ")")};

// Joins `t`, the post of the class teacher of the child `c`.
constexpr char kClassTeacher[] =
    " LEFT JOIN class_teacher t ON t.county = c.county AND t.school_id = c.school_id AND t.grade = c.grade "
    "AND t.class_number = c.class_number ";

// The children `c` of county $1, with `last`: a lasting pairing whose role looks after the child, or else the
// one that ended last (a lasting one has no end, and NULLS FIRST puts it first).
const std::string& ChildrenByClass() {
  static const std::string sql = absl::StrCat(
      " FROM child c LEFT JOIN LATERAL (SELECT p.pairing_id, p.end_time, p.end_reason FROM pairing p "
      "WHERE p.child_id = c.child_id AND p.county = c.county AND ",
      LooksAfterSql(), " ORDER BY p.end_time DESC NULLS FIRST, p.pairing_id DESC LIMIT 1) last ON true",
      kClassTeacher, "WHERE c.county = $1 ");
  return sql;
}

}  // namespace

const std::vector<int64_t>& OnPurpose() {
  static const std::vector<int64_t> kReasons = {static_cast<int64_t>(EndReason::kParentReturned),
                                                static_cast<int64_t>(EndReason::kChildMoved),
                                                static_cast<int64_t>(EndReason::kGrownUp)};
  return kReasons;
}

absl::StatusOr<std::vector<PairingCheck>> CheckPairings(postgres::Connection& db,
                                                        absl::Span<const PairingRow> wanted) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kCheck.List(), " FROM ", kWanted.UnnestNumbered("k"),
      " LEFT JOIN child c ON c.county = k.county AND c.child_id = k.child_id", kClassTeacher,
      "LEFT JOIN staff s ON s.county = k.county AND s.staff_id = k.helper_id "
      // Left joins on unique keys: every wanted pairing gives exactly one row, with what is missing as NULL.
      "LEFT JOIN pairing p ON p.county = k.county AND p.child_id = k.child_id AND p.helper_id = k.helper_id "
      "AND p.end_time IS NULL");
  ASSIGN_OR_RETURN(auto rows, kCheck.ReadAll(db.Run(sql, kWanted.Arrays(wanted))));
  std::vector<PairingCheck> checks(wanted.size());
  for (FoundCheck& row : rows) checks[row.place - 1] = std::move(row.check);
  return checks;
}

absl::StatusOr<std::vector<std::vector<EndedLine>>> FindEndedLines(postgres::Connection& db,
                                                                   absl::Span<const PairingRow> wanted,
                                                                   absl::Time since) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kLine.List(), " FROM ", kWanted.UnnestNumbered("k"),
      " JOIN pairing p ON p.child_id = k.child_id AND p.county = k.county AND p.end_time >= $4"
      // A line counts once, by its last pairing, and only when none of its pairings lasts.
      " WHERE NOT EXISTS (SELECT FROM pairing o WHERE o.child_id = p.child_id AND o.county = p.county "
      "AND o.line_id = p.line_id AND (o.end_time IS NULL OR (o.end_time, o.pairing_id) > "
      "(p.end_time, p.pairing_id))) ORDER BY k.n, p.end_time DESC, p.pairing_id DESC");
  ASSIGN_OR_RETURN(auto rows, kLine.ReadAll(db.Run(sql, kWanted.Arrays(wanted).Time(since))));
  std::vector<std::vector<EndedLine>> lines(wanted.size());
  for (FoundLine& row : rows) lines[row.place - 1].push_back(std::move(row.line));
  return lines;
}

absl::Status InsertPairings(postgres::Connection& db, int shard, absl::Span<const PairingRow> rows,
                            absl::Time make_time) {
  static const std::string sql =
      absl::StrCat("INSERT INTO pairing (", kPairing.List(), ", shard, make_time) SELECT p.*, $",
                   kPairing.size() + 1, ", $", kPairing.size() + 2, " FROM ", kPairing.Unnest("p"));
  return rows.empty() ? absl::OkStatus() : db.Defer(sql, kPairing.Arrays(rows).Int(shard).Time(make_time));
}

// The place is the child's of today, as the child may have moved since the pairing began.
absl::StatusOr<std::map<postgres::Key, PairingRow>> LoadPairings(postgres::Connection& db,
                                                                 absl::Span<const postgres::Key> names) {
  static const std::string sql =
      absl::StrCat("SELECT ", kPlacedPairing.List("p."), " FROM ", postgres::kUuidKeys.Unnest("k"),
                   " JOIN pairing p ON p.county = k.county AND p.pairing_id = k.id "
                   "JOIN child c ON c.county = p.county AND c.child_id = p.child_id");
  ASSIGN_OR_RETURN(auto rows, kPlacedPairing.ReadAll(db.Run(sql, postgres::kUuidKeys.Arrays(names))));
  std::map<postgres::Key, PairingRow> pairings;
  for (PairingRow& row : rows) {
    postgres::Key key(row.county, row.pairing_id);
    pairings.emplace(std::move(key), std::move(row));
  }
  return pairings;
}

// An ended pairing is never planned again, hence its make_time.
absl::Status EndPairings(postgres::Connection& db, absl::Span<const PairingRow> ended) {
  static const std::string sql =
      absl::StrCat("UPDATE pairing p SET ", kEnded.Assignments("e.", 2), ", make_time = 'infinity' FROM ",
                   kEnded.Unnest("e"), " WHERE p.county = e.county AND p.pairing_id = e.pairing_id");
  return ended.empty() ? absl::OkStatus() : db.Defer(sql, kEnded.Arrays(ended));
}

absl::StatusOr<std::vector<PairingRow>> FindToPairByClass(postgres::Connection& db, const std::string& county,
                                                          int limit) {
  static const std::string sql =
      absl::StrCat("SELECT ", kToPair.List(), ChildrenByClass(),
                   "AND " UNPAIRED HAS_FREE_TEACHER " ORDER BY c.child_id LIMIT $3");
  ASSIGN_OR_RETURN(auto pairings, kToPair.ReadAll(db.Run(
                                      sql, postgres::Params().Text(county).Ints(OnPurpose()).Int(limit))));
  for (PairingRow& pairing : pairings) {
    pairing.role = PairingRole::kClassTeacher;
    pairing.basis = PairingBasis::kClassTeacher;
  }
  return pairings;
}

absl::StatusOr<ClassCount> CountByClass(postgres::Connection& db, const std::string& county) {
  static const std::string sql = absl::StrCat("SELECT ", kCount.List(), ChildrenByClass());
  ASSIGN_OR_RETURN(auto counts,
                   kCount.ReadAll(db.Run(sql, postgres::Params().Text(county).Ints(OnPurpose()))));
  return counts.front();
}

absl::StatusOr<std::vector<PairingRow>> FindToFollow(postgres::Connection& db,
                                                     absl::Span<const postgres::Key> children,
                                                     absl::Span<const postgres::Key> posts) {
  static const std::string sql = absl::StrCat(
      // UNION takes each child once, though both a child and its class's post may have changed in one batch.
      "WITH those AS (SELECT k.county, k.id FROM ", postgres::kUuidKeys.Unnest("k", 2),
      " UNION SELECT c.county, c.child_id FROM ", postgres::kKeys.Unnest("k", 4),
      " JOIN class_teacher o ON o.county = k.county AND o.post_id = k.id "
      "JOIN child c ON c.county = o.county AND c.school_id = o.school_id AND c.grade = o.grade "
      "AND c.class_number = o.class_number) SELECT ",
      kFollowing.List("p."),
      " FROM those JOIN pairing p ON p.county = those.county AND p.child_id = those.id "
      "AND p.end_time IS NULL AND p.basis = $1 JOIN child c ON c.county = p.county AND c.child_id = "
      "p.child_id",
      kClassTeacher,
      "WHERE t.holder_id <> '' AND t.holder_id <> p.helper_id "
      // A pairing can't follow to a teacher who is paired with the child already (index pairing_active).
      "AND NOT EXISTS (SELECT FROM pairing o WHERE o.child_id = p.child_id AND o.county = p.county "
      "AND o.helper_id = t.holder_id AND o.end_time IS NULL) ORDER BY p.pairing_id");
  if (children.empty() && posts.empty()) return std::vector<PairingRow>();
  const postgres::Params basis = postgres::Params().Int(static_cast<int>(PairingBasis::kClassTeacher));
  return kFollowing.ReadAll(
      db.Run(sql, postgres::kKeys.Arrays(posts, postgres::kUuidKeys.Arrays(children, basis))));
}

}  // namespace tonghu::pairing
