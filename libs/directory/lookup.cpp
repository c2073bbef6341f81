#include "libs/directory/lookup.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/directory/columns.h"
#include "libs/journal/operator_notice.h"
#include "libs/status/macros.h"

namespace tonghu::directory {
namespace {

using Keys = std::vector<postgres::Key>;

// A SELECT of `columns` from the rows `t` of `table` that have the keys given as arrays.
std::string OfKeys(const std::string& columns, const char* table, const char* id) {
  return absl::StrCat("SELECT ", columns, " FROM ", postgres::kKeys.Unnest("k"), " JOIN ", table,
                      " t ON t.county = k.county AND t.", id, " = k.id");
}

bool AsksOfNoCounty(const Keys& keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [](const postgres::Key& key) { return key.first == journal::kNoCounty; });
}

// The province has one office, though each county's directory names one. The office of the lowest county code
// that has anybody counts, so that every replica and every later day tells the same person.
absl::Status LoadProvinceOffice(postgres::Connection& db, Directory& directory) {
  static const std::string sql =
      absl::StrCat("SELECT ", kPost.List(),
                   " FROM post WHERE post_id = 'province_office' AND (holder_id <> '' OR deputy_id <> '') "
                   "ORDER BY county LIMIT 1");
  ASSIGN_OR_RETURN(auto posts, kPost.ReadAll(db.Run(sql)));
  for (PostFact& one : posts) directory.PutPost(std::move(one.id), std::move(one.post));
  return absl::OkStatus();
}

// Loads posts, each into the directory of its county.
absl::Status LoadPosts(postgres::Connection& db, const Keys& posts, Directories& directories) {
  static const std::string sql = OfKeys(kPost.List("t."), "post", "post_id");
  if (posts.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto rows, kPost.ReadAll(db.Run(sql, postgres::kKeys.Arrays(posts))));
  for (PostFact& one : rows) directories[one.county].PutPost(std::move(one.id), std::move(one.post));
  return AsksOfNoCounty(posts) ? LoadProvinceOffice(db, directories[journal::kNoCounty]) : absl::OkStatus();
}

// Loads staff of whatever county, for alerts that concern none.
absl::Status LoadStaffAnywhere(postgres::Connection& db, const Keys& staff, Directory& directory) {
  // Staff numbers are unique within a county only: of several the lowest county's counts.
  static const std::string sql = absl::StrCat(
      "SELECT DISTINCT ON (t.staff_id) ", kStaff.List("t."), " FROM ", postgres::kKeys.Unnest("k"),
      " JOIN staff t ON t.staff_id = k.id WHERE k.county = $3 ORDER BY t.staff_id, t.county");
  ASSIGN_OR_RETURN(auto rows,
                   kStaff.ReadAll(db.Run(sql, postgres::kKeys.Arrays(staff).Text(journal::kNoCounty))));
  for (StaffFact& one : rows) directory.PutStaff(std::move(one.id), std::move(one.display_name));
  return absl::OkStatus();
}

// Loads who of the staff has left, each into the directory of its county.
absl::Status LoadLeft(postgres::Connection& db, const Keys& staff, Directories& directories) {
  static const std::string sql = OfKeys("t.county, t.staff_id", "left_staff", "staff_id");
  ASSIGN_OR_RETURN(auto rows, db.Run(sql, postgres::kKeys.Arrays(staff)));
  for (int i = 0; i < rows.rows(); ++i)
    directories[std::string(rows.Text(i, 0))].PutLeft(std::string(rows.Text(i, 1)));
  return absl::OkStatus();
}

// Loads names of staff, each into the directory of its county.
absl::Status LoadStaff(postgres::Connection& db, const Keys& staff, Directories& directories) {
  static const std::string sql = OfKeys(kStaff.List("t."), "staff", "staff_id");
  if (staff.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto rows, kStaff.ReadAll(db.Run(sql, postgres::kKeys.Arrays(staff))));
  for (StaffFact& one : rows)
    directories[one.county].PutStaff(std::move(one.id), std::move(one.display_name));
  RETURN_IF_ERROR(LoadLeft(db, staff, directories));
  return AsksOfNoCounty(staff) ? LoadStaffAnywhere(db, staff, directories[journal::kNoCounty])
                               : absl::OkStatus();
}

// A child_put event that waits in quarantine.
struct Waiting {
  std::string county, child_id, payload;
};
constexpr postgres::Columns kWaiting{postgres::Field<&Waiting::county>("q.county"),
                                     postgres::Field<&Waiting::child_id>("q.key"),
                                     postgres::Field<&Waiting::payload>("q.payload", postgres::kBytea)};

// The place in the event; an empty place when the payload can't be read.
Place PlaceIn(const Waiting& waiting) {
  journal::Event event;
  event.type = "child_put";
  event.payload = waiting.payload;
  Facts facts;
  return Add(event, facts).ok() ? facts.children.front().place : Place();
}

}  // namespace

