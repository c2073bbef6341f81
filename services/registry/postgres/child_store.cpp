#include "services/registry/postgres/child_store.h"

#include <fmt/format.h>

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/registry/postgres/columns.h"

namespace tonghu::registry {
namespace {

constexpr char kColumns[] =
    "t.county, t.child_id, t.revision, t.display_name, t.sex, to_char(t.birth_date, 'YYYY-MM-DD'), "
    "t.identity_number, t.ethnic_group, t.school_id, "
    "t.grade, t.class_number, t.boarding, t.guardianship_type, t.care_level, t.create_time, t.update_time";

constexpr char kInsert[] = R"sql(
INSERT INTO child (county, child_id, revision, display_name, sex, birth_date, identity_number, ethnic_group, school_id, grade, class_number,
                   boarding, guardianship_type, care_level, create_time, update_time)
SELECT c.county, c.child_id, c.revision, c.display_name, c.sex, c.birth_date::date, c.identity_number, c.ethnic_group, c.school_id, c.grade,
       c.class_number, c.boarding, c.guardianship_type, c.care_level, c.create_time, c.update_time
FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  AS c (county, child_id, revision, display_name, sex, birth_date, identity_number, ethnic_group, school_id, grade, class_number,
        boarding, guardianship_type, care_level, create_time, update_time))sql";

constexpr char kReplace[] = R"sql(
ON CONFLICT (county, child_id) DO UPDATE SET
  revision = excluded.revision, display_name = excluded.display_name, sex = excluded.sex, birth_date = excluded.birth_date,
  identity_number = excluded.identity_number, ethnic_group = excluded.ethnic_group, school_id = excluded.school_id, grade = excluded.grade,
  class_number = excluded.class_number, boarding = excluded.boarding, guardianship_type = excluded.guardianship_type,
  care_level = excluded.care_level, update_time = excluded.update_time)sql";

constexpr char kDropRelatives[] =
    "DELETE FROM relative r USING unnest($1, $2) AS w (county, child_id) WHERE r.county = w.county AND "
    "r.child_id = w.child_id";

constexpr char kAddRelatives[] =
    "INSERT INTO relative (county, child_id, position, display_name, relation, phone, workplace) SELECT * "
    "FROM unnest($1, $2, $3, $4, $5, $6, $7)";

constexpr char kLoadRelatives[] =
    "SELECT r.county, r.child_id, r.position, r.display_name, r.relation, r.phone, r.workplace FROM "
    "unnest($1, $2) AS w (county, child_id) "
    "JOIN relative r ON r.county = w.county AND r.child_id = w.child_id ORDER BY r.county, r.child_id, "
    "r.position";

struct RelativeRow {
  Key child;
  int position;
  const Relative* relative;
};

Child ReadChild(const postgres::Result& rows, int i) {
  Child child;
  child.county = rows.String(i, 0);
  child.id = rows.String(i, 1);
  child.revision = rows.Int(i, 2);
  Dossier& dossier = child.dossier;
  dossier.display_name = rows.String(i, 3);
  dossier.sex = static_cast<Sex>(rows.Int(i, 4));
  dossier.birth = ParseDate(rows.Text(i, 5));
  dossier.identity_number = rows.String(i, 6);
  dossier.ethnic_group = rows.String(i, 7);
  dossier.school_id = rows.String(i, 8);
  dossier.grade = static_cast<int>(rows.Int(i, 9));
  dossier.class_number = static_cast<int>(rows.Int(i, 10));
  dossier.boarding = rows.Bool(i, 11);
  dossier.guardianship = static_cast<Guardianship>(rows.Int(i, 12));
  dossier.care_level = static_cast<CareLevel>(rows.Int(i, 13));
  child.create_time = rows.Time(i, 14);
  child.update_time = rows.Time(i, 15);
  return child;
}

std::vector<Key> KeysOf(absl::Span<const Child> children) {
  std::vector<Key> keys;
  keys.reserve(children.size());
  for (const Child& child : children) keys.push_back(child.key());
  return keys;
}

using Places = absl::flat_hash_map<Key, size_t>;

