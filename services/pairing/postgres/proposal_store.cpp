#include "services/pairing/postgres/proposal_store.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "libs/directory/columns.h"
#include "libs/postgres/columns.h"
#include "libs/rights/sql.h"
#include "libs/status/macros.h"
#include "services/pairing/postgres/load_store.h"
#include "services/pairing/postgres/row_columns.h"

namespace tonghu::pairing {
namespace {

using postgres::Field;
using postgres::kInt2;
using postgres::kInt8;
using postgres::kUuid;

constexpr auto kChildToPropose =
    postgres::Columns{Field<&ChildToPropose::child, &WaitingChild::child_id>("c.child_id", kUuid)} +
    directory::PlaceColumns<&ChildToPropose::child, &WaitingChild::place>(directory::kOfChild) +
    postgres::Columns{
        Field<&ChildToPropose::child, &WaitingChild::care_level>("c.care_level", kInt2),
        Field<&ChildToPropose::child, &WaitingChild::sex>("c.sex", kInt2),
        Field<&ChildToPropose::child, &WaitingChild::boarding>("c.boarding"),
        Field<&ChildToPropose::ended_on_purpose>("coalesce(last.end_reason = ANY ($2), false)")};

struct HelperOfChild {
  std::string child_id, helper_id;
  bool lasts = false;
};
constexpr postgres::Columns kHelperOfChild{Field<&HelperOfChild::child_id>("p.child_id", kUuid),
                                           Field<&HelperOfChild::helper_id>("p.helper_id"),
                                           Field<&HelperOfChild::lasts>("bool_or(p.end_time IS NULL)")};

constexpr postgres::Columns kHelper{
    Field<&AvailableHelper::helper_id>("k.helper_id"),
    Field<&AvailableHelper::school_id>("coalesce(home.school_id, '')"),
    Field<&AvailableHelper::township_code>("coalesce(here.township_code, '')"),
    Field<&AvailableHelper::sex>("s.sex", kInt2),
    Field<&AvailableHelper::load, &Load::children>("l.children", kInt8),
    Field<&AvailableHelper::load, &Load::most>("m.most")};

struct ClassOfTeacher {
  std::string helper_id;
  directory::Place place;
};
constexpr postgres::Columns kClassOfTeacher{
    Field<&ClassOfTeacher::helper_id>("t.holder_id"),
    Field<&ClassOfTeacher::place, &directory::Place::school_id>("t.school_id"),
    Field<&ClassOfTeacher::place, &directory::Place::grade>("t.grade", kInt2),
    Field<&ClassOfTeacher::place, &directory::Place::class_number>("t.class_number", kInt2)};

// The condition of the scope's children `c`.
std::string InScope(const ProposalScope& scope, postgres::Params& params) {
  const rights::RowColumns child{"c.school_id", "c.township_code", "c.grade", "c.class_number", "c.child_id"};
  return absl::StrCat("c.county = $1 AND ", rights::Condition(scope.of, child, params), " AND ",
                      rights::Condition(scope.of_township, child, params), " AND ",
                      rights::Condition(scope.within, child, params));
}

// Adds to each child the helpers whom it has and had.
absl::Status AddHelpersTo(postgres::Connection& db, const std::string& county,
                          std::vector<ChildToPropose>& children) {
  static const std::string sql =
      absl::StrCat("SELECT ", kHelperOfChild.List(),
                   " FROM unnest($2) AS k(id) JOIN pairing p ON p.child_id = k.id AND p.county = $1 "
                   "GROUP BY p.child_id, p.helper_id ORDER BY p.child_id, p.helper_id");
  std::vector<std::string> ids;
  absl::flat_hash_map<std::string, WaitingChild*> by_id;
  for (ChildToPropose& one : children) {
    ids.push_back(one.child.child_id);
    by_id.emplace(one.child.child_id, &one.child);
  }
  ASSIGN_OR_RETURN(auto rows,
                   kHelperOfChild.ReadAll(db.Run(sql, postgres::Params().Text(county).Uuids(ids))));
  for (HelperOfChild& row : rows) {
    WaitingChild& child = *by_id.at(row.child_id);
    (row.lasts ? child.with : child.former).push_back(std::move(row.helper_id));
  }
  return absl::OkStatus();
}

// The helpers whom `those` selects as helper_id; $1 is the county, `limit` the last parameter.
absl::StatusOr<std::vector<AvailableHelper>> LoadThose(postgres::Connection& db, const ProposalScope& scope,
                                                       const std::string& those, postgres::Params params) {
  const std::string sql = absl::StrCat(
      "SELECT ", kHelper.List(), " FROM (SELECT DISTINCT $1::text AS county, t.helper_id, ",
      static_cast<int>(scope.role), " AS role FROM (", those, ") t) k", LimitSql(),
      // Who holds a post at a school works there, also when the registry does not say so.
      " CROSS JOIN LATERAL (SELECT coalesce(nullif(s.school_id, ''), (SELECT min(o.school_id) FROM post o "
      "WHERE o.county = k.county AND o.holder_id = k.helper_id AND o.school_id <> '')) AS school_id) home "
      "LEFT JOIN school here ON here.county = k.county AND here.school_id = home.school_id "
      "CROSS JOIN LATERAL (SELECT count(*) AS children FROM pairing p WHERE p.helper_id = k.helper_id "
      "AND p.county = k.county AND p.role = k.role AND p.end_time IS NULL) l "
      "WHERE s.staff_id IS NOT NULL ORDER BY k.helper_id LIMIT $",
      params.size());
  ASSIGN_OR_RETURN(auto helpers, kHelper.ReadAll(db.Run(sql, std::move(params))));
  static const std::string classes =
      absl::StrCat("SELECT ", kClassOfTeacher.List(),
                   " FROM class_teacher t WHERE t.county = $1 AND t.holder_id = ANY ($2) ORDER BY t.post_id");
  std::vector<std::string> ids;
  absl::flat_hash_map<std::string, AvailableHelper*> by_id;
  for (AvailableHelper& helper : helpers) {
    ids.push_back(helper.helper_id);
    by_id.emplace(helper.helper_id, &helper);
  }
  ASSIGN_OR_RETURN(
      auto rows, kClassOfTeacher.ReadAll(db.Run(classes, postgres::Params().Text(scope.county).Texts(ids))));
  for (ClassOfTeacher& row : rows) by_id.at(row.helper_id)->classes.push_back(std::move(row.place));
  return helpers;
}

}  // namespace

absl::StatusOr<std::vector<ChildToPropose>> LoadWaiting(postgres::Connection& db, const ProposalScope& scope,
                                                        int limit) {
  postgres::Params params =
      postgres::Params().Text(scope.county).Ints(OnPurpose()).Int(static_cast<int>(scope.role)).Int(limit);
  const std::string in_scope = InScope(scope, params);
  const std::string sql = absl::StrCat(
      "SELECT ", kChildToPropose.List(),
      // As for pairing by class: a lasting pairing that looks after the child, or else the one that ended
      // last.
      " FROM child c LEFT JOIN LATERAL (SELECT p.end_time, p.end_reason FROM pairing p WHERE p.child_id = "
      "c.child_id "
      "AND p.county = c.county AND ",
      LooksAfterSql(),
      " ORDER BY p.end_time DESC NULLS FIRST, p.pairing_id DESC LIMIT 1) last ON true WHERE NOT EXISTS "
      "(SELECT FROM pairing p "
      "WHERE p.child_id = c.child_id AND p.county = c.county AND p.end_time IS NULL AND (p.role = $3",
      scope.only_uncared ? absl::StrCat(" OR ", LooksAfterSql()) : "", ")) AND ", in_scope,
      " ORDER BY c.child_id LIMIT $4");
  ASSIGN_OR_RETURN(auto children, kChildToPropose.ReadAll(db.Run(sql, std::move(params))));
  RETURN_IF_ERROR(AddHelpersTo(db, scope.county, children));
  return children;
}

absl::StatusOr<std::vector<AvailableHelper>> LoadHelpersOf(postgres::Connection& db,
                                                           const ProposalScope& scope, int limit) {
  postgres::Params params = postgres::Params().Text(scope.county);
  const std::string in_scope = InScope(scope, params);
  params.Int(limit);
  const std::string schools = absl::StrCat("(SELECT c.school_id FROM child c WHERE ", in_scope, ")");
  return LoadThose(
      db, scope,
      absl::StrCat("SELECT f.staff_id AS helper_id FROM staff f WHERE f.county = $1 AND f.school_id IN ",
                   schools, " UNION SELECT o.holder_id FROM post o WHERE o.county = $1 AND o.school_id IN ",
                   schools,
                   " UNION SELECT p.helper_id FROM pairing p JOIN child c ON c.child_id = p.child_id "
                   "AND c.county = p.county WHERE p.county = $1 AND p.end_time IS NULL AND ",
                   in_scope),
      std::move(params));
}

absl::StatusOr<std::vector<AvailableHelper>> LoadHelpers(postgres::Connection& db, const ProposalScope& scope,
                                                         absl::Span<const std::string> ids) {
  return LoadThose(db, scope, "SELECT unnest($2) AS helper_id",
                   postgres::Params().Text(scope.county).Texts(ids).Int(static_cast<int64_t>(ids.size())));
}

}  // namespace tonghu::pairing