absl::StatusOr<Places> LoadChildren(postgres::Connection& db, absl::Span<const postgres::Key> children) {
  static const std::string sql = OfKeys(kChild.List("t."), "child", "child_id");
  ASSIGN_OR_RETURN(auto rows, kChild.ReadAll(db.Run(sql, postgres::kUuidKeys.Arrays(children))));
  Places places;
  for (ChildFact& row : rows) places[{std::move(row.county), std::move(row.id)}] = std::move(row.place);
  return places;
}

// The newest event of a child (highest position) says the place: DISTINCT ON keeps the first row in the order
// given.
absl::StatusOr<Places> LoadChildrenInQuarantine(postgres::Connection& db,
                                                absl::Span<const postgres::Key> children) {
  static const std::string sql = absl::StrCat("SELECT DISTINCT ON (q.county, q.key) ", kWaiting.List(),
                                              " FROM ", postgres::kKeys.Unnest("k"),
                                              " JOIN quarantine q ON q.county = k.county AND q.key = k.id "
                                              "WHERE q.producer = 'registry' AND q.type = 'child_put' "
                                              "ORDER BY q.county, q.key, q.seq DESC");
  if (children.empty()) return Places();
  ASSIGN_OR_RETURN(auto rows, kWaiting.ReadAll(db.Run(sql, postgres::kKeys.Arrays(children))));
  Places places;
  for (const Waiting& row : rows) places[{row.county, row.child_id}] = PlaceIn(row);
  return places;
}

absl::StatusOr<Places> LoadSchools(postgres::Connection& db, absl::Span<const postgres::Key> schools) {
  static const std::string sql = OfKeys(kSchool.List("t."), "school", "school_id");
  ASSIGN_OR_RETURN(auto rows, kSchool.ReadAll(db.Run(sql, postgres::kKeys.Arrays(schools))));
  Places places;
  for (const SchoolFact& row : rows)
    places[{row.county, row.id}] = {.school_id = row.id, .township_code = row.township_code};
  return places;
}

const Directory& Directories::In(const std::string& county) const {
  static const Directory kNobody;
  const auto found = by_county_.find(county);
  return found == by_county_.end() ? kNobody : found->second;
}

void Lookup::AddPlace(const std::string& county, const Place& place) {
  const std::string seen = absl::StrCat(county, "/", place.school_id, "/", place.township_code, "/",
                                        place.grade, "/", place.class_number);
  // A batch often has many children of one class.
  if (!places_.insert(seen).second) return;
  // All posts that could answer for the place; which do is decided later.
  for (const PostKind kind : kPostKinds) posts_.emplace(county, PostId(kind, place));
}

void Lookup::AddStaff(const std::string& county, const std::string& staff_id) {
  staff_.emplace(county, staff_id);
}

absl::StatusOr<Directories> Lookup::Load(postgres::Connection& db) const {
  Directories directories;
  absl::Status loaded = LoadPosts(db, Keys(posts_.begin(), posts_.end()), directories);
  if (loaded.ok()) loaded = LoadStaff(db, Keys(staff_.begin(), staff_.end()), directories);
  if (!loaded.ok()) return loaded;
  return directories;
}

}  // namespace tonghu::directory
