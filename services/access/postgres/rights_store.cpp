#include "services/access/postgres/rights_store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/directory/places.h"
#include "libs/postgres/columns.h"
#include "libs/status/macros.h"

namespace tonghu::access {
namespace {

using postgres::Field;
using postgres::kInt2;
using postgres::kUuid;
using postgres::Params;

constexpr int kMostHelped = 2000;  // children of one helper; bounds an identity

constexpr postgres::Columns kGrant{Field<&GrantRow::county>("county"),
                                   Field<&GrantRow::account_id>("account_id", kUuid),
                                   Field<&GrantRow::grant_id>("grant_id", kUuid),
                                   Field<&GrantRow::role>("role"),
                                   Field<&GrantRow::area_county>("area_county"),
                                   Field<&GrantRow::township_code>("township_code"),
                                   Field<&GrantRow::school_id>("school_id"),
                                   Field<&GrantRow::grade>("grade", kInt2),
                                   Field<&GrantRow::class_number>("class_number", kInt2),
                                   Field<&GrantRow::child_ids>("child_ids"),
                                   Field<&GrantRow::end_time>("end_time"),
                                   Field<&GrantRow::reason>("reason"),
                                   Field<&GrantRow::author>("author"),
                                   Field<&GrantRow::create_time>("create_time")};

constexpr postgres::Columns kBreaking{Field<&BreakingRow::county>("county"),
                                      Field<&BreakingRow::breaking_id>("breaking_id", kUuid),
                                      Field<&BreakingRow::child_id>("child_id", kUuid),
                                      Field<&BreakingRow::actor>("actor"),
                                      Field<&BreakingRow::reason>("reason"),
                                      Field<&BreakingRow::create_time>("create_time"),
                                      Field<&BreakingRow::end_time>("end_time")};

constexpr postgres::Columns kHelping{
    Field<&HelpingRow::county>("county"), Field<&HelpingRow::child_id>("child_id", kUuid),
    Field<&HelpingRow::helper_id>("helper_id"), Field<&HelpingRow::pairing_id>("pairing_id", kUuid)};

constexpr postgres::Columns kKeeper{Field<&KeeperRow::county>("county"),
                                    Field<&KeeperRow::school_id>("school_id"),
                                    Field<&KeeperRow::staff_id>("staff_id")};

constexpr postgres::Columns kHeldPost{
    Field<&HeldPost::kind>("kind"),
    Field<&HeldPost::county>("county"),
    Field<&HeldPost::post_id>("post_id"),
    Field<&HeldPost::place, &directory::Place::school_id>("school_id"),
    Field<&HeldPost::place, &directory::Place::grade>("grade", kInt2),
    Field<&HeldPost::place, &directory::Place::class_number>("class_number", kInt2)};

// The posts of county $1 that staff member $2 holds, or stands in for while the post is
// vacant.
const std::string& SelectPosts() {
  static const std::string sql =
      absl::StrCat("SELECT ", kHeldPost.List(),
                   " FROM post WHERE county = $1 AND (holder_id = $2 OR (holder_id = '' AND deputy_id = $2)) "
                   "ORDER BY post_id");
  return sql;
}

const std::string& SelectGrants() {
  static const std::string sql =
      absl::StrCat("SELECT ", kGrant.List(),
                   " FROM granted WHERE county = $1 AND account_id = $2 AND end_time > $3 ORDER BY grant_id");
  return sql;
}

const std::string& SelectOpened() {
  static const std::string sql =
      absl::StrCat("SELECT ", kBreaking.List(), " FROM glass_breaking WHERE actor = $1 AND end_time > $2");
  return sql;
}

}  // namespace

Right GrantRow::right() const {
  Right right{role, {area_county, township_code, school_id, grade, class_number, {}}};
  if (!child_ids.empty()) right.area.child_ids = absl::StrSplit(child_ids, ',');
  return right;
}

void GrantRow::set_right(const Right& right) {
  role = right.role;
  area_county = right.area.county;
  township_code = right.area.township_code;
  school_id = right.area.school_id;
  grade = right.area.grade;
  class_number = right.area.class_number;
  child_ids = absl::StrJoin(right.area.child_ids, ",");
}

absl::StatusOr<Sources> LoadSources(postgres::Connection& db, const Account& account, absl::Time now) {
  // An account that is nobody's holds no post and helps nobody: no staff number is empty, but holders are.
  const std::string staff = account.staff_id.empty() ? "-" : account.staff_id;
  const std::vector<postgres::Connection::Statement> statements = {
      {SelectPosts(), Params().Text(account.county).Text(staff)},
      {"SELECT child_id FROM helping WHERE county = $1 AND helper_id = $2 ORDER BY child_id LIMIT $3",
       Params().Text(account.county).Text(staff).Int(kMostHelped)},
      {SelectGrants(), Params().Text(account.county).Uuid(account.id).Time(now)},
      {SelectOpened(), Params().Text(account.Name()).Time(now)},
      {"SELECT school_id FROM whisper_keeper WHERE county = $1 AND staff_id = $2 ORDER BY school_id",
       Params().Text(account.county).Text(staff)}};
  ASSIGN_OR_RETURN(auto results, db.RunAll(statements));
  Sources sources{.pending = account.pending, .county = account.county};
  ASSIGN_OR_RETURN(sources.posts, kHeldPost.ReadAll(results[0]));
  for (int i = 0; i < results[1].rows(); ++i) sources.helped.push_back(results[1].Uuid(i, 0));
  ASSIGN_OR_RETURN(auto grants, kGrant.ReadAll(results[2]));
  for (const GrantRow& one : grants) sources.grants.push_back(one.right());
  ASSIGN_OR_RETURN(auto opened, kBreaking.ReadAll(results[3]));
  for (const BreakingRow& one : opened)
    sources.broken_glass.push_back(
        {Role::kGlassBreaker, {.county = one.county, .child_ids = {one.child_id}}});
  for (int i = 0; i < results[4].rows(); ++i) sources.boxes.emplace_back(results[4].Text(i, 0));
  return sources;
}

absl::StatusOr<std::vector<GrantRow>> LoadGrants(postgres::Connection& db, const std::string& county,
                                                 const std::string& account_id) {
  static const std::string sql = absl::StrCat(
      "SELECT ", kGrant.List(), " FROM granted WHERE county = $1 AND account_id = $2 ORDER BY grant_id DESC");
  return kGrant.ReadAll(db.Run(sql, Params().Text(county).Uuid(account_id)));
}

absl::Status InsertGrant(postgres::Connection& db, const GrantRow& grant) {
  return kGrant.Insert(db, "granted", {&grant, 1});
}

absl::Status SetGrantEnd(postgres::Connection& db, const GrantRow& grant, absl::Time end) {
  return db.Defer(
      "UPDATE granted SET end_time = $4 WHERE county = $1 AND account_id = $2 AND grant_id = $3 "
      "AND end_time > $4",
      Params().Text(grant.county).Uuid(grant.account_id).Uuid(grant.grant_id).Time(end));
}

absl::Status InsertBreaking(postgres::Connection& db, const BreakingRow& breaking) {
  return kBreaking.Insert(db, "glass_breaking", {&breaking, 1});
}

absl::StatusOr<std::vector<BreakingRow>> ListBreakings(postgres::Connection& db, const BreakingPage& page) {
  Params params;
  params.Text(page.county).Bool(page.child_id.empty()).Uuid(page.child_id);
  params.Bool(page.before.empty()).Uuid(page.before).Int(page.limit);
  const std::string sql = absl::StrCat("SELECT ", kBreaking.List("b."),
                                       " FROM glass_breaking b WHERE b.county = $1 AND ($2 OR b.child_id = "
                                       "$3) AND ($4 OR b.breaking_id < $5) AND ",
                                       directory::ChildCondition(page.within, "b.child_id", params),
                                       " ORDER BY b.breaking_id DESC LIMIT $6");
  return kBreaking.ReadAll(db.Run(sql, std::move(params)));
}

absl::StatusOr<bool> HasChild(postgres::Connection& db, const std::string& county,
                              const std::string& child_id) {
  ASSIGN_OR_RETURN(auto rows, db.Run("SELECT 1::bigint FROM child WHERE county = $1 AND child_id = $2",
                                     Params().Text(county).Uuid(child_id)));
  return rows.rows() > 0;
}

absl::Status StoreKeepers(postgres::Connection& db, absl::Span<const KeeperRow> rows) {
  return kKeeper.Upsert(db, "whisper_keeper", 2, rows);
}

absl::Status StoreHelping(postgres::Connection& db, const HelpingChange& change) {
  static const std::string end = absl::StrCat("DELETE FROM helping h USING ", kHelping.Unnest("k"),
                                              " WHERE h.pairing_id = k.pairing_id AND h.county = k.county");
  static const std::string go =
      absl::StrCat("DELETE FROM helping h USING ", kHelping.Unnest("k"),
                   " WHERE h.county = k.county AND h.child_id = k.child_id AND h.helper_id = k.helper_id");
  if (!change.ended.empty()) RETURN_IF_ERROR(db.Defer(end, kHelping.Arrays(change.ended)));
  if (!change.gone.empty()) RETURN_IF_ERROR(db.Defer(go, kHelping.Arrays(change.gone)));
  return kHelping.Upsert(db, "helping", 3, change.now);
}

}  // namespace tonghu::access
