#include "services/registry/postgres/child_store.h"

#include <fmt/format.h>

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "libs/postgres/keys.h"
#include "libs/rights/sql.h"
#include "libs/status/macros.h"

namespace tonghu::registry {
namespace {

using postgres::Field;
using postgres::kInt2;
using postgres::kUuid;

constexpr postgres::Columns kChild{Field<&Child::county>("county"),
                                   Field<&Child::id>("child_id", kUuid),
                                   Field<&Child::revision>("revision"),
                                   Field<&Child::dossier, &Dossier::display_name>("display_name"),
                                   Field<&Child::dossier, &Dossier::sex>("sex"),
                                   Field<&Child::dossier, &Dossier::birth>("birth_date", postgres::kDate),
                                   Field<&Child::dossier, &Dossier::identity_number>("identity_number"),
                                   Field<&Child::dossier, &Dossier::ethnic_group>("ethnic_group"),
                                   Field<&Child::dossier, &Dossier::school_id>("school_id"),
                                   Field<&Child::dossier, &Dossier::grade>("grade", kInt2),
                                   Field<&Child::dossier, &Dossier::class_number>("class_number", kInt2),
                                   Field<&Child::dossier, &Dossier::boarding>("boarding"),
                                   Field<&Child::dossier, &Dossier::guardianship>("guardianship_type"),
                                   Field<&Child::dossier, &Dossier::care_level>("care_level"),
                                   Field<&Child::create_time>("create_time"),
                                   Field<&Child::update_time>("update_time")};

// A stored relative of a child.
struct RelativeRow {
  Key child;
  int position = 0;  // 0: the guardian; from 1: the parents
  Relative relative;
};
constexpr postgres::Columns kRelative{Field<&RelativeRow::child, &Key::first>("county"),
                                      Field<&RelativeRow::child, &Key::second>("child_id", kUuid),
                                      Field<&RelativeRow::position>("position", kInt2),
                                      Field<&RelativeRow::relative, &Relative::display_name>("display_name"),
                                      Field<&RelativeRow::relative, &Relative::relation>("relation"),
                                      Field<&RelativeRow::relative, &Relative::phone>("phone"),
                                      Field<&RelativeRow::relative, &Relative::workplace>("workplace")};

constexpr postgres::Columns kClassName{
    Field<&ClassName::county>("county"), Field<&ClassName::school_id>("school_id"),
    Field<&ClassName::grade>("grade", kInt2), Field<&ClassName::class_number>("class_number", kInt2),
    Field<&ClassName::display_name>("display_name")};

using Places = absl::flat_hash_map<Key, size_t>;

// Reads the relatives of all children at once, each into the child's dossier.
absl::Status AddRelatives(postgres::Connection& db, const Places& places, std::vector<Child>& children) {
  static const std::string sql =
      absl::StrCat("SELECT ", kRelative.List("r."), " FROM ", postgres::kUuidKeys.Unnest("k"),
                   " JOIN relative r ON r.county = k.county AND r.child_id = k.id "
                   "ORDER BY r.county, r.child_id, r.position");
  ASSIGN_OR_RETURN(auto rows,
                   kRelative.ReadAll(db.Run(sql, postgres::kUuidKeys.Arrays(KeysOf<Child>(children)))));
  for (RelativeRow& row : rows) {
    const auto found = places.find(row.child);
    if (found == places.end()) continue;
    Dossier& dossier = children[found->second].dossier;
    if (row.position == 0) {
      dossier.guardian = std::move(row.relative);
    } else {
      dossier.parents.push_back(std::move(row.relative));
    }
  }
  return absl::OkStatus();
}

// Reads the children of one query, each once, with their relatives.
absl::StatusOr<std::vector<Child>> Read(postgres::Connection& db, const std::string& sql,
                                        const postgres::Params& params) {
  ASSIGN_OR_RETURN(auto rows, kChild.ReadAll(db.Run(sql, params)));
  std::vector<Child> children;
  children.reserve(rows.size());
  Places places;
  for (Child& child : rows) {
    // A query by several keys may find a child more than once.
    if (places.try_emplace(child.key(), children.size()).second) children.push_back(std::move(child));
  }
  if (children.empty()) return children;
  RETURN_IF_ERROR(AddRelatives(db, places, children));
  return children;
}

absl::Status StoreRelatives(postgres::Connection& db, absl::Span<const Child> children) {
  std::vector<Key> changed;
  std::vector<RelativeRow> rows;
  for (const Child& child : children) {
    // Relatives have no ids: those of a changed child are deleted and stored anew. A new child has none yet.
    if (child.revision > 1) changed.push_back(child.key());
    if (!child.dossier.guardian.empty()) rows.push_back({child.key(), 0, child.dossier.guardian});
    int position = 0;
    for (const Relative& parent : child.dossier.parents) rows.push_back({child.key(), ++position, parent});
  }
  if (!changed.empty()) {
    static const std::string sql =
        absl::StrCat("DELETE FROM relative r USING ", postgres::kUuidKeys.Unnest("k"),
                     " WHERE r.county = k.county AND r.child_id = k.id");
    RETURN_IF_ERROR(db.Defer(sql, postgres::kUuidKeys.Arrays(changed)));
  }
  return kRelative.Insert(db, "relative", rows);
}

// The statement that reads the children `t` for keys `k`; `condition` joins both.
std::string LoadSql(const std::string& keys, std::string_view condition) {
  return fmt::format("SELECT {} FROM {} JOIN child t ON t.county = k.county AND {}", kChild.List("t."), keys,
                     condition);
}

// The condition of what the caller may see. A child's township is its school's.
std::string Within(const ChildFilter& filter, postgres::Params& params) {
  return rights::Condition(
      filter.within,
      {.school_id = "t.school_id",
       .township_code = "(SELECT s.township_code FROM school s WHERE s.county = t.county "
                        "AND s.school_id = t.school_id)",
       .grade = "t.grade",
       .class_number = "t.class_number",
       .child_id = "t.child_id"},
      params);
}

}  // namespace

absl::StatusOr<std::vector<Child>> LoadChildren(postgres::Connection& db, absl::Span<const Key> names) {
  static const std::string sql = LoadSql(postgres::kUuidKeys.Unnest("k"), "t.child_id = k.id");
  return Read(db, sql, postgres::kUuidKeys.Arrays(names));
}

absl::StatusOr<std::vector<Child>> LoadChildrenByNumber(postgres::Connection& db,
                                                        absl::Span<const Key> numbers) {
  static const std::string sql =
      // "<> ''" is the condition of the partial index, which is used only where the condition is repeated.
      LoadSql(postgres::kKeys.Unnest("k"), "t.identity_number = k.id AND t.identity_number <> ''");
  return Read(db, sql, postgres::kKeys.Arrays(numbers));
}

absl::StatusOr<std::vector<Child>> LoadChildrenByClassName(postgres::Connection& db,
                                                           absl::Span<const ClassName> names) {
  static const std::string sql =
      LoadSql(kClassName.Unnest("k"),
              "t.school_id = k.school_id AND t.grade = k.grade AND t.class_number = k.class_number "
              "AND t.display_name = k.display_name");
  return Read(db, sql, kClassName.Arrays(names));
}

absl::StatusOr<std::vector<Child>> LoadChildrenOfSchools(postgres::Connection& db,
                                                         absl::Span<const Key> schools) {
  static const std::string sql = LoadSql(postgres::kKeys.Unnest("k"), "t.school_id = k.id");
  return Read(db, sql, postgres::kKeys.Arrays(schools));
}

absl::Status StoreChildren(postgres::Connection& db, absl::Span<const Child> children) {
  std::vector<Child> fresh, changed;
  for (const Child& child : children) (child.revision == 1 ? fresh : changed).push_back(child);
  // New and changed children go apart, because looking for a conflict costs a new row as much as its
  // insertion. Changes go first, because they may give up an identity number.
  RETURN_IF_ERROR(kChild.Upsert(db, "child", 2, changed));
  RETURN_IF_ERROR(kChild.Insert(db, "child", fresh));
  return StoreRelatives(db, children);
}

absl::StatusOr<std::vector<Child>> ListChildren(postgres::Connection& db, const ChildFilter& filter) {
  // The text depends on the filters, so that the list of a school, of a name's beginning or of a number reads
  // its index and not the whole county. chr(1114111) is the last character there is: no name with the prefix
  // sorts behind it.
  postgres::Params params;
  params.Text(filter.county)
      .UuidAfter(filter.after)
      .Int(filter.grade)
      .Int(filter.class_number)
      .Int(static_cast<int64_t>(filter.care_level));
  params.Text(filter.display_name_prefix).Text(filter.school_id).Text(filter.identity_number);
  params.Int(filter.limit).Uuids(filter.ids);
  const std::string sql = absl::StrCat(
      "SELECT ", kChild.List("t."),
      " FROM child t WHERE t.county = $1 AND t.child_id > $2 AND ($3 = 0 OR t.grade = $3) "
      "AND ($4 = 0 OR t.class_number = $4) AND ($5 = 0 OR t.care_level = $5) AND ",
      filter.display_name_prefix.empty() ? "$6 = ''"
                                         : "t.display_name >= $6 AND t.display_name < $6 || chr(1114111)",
      " AND ", filter.school_id.empty() ? "$7 = ''" : "t.school_id = $7", " AND ",
      filter.identity_number.empty() ? "$8 = ''" : "t.identity_number = $8 AND t.identity_number <> ''",
      " AND ", filter.ids.empty() ? "cardinality($10) = 0" : "t.child_id = ANY($10)", " AND ",
      Within(filter, params), " ORDER BY t.child_id LIMIT $9");
  return Read(db, sql, params);
}

}  // namespace tonghu::registry
