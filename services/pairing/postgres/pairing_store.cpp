#include "services/pairing/postgres/pairing_store.h"

namespace tonghu::pairing {
namespace {

constexpr char kCheck[] = R"sql(
SELECT k.n, c.child_id IS NOT NULL, s.staff_id IS NOT NULL, p.pairing_id IS NOT NULL,
       coalesce(c.school_id, ''), coalesce(c.township_code, ''), coalesce(c.grade, 0), coalesce(c.class_number, 0)
FROM unnest($1, $2, $3) WITH ORDINALITY AS k (county, child_id, helper_id, n)
LEFT JOIN child c ON c.county = k.county AND c.child_id = k.child_id
LEFT JOIN staff s ON s.county = k.county AND s.staff_id = k.helper_id
LEFT JOIN pairing p ON p.county = k.county AND p.child_id = k.child_id AND p.helper_id = k.helper_id AND p.end_time IS NULL)sql";

constexpr char kInsert[] = R"sql(
INSERT INTO pairing (county, pairing_id, shard, child_id, helper_id, role, start_time, make_time)
SELECT p.county, p.pairing_id, $7, p.child_id, p.helper_id, p.role, p.start_time, $8
FROM unnest($1, $2, $3, $4, $5, $6) AS p (county, pairing_id, child_id, helper_id, role, start_time))sql";

constexpr char kOne[] = R"sql(
SELECT p.county, p.pairing_id, p.child_id, p.helper_id, p.role, p.start_time, p.end_time, p.end_reason,
       c.school_id, c.township_code, c.grade, c.class_number
FROM pairing p JOIN child c ON c.county = p.county AND c.child_id = p.child_id WHERE p.county = $1 AND p.pairing_id = $2)sql";

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

}  // namespace

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
    checks[rows->Int(i, 0) - 1] = {rows->Bool(i, 1),
                                   rows->Bool(i, 2),
                                   rows->Bool(i, 3),
                                   {rows->String(i, 4), rows->String(i, 5), static_cast<int>(rows->Int(i, 6)),
                                    static_cast<int>(rows->Int(i, 7))}};
  }
  return checks;
}

absl::Status InsertPairings(postgres::Connection& db, int shard, absl::Span<const PairingRow> rows,
                            absl::Time make_time) {
  std::vector<std::string> counties, ids, children, helpers;
  std::vector<int64_t> roles;
  std::vector<absl::Time> starts;
  for (const PairingRow& row : rows) {
    counties.push_back(row.county);
    ids.push_back(row.pairing_id);
    children.push_back(row.child_id);
    helpers.push_back(row.helper_id);
    roles.push_back(row.role);
    starts.push_back(row.start_time);
  }
  return db.Defer(kInsert, postgres::Params()
                               .Texts(counties)
                               .Texts(ids)
                               .Texts(children)
                               .Texts(helpers)
                               .Ints(roles)
                               .Times(starts)
                               .Int(shard)
                               .Time(make_time));
}

absl::StatusOr<std::vector<PairingRow>> LoadPairing(postgres::Connection& db, const std::string& county,
                                                    const std::string& pairing_id) {
  auto rows = db.Run(kOne, postgres::Params().Text(county).Text(pairing_id));
  if (!rows.ok()) return rows.status();
  std::vector<PairingRow> pairings;
  for (int i = 0; i < rows->rows(); ++i) {
    pairings.push_back({rows->String(i, 0),
                        rows->String(i, 1),
                        rows->String(i, 2),
                        rows->String(i, 3),
                        static_cast<int>(rows->Int(i, 4)),
                        rows->Time(i, 5),
                        rows->Time(i, 6),
                        static_cast<int>(rows->Int(i, 7)),
                        {rows->String(i, 8), rows->String(i, 9), static_cast<int>(rows->Int(i, 10)),
                         static_cast<int>(rows->Int(i, 11))}});
  }
  return pairings;
}

absl::Status EndPairing(postgres::Connection& db, const PairingRow& ended) {
  return db.Defer(
      "UPDATE pairing SET end_time = $3, end_reason = $4, make_time = 'infinity' WHERE county = $1 AND "
      "pairing_id = $2",
      postgres::Params()
          .Text(ended.county)
          .Text(ended.pairing_id)
          .Time(ended.end_time)
          .Int(ended.end_reason));
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
