#include "services/pairing/postgres/pairing_store.h"

#include "tonghu/pairing/v1/pairing_service.pb.h"

namespace tonghu::pairing {
namespace {

#define CLASS_TEACHER_OF_CHILD                                                                            \
  "LEFT JOIN class_teacher t ON t.county = c.county AND t.school_id = c.school_id AND t.grade = c.grade " \
  "AND t.class_number = c.class_number "

constexpr char kCheck[] =
    "SELECT k.n, c.child_id IS NOT NULL, s.staff_id IS NOT NULL, p.pairing_id IS NOT NULL, "
    "coalesce(t.holder_id, ''), coalesce(c.school_id, ''), coalesce(c.township_code, ''), "
    "coalesce(c.grade, 0), coalesce(c.class_number, 0) "
    "FROM unnest($1, $2, $3) WITH ORDINALITY AS k (county, child_id, helper_id, n) "
    "LEFT JOIN child c ON c.county = k.county AND c.child_id = k.child_id " CLASS_TEACHER_OF_CHILD
    "LEFT JOIN staff s ON s.county = k.county AND s.staff_id = k.helper_id "
    "LEFT JOIN pairing p ON p.county = k.county AND p.child_id = k.child_id AND p.helper_id = k.helper_id "
    "AND p.end_time IS NULL";

constexpr char kEndedLines[] = R"sql(
SELECT k.n, p.line_id, p.owed_from
FROM unnest($1, $2) WITH ORDINALITY AS k (county, child_id, n)
JOIN pairing p ON p.child_id = k.child_id AND p.county = k.county AND p.end_time >= $3
WHERE NOT EXISTS (SELECT FROM pairing o WHERE o.child_id = p.child_id AND o.county = p.county AND o.line_id = p.line_id
                  AND (o.end_time IS NULL OR (o.end_time, o.pairing_id) > (p.end_time, p.pairing_id)))
ORDER BY k.n, p.end_time DESC, p.pairing_id DESC)sql";

constexpr char kInsert[] = R"sql(
INSERT INTO pairing (county, pairing_id, shard, line_id, child_id, helper_id, role, basis, owed_from, start_time, make_time)
SELECT p.county, p.pairing_id, $10, p.line_id, p.child_id, p.helper_id, p.role, p.basis, p.owed_from, p.start_time, $11
FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
  AS p (county, pairing_id, line_id, child_id, helper_id, role, basis, owed_from, start_time))sql";

// Columns of RowOf.
#define PAIRING_COLUMNS                                                                                      \
  "p.county, p.pairing_id, p.line_id, p.child_id, p.helper_id, p.role, p.basis, p.owed_from, p.start_time, " \
  "p.end_time, p.end_reason, c.school_id, c.township_code, c.grade, c.class_number "

constexpr char kOne[] = "SELECT " PAIRING_COLUMNS
                        "FROM pairing p JOIN child c ON c.county = p.county AND c.child_id = p.child_id "
                        "WHERE p.county = $1 AND p.pairing_id = $2";

constexpr char kEnd[] = R"sql(
UPDATE pairing p SET end_time = e.end_time, end_reason = e.end_reason, make_time = 'infinity'
FROM unnest($1, $2, $3, $4) AS e (county, pairing_id, end_time, end_reason)
WHERE p.county = e.county AND p.pairing_id = e.pairing_id)sql";

// Children c of county $1; `last`: a lasting pairing, else the one that ended last; t: the class's teacher.
#define CHILDREN_BY_CLASS                                                                                \
  "FROM child c LEFT JOIN LATERAL (SELECT p.pairing_id, p.end_time, p.end_reason FROM pairing p "        \
  "WHERE p.child_id = c.child_id AND p.county = c.county ORDER BY p.end_time DESC NULLS FIRST LIMIT 1) " \
  "last "                                                                                                \
  "ON true " CLASS_TEACHER_OF_CHILD "WHERE c.county = $1 "
#define UNPAIRED "(last.pairing_id IS NULL OR (last.end_time IS NOT NULL AND last.end_reason <> ALL ($2))) "

constexpr char kToPairByClass[] =
    "SELECT c.child_id, t.holder_id, c.school_id, c.township_code, c.grade, c.class_number " CHILDREN_BY_CLASS
    "AND " UNPAIRED "AND t.holder_id <> '' ORDER BY c.child_id LIMIT $3";