absl::Status AddRelatives(postgres::Connection& db, const Places& places, std::vector<Child>& children) {
  auto rows = db.Run(kLoadRelatives, KeyParams(KeysOf(children)));
  if (!rows.ok()) return rows.status();
  for (int i = 0; i < rows->rows(); ++i) {
    const auto found = places.find(Key(rows->String(i, 0), rows->String(i, 1)));
    if (found == places.end()) continue;
    Relative relative{rows->String(i, 3), rows->String(i, 4), rows->String(i, 5), rows->String(i, 6)};
    Dossier& dossier = children[found->second].dossier;
    if (rows->Int(i, 2) == 0) {
      dossier.guardian = std::move(relative);
    } else {
      dossier.parents.push_back(std::move(relative));
    }
  }
  return absl::OkStatus();
}

// The children of one query, each once, with their relatives.
absl::StatusOr<std::vector<Child>> Read(postgres::Connection& db,
                                        const absl::StatusOr<postgres::Result>& rows) {
  if (!rows.ok()) return rows.status();
  std::vector<Child> children;
  children.reserve(rows->rows());
  Places places;
  for (int i = 0; i < rows->rows(); ++i) {
    Child child = ReadChild(*rows, i);
    if (places.try_emplace(child.key(), children.size()).second) children.push_back(std::move(child));
  }
  if (children.empty()) return children;
  if (absl::Status added = AddRelatives(db, places, children); !added.ok()) return added;
  return children;
}

absl::Status StoreRelatives(postgres::Connection& db, absl::Span<const Child> children) {
  std::vector<Key> changed;
  std::vector<RelativeRow> rows;
  for (const Child& child : children) {
    if (child.revision > 1) changed.push_back(child.key());
    if (!child.dossier.guardian.empty()) rows.push_back({child.key(), 0, &child.dossier.guardian});
    int position = 0;
    for (const Relative& parent : child.dossier.parents) rows.push_back({child.key(), ++position, &parent});
  }
  if (!changed.empty()) {
    if (absl::Status dropped = db.Run(kDropRelatives, KeyParams(changed)).status(); !dropped.ok())
      return dropped;
  }
  if (rows.empty()) return absl::OkStatus();
  const absl::Span<const RelativeRow> all(rows);
  postgres::Params params;
  params.Texts(TextsOf(all, [](const RelativeRow& r) { return r.child.first; }))
      .Texts(TextsOf(all, [](const RelativeRow& r) { return r.child.second; }))
      .Ints(IntsOf(all, [](const RelativeRow& r) { return r.position; }))
      .Texts(TextsOf(all, [](const RelativeRow& r) { return r.relative->display_name; }))
      .Texts(TextsOf(all, [](const RelativeRow& r) { return r.relative->relation; }))
      .Texts(TextsOf(all, [](const RelativeRow& r) { return r.relative->phone; }))
      .Texts(TextsOf(all, [](const RelativeRow& r) { return r.relative->workplace; }));
  return db.Defer(kAddRelatives, params);
}

std::string DateText(const std::optional<absl::CivilDay>& day) {
  return fmt::format("{:04}-{:02}-{:02}", day->year(), day->month(), day->day());
}

postgres::Params ParamsOf(absl::Span<const Child> children) {
  std::vector<bool> boarding;
  std::vector<absl::Time> created, updated;
  for (const Child& child : children) {
    boarding.push_back(child.dossier.boarding);
    created.push_back(child.create_time);
    updated.push_back(child.update_time);
  }
  postgres::Params params;
  params.Texts(TextsOf(children, [](const Child& c) { return c.county; }))
      .Texts(TextsOf(children, [](const Child& c) { return c.id; }))
      .Ints(IntsOf(children, [](const Child& c) { return c.revision; }))
      .Texts(TextsOf(children, [](const Child& c) { return c.dossier.display_name; }))
      .Ints(IntsOf(children, [](const Child& c) { return c.dossier.sex; }))
      .Texts(TextsOf(children, [](const Child& c) { return DateText(c.dossier.birth); }))
      .Texts(TextsOf(children, [](const Child& c) { return c.dossier.identity_number; }))
      .Texts(TextsOf(children, [](const Child& c) { return c.dossier.ethnic_group; }))
      .Texts(TextsOf(children, [](const Child& c) { return c.dossier.school_id; }))
      .Ints(IntsOf(children, [](const Child& c) { return c.dossier.grade; }))
      .Ints(IntsOf(children, [](const Child& c) { return c.dossier.class_number; }))
      .Bools(boarding)
      .Ints(IntsOf(children, [](const Child& c) { return c.dossier.guardianship; }))
      .Ints(IntsOf(children, [](const Child& c) { return c.dossier.care_level; }))
      .Times(created)
      .Times(updated);
  return params;
}

}  // namespace

