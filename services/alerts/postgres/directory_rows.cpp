#include "services/alerts/postgres/directory_rows.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "libs/journal/operator_notice.h"
#include "libs/postgres/rows.h"
#include "tonghu/registry/events/v1/registry_events.pb.h"

namespace tonghu::alerts {
namespace {

using postgres::Params;

constexpr char kStoreSchools[] =
    "INSERT INTO school (county, school_id, township_code) SELECT * FROM unnest($1, $2, $3) "
    "ON CONFLICT (county, school_id) DO UPDATE SET township_code = excluded.township_code";

constexpr char kStoreStaff[] =
    "INSERT INTO staff (county, staff_id, display_name) SELECT * FROM unnest($1, $2, $3) "
    "ON CONFLICT (county, staff_id) DO UPDATE SET display_name = excluded.display_name";

constexpr char kStorePosts[] =
    "INSERT INTO post (county, post_id, holder_id, holder_name, deputy_id, deputy_name) SELECT * FROM "
    "unnest($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (county, post_id) DO UPDATE SET holder_id = excluded.holder_id, holder_name = "
    "excluded.holder_name, "
    "deputy_id = excluded.deputy_id, deputy_name = excluded.deputy_name";

constexpr char kStoreChildren[] =
    "INSERT INTO child (county, child_id, school_id, township_code, grade, class_number) SELECT * FROM "
    "unnest($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (county, child_id) DO UPDATE SET school_id = excluded.school_id, township_code = "
    "excluded.township_code, "
    "grade = excluded.grade, class_number = excluded.class_number";

constexpr char kStoreContacts[] =
    "UPDATE child_contact c SET last_contact_time = greatest(c.last_contact_time, k.time) "
    "FROM unnest($1, $2, $3) AS k (county, id, time) WHERE c.county = k.county AND c.child_id = k.id "
    "RETURNING c.county, c.child_id";

constexpr char kLoadContacts[] =
    "SELECT c.county, c.child_id, c.last_contact_time FROM unnest($1, $2) AS k (county, id) "
    "JOIN child_contact c ON c.county = k.county AND c.child_id = k.id";

constexpr char kLoadPosts[] =
    "SELECT p.county, p.post_id, p.holder_id, p.holder_name, p.deputy_id, p.deputy_name FROM unnest($1, $2) "
    "AS k (county, id) "
    "JOIN post p ON p.county = k.county AND p.post_id = k.id";

constexpr char kLoadStaff[] =
    "SELECT s.county, s.staff_id, s.display_name FROM unnest($1, $2) AS k (county, id) "
    "JOIN staff s ON s.county = k.county AND s.staff_id = k.id";

constexpr char kLoadChildren[] =
    "SELECT c.county, c.child_id, c.school_id, c.township_code, c.grade, c.class_number FROM unnest($1, $2) "
    "AS k (county, id) "
    "JOIN child c ON c.county = k.county AND c.child_id = k.id";

constexpr char kLoadWaiting[] =
    "SELECT DISTINCT ON (q.county, q.key) q.county, q.key, q.payload FROM unnest($1, $2) AS k (county, id) "
    "JOIN quarantine q ON q.county = k.county AND q.key = k.id "
    "WHERE q.producer = 'registry' AND q.type = 'child_put' ORDER BY q.county, q.key, q.seq DESC";

constexpr char kLoadSchools[] =
    "SELECT s.county, s.school_id, s.township_code FROM unnest($1, $2) AS k (county, id) "
    "JOIN school s ON s.county = k.county AND s.school_id = k.id";

}  // namespace

absl::Status StoreSchools(postgres::Connection& db, absl::Span<const SchoolFact> schools) {
  KeyColumns keys;
  std::vector<std::string> townships;
  for (const SchoolFact& school : schools) {
    keys.Add(school.county, school.id);
    townships.push_back(school.township_code);
  }
  return db.Defer(kStoreSchools, Params().Texts(keys.counties).Texts(keys.ids).Texts(townships));
}

absl::Status StoreStaff(postgres::Connection& db, absl::Span<const StaffFact> staff) {
  KeyColumns keys;
  std::vector<std::string> names;
  for (const StaffFact& member : staff) {
    keys.Add(member.county, member.id);
    names.push_back(member.display_name);
  }
  return db.Defer(kStoreStaff, Params().Texts(keys.counties).Texts(keys.ids).Texts(names));
}

absl::Status StorePosts(postgres::Connection& db, absl::Span<const PostFact> posts) {
  KeyColumns keys;
  std::vector<std::string> holders, holder_names, deputies, deputy_names;
  for (const PostFact& fact : posts) {
    keys.Add(fact.county, fact.id);
    holders.push_back(fact.post.holder.id);
    holder_names.push_back(fact.post.holder.name);
    deputies.push_back(fact.post.deputy.id);
    deputy_names.push_back(fact.post.deputy.name);
  }
  Params params;
  params.Texts(keys.counties)
      .Texts(keys.ids)
      .Texts(holders)
      .Texts(holder_names)
      .Texts(deputies)
      .Texts(deputy_names);
  return db.Defer(kStorePosts, params);
}

absl::Status StoreChildren(postgres::Connection& db, absl::Span<const Child> children) {
  KeyColumns keys;
  std::vector<std::string> schools, townships;
  std::vector<int64_t> grades, classes;
  for (const Child& child : children) {
    keys.Add(child.county, child.id);
    schools.push_back(child.place.school_id);
    townships.push_back(child.place.township_code);
    grades.push_back(child.place.grade);
    classes.push_back(child.place.class_number);
  }
  Params params;
  params.Texts(keys.counties).Texts(keys.ids).Texts(schools).Texts(townships).Ints(grades).Ints(classes);
  return db.Defer(kStoreChildren, params);
}

absl::Status StoreContacts(postgres::Connection& db, const ByKey<absl::Time>& last_contact_times) {
  KeyColumns keys;
  std::vector<absl::Time> times;
  for (const auto& [key, time] : last_contact_times) {
    keys.Add(key.first, key.second);
    times.push_back(time);
  }
  auto known = db.Run(kStoreContacts, Params().Texts(keys.counties).Texts(keys.ids).Times(times));
  if (!known.ok()) return known.status();
  if (static_cast<size_t>(known->rows()) == last_contact_times.size()) return absl::OkStatus();
  absl::flat_hash_set<Key> seen;
  for (int i = 0; i < known->rows(); ++i) seen.emplace(known->String(i, 0), known->String(i, 1));
  postgres::Rows first("child_contact", "county, child_id, last_contact_time");
  for (const auto& [key, time] : last_contact_times) {
    if (!seen.contains(key)) first.Next().Text(key.first).Text(key.second).Time(time);
  }
  return first.InsertInto(db);
}

absl::StatusOr<ByKey<absl::Time>> LoadContacts(postgres::Connection& db, const KeyColumns& children) {
  auto rows = db.Run(kLoadContacts, Params().Texts(children.counties).Texts(children.ids));
  if (!rows.ok()) return rows.status();
  ByKey<absl::Time> last;
  for (int i = 0; i < rows->rows(); ++i) last[{rows->String(i, 0), rows->String(i, 1)}] = rows->Time(i, 2);
  return last;
}

namespace {

// For what concerns no county: the province's office is one, though each county's directory names it. That
// of the lowest county code, and whoever is on it anywhere.
absl::Status LoadProvinceOffice(postgres::Connection& db, Directories& directories) {
  auto rows = db.Run(
      "SELECT post_id, holder_id, holder_name, deputy_id, deputy_name FROM post "
      "WHERE post_id = 'province_office' AND (holder_id <> '' OR deputy_id <> '') ORDER BY county LIMIT 1");
  if (!rows.ok()) return rows.status();
  for (int i = 0; i < rows->rows(); ++i) {
    directories[journal::kNoCounty].PutPost(rows->String(i, 0),
                                            {.holder = {rows->String(i, 1), rows->String(i, 2)},
                                             .deputy = {rows->String(i, 3), rows->String(i, 4)}});
  }
  return absl::OkStatus();
}

constexpr char kLoadAnywhere[] =
    "SELECT DISTINCT ON (k.id) k.county, k.id, s.display_name FROM unnest($1, $2) AS k (county, id) "
    "JOIN staff s ON s.staff_id = k.id WHERE k.county = $3 ORDER BY k.id, s.county";

}  // namespace

absl::Status LoadPosts(postgres::Connection& db, const KeyColumns& posts, Directories& directories) {
  if (posts.empty()) return absl::OkStatus();
  auto rows = db.Run(kLoadPosts, Params().Texts(posts.counties).Texts(posts.ids));
  if (!rows.ok()) return rows.status();
  for (int i = 0; i < rows->rows(); ++i) {
    directories[rows->String(i, 0)].PutPost(rows->String(i, 1),
                                            {.holder = {rows->String(i, 2), rows->String(i, 3)},
                                             .deputy = {rows->String(i, 4), rows->String(i, 5)}});
  }
  const auto none = std::find(posts.counties.begin(), posts.counties.end(), journal::kNoCounty);
  return none == posts.counties.end() ? absl::OkStatus() : LoadProvinceOffice(db, directories);
}

absl::Status LoadStaff(postgres::Connection& db, const KeyColumns& staff, Directories& directories) {
  if (staff.empty()) return absl::OkStatus();
  auto rows = db.Run(kLoadStaff, Params().Texts(staff.counties).Texts(staff.ids));
  if (!rows.ok()) return rows.status();
  for (int i = 0; i < rows->rows(); ++i)
    directories[rows->String(i, 0)].PutStaff(rows->String(i, 1), rows->String(i, 2));
  const auto none = std::find(staff.counties.begin(), staff.counties.end(), journal::kNoCounty);
  if (none == staff.counties.end()) return absl::OkStatus();
  auto anywhere =
      db.Run(kLoadAnywhere, Params().Texts(staff.counties).Texts(staff.ids).Text(journal::kNoCounty));
  if (!anywhere.ok()) return anywhere.status();
  for (int i = 0; i < anywhere->rows(); ++i)
    directories[anywhere->String(i, 0)].PutStaff(anywhere->String(i, 1), anywhere->String(i, 2));
  return absl::OkStatus();
}

absl::StatusOr<ByKey<Child>> LoadChildren(postgres::Connection& db, const KeyColumns& children) {
  auto rows = db.Run(kLoadChildren, Params().Texts(children.counties).Texts(children.ids));
  if (!rows.ok()) return rows.status();
  ByKey<Child> known;
  for (int i = 0; i < rows->rows(); ++i) {
    Child child{.county = rows->String(i, 0),
                .id = rows->String(i, 1),
                .place = {.school_id = rows->String(i, 2),
                          .township_code = rows->String(i, 3),
                          .grade = static_cast<int>(rows->Int(i, 4)),
                          .class_number = static_cast<int>(rows->Int(i, 5))}};
    Key key(child.county, child.id);
    known.insert_or_assign(std::move(key), std::move(child));
  }
  return known;
}

absl::StatusOr<ByKey<Child>> LoadChildrenInQuarantine(postgres::Connection& db, const KeyColumns& children) {
  ByKey<Child> waiting;
  if (children.empty()) return waiting;
  auto rows = db.Run(kLoadWaiting, Params().Texts(children.counties).Texts(children.ids));
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
  auto rows = db.Run(kLoadSchools, Params().Texts(schools.counties).Texts(schools.ids));
  if (!rows.ok()) return rows.status();
  ByKey<Place> known;
  for (int i = 0; i < rows->rows(); ++i) {
    known[{rows->String(i, 0), rows->String(i, 1)}] = {.school_id = rows->String(i, 1),
                                                       .township_code = rows->String(i, 2)};
  }
  return known;
}

}  // namespace tonghu::alerts