constexpr char kCountByClass[] =
    "SELECT count(*) FILTER (WHERE last.pairing_id IS NOT NULL AND last.end_time IS NULL), "
    "count(*) FILTER (WHERE last.end_time IS NOT NULL AND last.end_reason = ANY ($2)), "
    "count(*) FILTER (WHERE " UNPAIRED
    "AND coalesce(t.holder_id, '') = ''), "
    "count(*) FILTER (WHERE " UNPAIRED "AND t.holder_id <> '') " CHILDREN_BY_CLASS;

constexpr char kPutClassTeachers[] = R"sql(
INSERT INTO class_teacher (county, school_id, grade, class_number, holder_id)
SELECT DISTINCT ON (k.county, k.school_id, k.grade, k.class_number) k.county, k.school_id, k.grade, k.class_number, k.holder_id
FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS k (county, school_id, grade, class_number, holder_id, n)
ORDER BY k.county, k.school_id, k.grade, k.class_number, k.n DESC
ON CONFLICT (county, school_id, grade, class_number) DO UPDATE SET holder_id = excluded.holder_id)sql";

constexpr char kToFollow[] =
    "WITH those AS (SELECT county, child_id FROM unnest($1, $2) AS k (county, child_id) "
    "UNION SELECT c.county, c.child_id FROM unnest($3, $4, $5, $6) AS k (county, school_id, grade, "
    "class_number) "
    "JOIN child c USING (county, school_id, grade, class_number)) "
    "SELECT " PAIRING_COLUMNS
    ", t.holder_id "
    "FROM those JOIN pairing p ON p.county = those.county AND p.child_id = those.child_id "
    "AND p.end_time IS NULL AND p.basis = $7 "
    "JOIN child c ON c.county = p.county AND c.child_id = p.child_id " CLASS_TEACHER_OF_CHILD
    "WHERE t.holder_id <> '' AND t.holder_id <> p.helper_id "
    "AND NOT EXISTS (SELECT FROM pairing o WHERE o.child_id = p.child_id AND o.county = p.county "
    "AND o.helper_id = t.holder_id AND o.end_time IS NULL) ORDER BY p.pairing_id";

constexpr char kPutChildren[] = R"sql(
INSERT INTO child (county, child_id, school_id, township_code, grade, class_number)
SELECT DISTINCT ON (k.county, k.child_id) k.county, k.child_id, k.school_id, k.township_code, k.grade, k.class_number
FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY AS k (county, child_id, school_id, township_code, grade, class_number, n)
ORDER BY k.county, k.child_id, k.n DESC
ON CONFLICT (county, child_id) DO UPDATE SET school_id = excluded.school_id, township_code = excluded.township_code,
  grade = excluded.grade, class_number = excluded.class_number)sql";

constexpr char kMoved[] = R"sql(
SELECT k.n - 1 FROM unnest($1, $2, $3) WITH ORDINALITY AS k (county, child_id, school_id, n)
JOIN child c ON c.county = k.county AND c.child_id = k.child_id AND c.school_id <> k.school_id)sql";

Place PlaceAt(const postgres::Result& rows, int i, int column) {
  return {rows.String(i, column), rows.String(i, column + 1), static_cast<int>(rows.Int(i, column + 2)),
          static_cast<int>(rows.Int(i, column + 3))};
}

PairingRow RowOf(const postgres::Result& rows, int i) {
  return {.county = rows.String(i, 0),
          .pairing_id = rows.String(i, 1),
          .line_id = rows.String(i, 2),
          .child_id = rows.String(i, 3),
          .helper_id = rows.String(i, 4),
          .role = static_cast<int>(rows.Int(i, 5)),
          .basis = static_cast<int>(rows.Int(i, 6)),
          .owed_from = rows.Time(i, 7),
          .start_time = rows.Time(i, 8),
          .end_time = rows.Time(i, 9),
          .end_reason = static_cast<int>(rows.Int(i, 10)),
          .place = PlaceAt(rows, i, 11)};
}

}  // namespace

const std::vector<int64_t>& OnPurpose() {
  static const std::vector<int64_t> kReasons = {v1::PAIRING_END_REASON_PARENT_RETURNED,
                                                v1::PAIRING_END_REASON_CHILD_MOVED,
                                                v1::PAIRING_END_REASON_GROWN_UP};
  return kReasons;
}