absl::StatusOr<std::vector<Child>> LoadChildren(postgres::Connection& db, absl::Span<const Key> names) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kColumns,
      " FROM unnest($1, $2) AS w (county, id) JOIN child t ON t.county = w.county AND t.child_id = w.id");
  return Read(db, db.Run(sql, KeyParams(names)));
}

absl::StatusOr<std::vector<Child>> LoadChildrenByNumber(postgres::Connection& db,
                                                        absl::Span<const Key> numbers) {
  static const std::string sql =
      absl::StrCat("SELECT ", kColumns,
                   " FROM unnest($1, $2) AS w (county, number) JOIN child t ON t.county = w.county "
                   "AND t.identity_number = w.number AND t.identity_number <> ''");
  return Read(db, db.Run(sql, KeyParams(numbers)));
}

absl::StatusOr<std::vector<Child>> LoadChildrenByClassName(postgres::Connection& db,
                                                           absl::Span<const ClassName> names) {
  static const std::string sql =
      absl::StrCat("SELECT ", kColumns,
                   " FROM unnest($1, $2, $3, $4, $5) AS w (county, school_id, grade, class_number, "
                   "display_name) JOIN child t ",
                   "ON t.county = w.county AND t.school_id = w.school_id AND t.grade = w.grade::smallint AND "
                   "t.class_number = w.class_number::smallint "
                   "AND t.display_name = w.display_name");
  postgres::Params params;
  params.Texts(TextsOf(names, [](const ClassName& n) { return n.county; }))
      .Texts(TextsOf(names, [](const ClassName& n) { return n.school_id; }))
      .Ints(IntsOf(names, [](const ClassName& n) { return n.grade; }))
      .Ints(IntsOf(names, [](const ClassName& n) { return n.class_number; }))
      .Texts(TextsOf(names, [](const ClassName& n) { return n.display_name; }));
  return Read(db, db.Run(sql, params));
}

absl::StatusOr<std::vector<Child>> LoadChildrenOfSchools(postgres::Connection& db,
                                                         absl::Span<const Key> schools) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kColumns,
      " FROM unnest($1, $2) AS w (county, id) JOIN child t ON t.county = w.county AND t.school_id = w.id");
  return Read(db, db.Run(sql, KeyParams(schools)));
}

absl::Status StoreChildren(postgres::Connection& db, absl::Span<const Child> children) {
  static const std::string replace = absl::StrCat(kInsert, kReplace);
  std::vector<Child> fresh, changed;
  for (const Child& child : children) (child.revision == 1 ? fresh : changed).push_back(child);
  // Apart, because looking for a conflict costs a fresh row as much as its insertion; changes first, because
  // they may give up an identity number.
  if (!changed.empty()) {
    if (absl::Status stored = db.Run(replace, ParamsOf(changed)).status(); !stored.ok()) return stored;
  }
  if (!fresh.empty()) {
    if (absl::Status stored = db.Run(kInsert, ParamsOf(fresh)).status(); !stored.ok()) return stored;
  }
  return StoreRelatives(db, children);
}

absl::StatusOr<std::vector<Child>> ListChildren(postgres::Connection& db, const ChildFilter& filter) {
  // Two texts, so that a school's list reads its index and not the whole county.
  static const std::string filters =
      " AND ($3 = 0 OR t.grade = $3) AND ($4 = 0 OR t.class_number = $4) AND ($5 = 0 OR t.care_level = $5) "
      "AND starts_with(t.display_name, $6) AND $7 = t.school_id ORDER BY t.child_id LIMIT $8";
  static const std::string of_school =
      absl::StrCat("SELECT ", kColumns, " FROM child t WHERE t.county = $1 AND t.child_id > $2", filters);
  static const std::string of_county = [] {
    std::string sql = of_school;
    const std::string school = "$7 = t.school_id";
    return sql.replace(sql.find(school), school.size(), "$7 = ''");
  }();
  postgres::Params params;
  params.Text(filter.county)
      .Text(filter.after)
      .Int(filter.grade)
      .Int(filter.class_number)
      .Int(static_cast<int64_t>(filter.care_level));
  params.Text(filter.display_name_prefix).Text(filter.school_id).Int(filter.limit);
  return Read(db, db.Run(filter.school_id.empty() ? of_county : of_school, params));
}

}  // namespace tonghu::registry
