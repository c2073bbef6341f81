#include "services/alerts/postgres/directory_rows.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/journal/operator_notice.h"
#include "libs/postgres/columns.h"
#include "tonghu/registry/events/v1/registry_events.pb.h"

namespace tonghu::alerts {
namespace {

using postgres::Field;
using postgres::kInt2;

constexpr postgres::Columns kSchool{Field<&SchoolFact::county>("county"), Field<&SchoolFact::id>("school_id"),
                                    Field<&SchoolFact::township_code>("township_code")};
constexpr postgres::Columns kStaff{Field<&StaffFact::county>("county"), Field<&StaffFact::id>("staff_id"),
                                   Field<&StaffFact::display_name>("display_name")};
constexpr postgres::Columns kPost{Field<&PostFact::county>("county"),
                                  Field<&PostFact::id>("post_id"),
                                  Field<&PostFact::post, &Post::holder, &Person::id>("holder_id"),
                                  Field<&PostFact::post, &Post::holder, &Person::name>("holder_name"),
                                  Field<&PostFact::post, &Post::deputy, &Person::id>("deputy_id"),
                                  Field<&PostFact::post, &Post::deputy, &Person::name>("deputy_name")};
constexpr postgres::Columns kChild{Field<&Child::county>("county"),
                                   Field<&Child::id>("child_id", postgres::kUuid),
                                   Field<&Child::place, &Place::school_id>("school_id"),
                                   Field<&Child::place, &Place::township_code>("township_code"),
                                   Field<&Child::place, &Place::grade>("grade", kInt2),
                                   Field<&Child::place, &Place::class_number>("class_number", kInt2)};
constexpr size_t kKeyColumns = 2;

// Rows `t` of those keys.
std::string OfKeys(const std::string& columns, const char* table, const char* id) {
  return absl::StrCat("SELECT ", columns, " FROM unnest($1, $2) AS k (county, id) JOIN ", table,
                      " t ON t.county = k.county AND t.", id, " = k.id");
}

constexpr char kLoadWaiting[] =
    "SELECT DISTINCT ON (q.county, q.key) q.county, q.key, q.payload FROM unnest($1, $2) AS k (county, id) "
    "JOIN quarantine q ON q.county = k.county AND q.key = k.id "
    "WHERE q.producer = 'registry' AND q.type = 'child_put' ORDER BY q.county, q.key, q.seq DESC";

}  // namespace

absl::Status StoreSchools(postgres::Connection& db, absl::Span<const SchoolFact> schools) {
  return kSchool.Upsert(db, "school", kKeyColumns, schools);
}

absl::Status StoreStaff(postgres::Connection& db, absl::Span<const StaffFact> staff) {
  return kStaff.Upsert(db, "staff", kKeyColumns, staff);
}

absl::Status StorePosts(postgres::Connection& db, absl::Span<const PostFact> posts) {
  return kPost.Upsert(db, "post", kKeyColumns, posts);
}

absl::Status StoreChildren(postgres::Connection& db, absl::Span<const Child> children) {
  return kChild.Upsert(db, "child", kKeyColumns, children);
}

namespace {

// For what concerns no county: the province's office is one, though each county's directory names it. That
// of the lowest county code, and whoever is on it anywhere.
absl::Status LoadProvinceOffice(postgres::Connection& db, Directories& directories) {
  static const std::string sql =
      absl::StrCat("SELECT ", kPost.List(),
                   " FROM post WHERE post_id = 'province_office' AND (holder_id <> '' OR deputy_id <> '') "
                   "ORDER BY county LIMIT 1");
  auto posts = kPost.ReadAll(db.Run(sql));
  if (!posts.ok()) return posts.status();
  for (PostFact& one : *posts)
    directories[journal::kNoCounty].PutPost(std::move(one.id), std::move(one.post));
  return absl::OkStatus();
}

constexpr char kLoadAnywhere[] =
    "SELECT DISTINCT ON (k.id) k.county, k.id, s.display_name FROM unnest($1, $2) AS k (county, id) "
    "JOIN staff s ON s.staff_id = k.id WHERE k.county = $3 ORDER BY k.id, s.county";

}  // namespace

absl::Status LoadPosts(postgres::Connection& db, const KeyColumns& posts, Directories& directories) {
  if (posts.empty()) return absl::OkStatus();
  static const std::string sql = OfKeys(kPost.List("t."), "post", "post_id");
  auto rows = kPost.ReadAll(db.Run(sql, posts.Texts()));
  if (!rows.ok()) return rows.status();
  for (PostFact& one : *rows) directories[one.county].PutPost(std::move(one.id), std::move(one.post));
  const auto none = std::find(posts.counties.begin(), posts.counties.end(), journal::kNoCounty);
  return none == posts.counties.end() ? absl::OkStatus() : LoadProvinceOffice(db, directories);
}

absl::Status LoadStaff(postgres::Connection& db, const KeyColumns& staff, Directories& directories) {
  if (staff.empty()) return absl::OkStatus();
  static const std::string sql = OfKeys(kStaff.List("t."), "staff", "staff_id");
  auto rows = kStaff.ReadAll(db.Run(sql, staff.Texts()));
  if (!rows.ok()) return rows.status();
  for (StaffFact& one : *rows)
    directories[one.county].PutStaff(std::move(one.id), std::move(one.display_name));
  const auto none = std::find(staff.counties.begin(), staff.counties.end(), journal::kNoCounty);
  if (none == staff.counties.end()) return absl::OkStatus();
  auto anywhere = db.Run(kLoadAnywhere, staff.Texts().Text(journal::kNoCounty));
  if (!anywhere.ok()) return anywhere.status();
  for (int i = 0; i < anywhere->rows(); ++i)
    directories[anywhere->String(i, 0)].PutStaff(anywhere->String(i, 1), anywhere->String(i, 2));
  return absl::OkStatus();
}

absl::StatusOr<ByKey<Child>> LoadChildren(postgres::Connection& db, const KeyColumns& children) {
  static const std::string sql = OfKeys(kChild.List("t."), "child", "child_id");
  auto rows = kChild.ReadAll(db.Run(sql, children.Uuids()));
  if (!rows.ok()) return rows.status();
  ByKey<Child> known;
  for (Child& child : *rows) {
    Key key(child.county, child.id);
    known.insert_or_assign(std::move(key), std::move(child));
  }
  return known;
}

absl::StatusOr<ByKey<Child>> LoadChildrenInQuarantine(postgres::Connection& db, const KeyColumns& children) {
  ByKey<Child> waiting;
  if (children.empty()) return waiting;
  auto rows = db.Run(kLoadWaiting, children.Texts());
  if (!rows.ok()) return rows.status();
  for (int i = 0; i < rows->rows(); ++i) {
    Child child{.county = rows->String(i, 0), .id = rows->String(i, 1)};
    tonghu::registry::events::v1::ChildPut put;
    if (put.ParseFromString(rows->String(i, 2)))
      child.place = {put.school_id(), put.township_code(), put.grade(), put.class_number()};
    Key key(child.county, child.id);
    waiting.insert_or_assign(std::move(key), std::move(child));
  }
  return waiting;
}

absl::StatusOr<ByKey<Place>> LoadSchools(postgres::Connection& db, const KeyColumns& schools) {
  static const std::string sql = OfKeys(kSchool.List("t."), "school", "school_id");
  auto rows = kSchool.ReadAll(db.Run(sql, schools.Texts()));
  if (!rows.ok()) return rows.status();
  ByKey<Place> known;
  for (const SchoolFact& school : *rows)
    known[{school.county, school.id}] = {.school_id = school.id, .township_code = school.township_code};
  return known;
}

}  // namespace tonghu::alerts