absl::StatusOr<std::vector<PairingCheck>> CheckPairings(postgres::Connection& db,
                                                        absl::Span<const PairingRow> wanted) {
  std::vector<std::string> counties, children, helpers;
  for (const PairingRow& row : wanted) {
    counties.push_back(row.county);
    children.push_back(row.child_id);
    helpers.push_back(row.helper_id);
  }
  auto rows = db.Run(kCheck, postgres::Params().Texts(counties).Texts(children).Texts(helpers));
  if (!rows.ok()) return rows.status();
  std::vector<PairingCheck> checks(wanted.size());
  for (int i = 0; i < rows->rows(); ++i) {
    checks[rows->Int(i, 0) - 1] = {rows->Bool(i, 1), rows->Bool(i, 2), rows->Bool(i, 3), rows->String(i, 4),
                                   PlaceAt(*rows, i, 5)};
  }
  return checks;
}

absl::StatusOr<std::vector<std::vector<EndedLine>>> FindEndedLines(postgres::Connection& db,
                                                                   absl::Span<const PairingRow> wanted,
                                                                   absl::Time since) {
  std::vector<std::string> counties, children;
  for (const PairingRow& row : wanted) {
    counties.push_back(row.county);
    children.push_back(row.child_id);
  }
  auto rows = db.Run(kEndedLines, postgres::Params().Texts(counties).Texts(children).Time(since));
  if (!rows.ok()) return rows.status();
  std::vector<std::vector<EndedLine>> lines(wanted.size());
  for (int i = 0; i < rows->rows(); ++i)
    lines[rows->Int(i, 0) - 1].push_back({rows->String(i, 1), rows->Time(i, 2)});
  return lines;
}

absl::Status InsertPairings(postgres::Connection& db, int shard, absl::Span<const PairingRow> rows,
                            absl::Time make_time) {
  if (rows.empty()) return absl::OkStatus();
  std::vector<std::string> counties, ids, lines, children, helpers;
  std::vector<int64_t> roles, bases;
  std::vector<absl::Time> owed_from, starts;
  for (const PairingRow& row : rows) {
    counties.push_back(row.county);
    ids.push_back(row.pairing_id);
    lines.push_back(row.line_id);
    children.push_back(row.child_id);
    helpers.push_back(row.helper_id);
    roles.push_back(row.role);
    bases.push_back(row.basis);
    owed_from.push_back(row.owed_from);
    starts.push_back(row.start_time);
  }
  return db.Defer(kInsert, postgres::Params()
                               .Texts(counties)
                               .Texts(ids)
                               .Texts(lines)
                               .Texts(children)
                               .Texts(helpers)
                               .Ints(roles)
                               .Ints(bases)
                               .Times(owed_from)
                               .Times(starts)
                               .Int(shard)
                               .Time(make_time));
}

absl::StatusOr<std::vector<PairingRow>> LoadPairing(postgres::Connection& db, const std::string& county,
                                                    const std::string& pairing_id) {
  auto rows = db.Run(kOne, postgres::Params().Text(county).Text(pairing_id));
  if (!rows.ok()) return rows.status();
  std::vector<PairingRow> pairings;
  for (int i = 0; i < rows->rows(); ++i) pairings.push_back(RowOf(*rows, i));
  return pairings;
}

absl::Status EndPairings(postgres::Connection& db, absl::Span<const PairingRow> ended) {
  if (ended.empty()) return absl::OkStatus();
  std::vector<std::string> counties, ids;
  std::vector<absl::Time> times;
  std::vector<int64_t> reasons;
  for (const PairingRow& row : ended) {
    counties.push_back(row.county);
    ids.push_back(row.pairing_id);
    times.push_back(row.end_time);
    reasons.push_back(row.end_reason);
  }
  return db.Defer(kEnd, postgres::Params().Texts(counties).Texts(ids).Times(times).Ints(reasons));
}

absl::StatusOr<std::vector<PairingRow>> FindToPairByClass(postgres::Connection& db, const std::string& county,
                                                          int limit) {
  auto rows = db.Run(kToPairByClass, postgres::Params().Text(county).Ints(OnPurpose()).Int(limit));
  if (!rows.ok()) return rows.status();
  std::vector<PairingRow> pairings;
  for (int i = 0; i < rows->rows(); ++i) {
    pairings.push_back({.county = county,
                        .child_id = rows->String(i, 0),
                        .helper_id = rows->String(i, 1),
                        .role = v1::PAIRING_ROLE_CLASS_TEACHER,
                        .basis = v1::PAIRING_BASIS_CLASS_TEACHER,
                        .place = PlaceAt(*rows, i, 2)});
  }
  return pairings;
}

absl::StatusOr<ClassCount> CountByClass(postgres::Connection& db, const std::string& county) {
  auto rows = db.Run(kCountByClass, postgres::Params().Text(county).Ints(OnPurpose()));
  if (!rows.ok()) return rows.status();
  const auto count = [&](int column) { return static_cast<int>(rows->Int(0, column)); };
  return ClassCount{count(0), count(1), count(2), count(3)};
}

absl::Status PutClassTeachers(postgres::Connection& db, const ClassRows& rows) {
  if (rows.counties.empty()) return absl::OkStatus();
  return db.Defer(kPutClassTeachers, postgres::Params()
                                         .Texts(rows.counties)
                                         .Texts(rows.schools)
                                         .Ints(rows.grades)
                                         .Ints(rows.classes)
                                         .Texts(rows.holders));
}

absl::StatusOr<std::vector<PairingRow>> FindToFollow(postgres::Connection& db,
                                                     absl::Span<const std::string> counties,
                                                     absl::Span<const std::string> children,
                                                     const ClassRows& classes) {
  std::vector<PairingRow> pairings;
  if (children.empty() && classes.counties.empty()) return pairings;
  auto rows = db.Run(kToFollow, postgres::Params()
                                    .Texts(counties)
                                    .Texts(children)
                                    .Texts(classes.counties)
                                    .Texts(classes.schools)
                                    .Ints(classes.grades)
                                    .Ints(classes.classes)
                                    .Int(v1::PAIRING_BASIS_CLASS_TEACHER));
  if (!rows.ok()) return rows.status();
  for (int i = 0; i < rows->rows(); ++i) {
    PairingRow row = RowOf(*rows, i);
    row.former_id = std::move(row.pairing_id);
    row.former_helper_id = std::move(row.helper_id);
    row.helper_id = rows->String(i, 15);
    pairings.push_back(std::move(row));
  }
  return pairings;
}

absl::Status PutChildren(postgres::Connection& db, const ChildRows& rows) {
  if (rows.ids.empty()) return absl::OkStatus();
  return db.Defer(kPutChildren, postgres::Params()
                                    .Texts(rows.counties)
                                    .Texts(rows.ids)
                                    .Texts(rows.schools)
                                    .Texts(rows.townships)
                                    .Ints(rows.grades)
                                    .Ints(rows.classes));
}

absl::StatusOr<std::vector<int64_t>> MovedSchool(postgres::Connection& db, const ChildRows& rows) {
  std::vector<int64_t> moved;
  if (rows.ids.empty()) return moved;
  auto found = db.Run(kMoved, postgres::Params().Texts(rows.counties).Texts(rows.ids).Texts(rows.schools));
  if (!found.ok()) return found.status();
  for (int i = 0; i < found->rows(); ++i) moved.push_back(found->Int(i, 0));
  return moved;
}

absl::Status PutStaff(postgres::Connection& db, absl::Span<const std::string> counties,
                      absl::Span<const std::string> ids) {
  if (ids.empty()) return absl::OkStatus();
  return db.Defer(
      "INSERT INTO staff (county, staff_id) SELECT DISTINCT * FROM unnest($1, $2) ON CONFLICT DO NOTHING",
      postgres::Params().Texts(counties).Texts(ids));
}

absl::Status PutSchools(postgres::Connection& db, absl::Span<const std::string> counties,
                        absl::Span<const std::string> ids) {
  if (ids.empty()) return absl::OkStatus();
  return db.Defer(
      "INSERT INTO school (county, school_id) SELECT DISTINCT * FROM unnest($1, $2) ON CONFLICT DO "
      "NOTHING",
      postgres::Params().Texts(counties).Texts(ids));
}

}  // namespace tonghu::pairing
