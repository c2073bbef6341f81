#include "services/registry/postgres/directory_store.h"

#include <fmt/format.h>

#include "absl/strings/str_cat.h"
#include "services/registry/postgres/columns.h"

namespace tonghu::registry {
namespace {

constexpr char kSchoolColumns[] = "t.county, t.school_id, t.display_name, t.township_code";
constexpr char kStaffColumns[] = "t.county, t.staff_id, t.display_name, t.phone";
constexpr char kPostColumns[] =
    "t.county, t.kind, t.school_id, t.grade, t.class_number, t.township_code, t.holder_id, t.deputy_id";

School ReadSchool(const postgres::Result& rows, int i) {
  return {rows.String(i, 0), rows.String(i, 1), rows.String(i, 2), rows.String(i, 3)};
}

StaffMember ReadStaff(const postgres::Result& rows, int i) {
  return {rows.String(i, 0), rows.String(i, 1), rows.String(i, 2), rows.String(i, 3)};
}

Post ReadPost(const postgres::Result& rows, int i) {
  return {.county = rows.String(i, 0),
          .kind = static_cast<PostKind>(rows.Int(i, 1)),
          .school_id = rows.String(i, 2),
          .grade = static_cast<int>(rows.Int(i, 3)),
          .class_number = static_cast<int>(rows.Int(i, 4)),
          .township_code = rows.String(i, 5),
          .holder_id = rows.String(i, 6),
          .deputy_id = rows.String(i, 7)};
}

template <class Row>
absl::StatusOr<std::vector<Row>> Read(const absl::StatusOr<postgres::Result>& rows,
                                      Row (*read)(const postgres::Result&, int)) {
  if (!rows.ok()) return rows.status();
  std::vector<Row> all;
  all.reserve(rows->rows());
  for (int i = 0; i < rows->rows(); ++i) all.push_back(read(*rows, i));
  return all;
}

std::string LoadSql(std::string_view columns, std::string_view table, std::string_view id) {
  return fmt::format(
      "SELECT {} FROM unnest($1, $2) AS w (county, id) JOIN {} t ON t.county = w.county AND t.{} = w.id",
      columns, table, id);
}

std::string ListSql(std::string_view columns, std::string_view table, std::string_view id) {
  return fmt::format("SELECT {0} FROM {1} t WHERE t.county = $1 AND t.{2} > $2 ORDER BY t.{2} LIMIT $3",
                     columns, table, id);
}

postgres::Params PageParams(const Page& page) {
  return postgres::Params().Text(page.county).Text(page.after).Int(page.limit);
}

}  // namespace

absl::StatusOr<std::vector<School>> LoadSchools(postgres::Connection& db, absl::Span<const Key> keys) {
  static const std::string sql = LoadSql(kSchoolColumns, "school", "school_id");
  return Read(db.Run(sql, KeyParams(keys)), &ReadSchool);
}

absl::StatusOr<std::vector<StaffMember>> LoadStaff(postgres::Connection& db, absl::Span<const Key> keys) {
  static const std::string sql = LoadSql(kStaffColumns, "staff", "staff_id");
  return Read(db.Run(sql, KeyParams(keys)), &ReadStaff);
}

absl::StatusOr<std::vector<Post>> LoadPosts(postgres::Connection& db, absl::Span<const Key> keys) {
  static const std::string sql = LoadSql(kPostColumns, "post", "post_id");
  return Read(db.Run(sql, KeyParams(keys)), &ReadPost);
}

absl::StatusOr<std::vector<Post>> LoadPostsOf(postgres::Connection& db, absl::Span<const Key> staff) {
  static const std::string sql =
      absl::StrCat("SELECT ", kPostColumns,
                   " FROM unnest($1, $2) AS w (county, id) JOIN post t ON t.county = w.county AND "
                   "t.holder_id = w.id AND t.holder_id <> '' ",
                   "UNION SELECT ", kPostColumns,
                   " FROM unnest($1, $2) AS w (county, id) JOIN post t ON t.county = w.county AND "
                   "t.deputy_id = w.id AND t.deputy_id <> ''");
  return Read(db.Run(sql, KeyParams(staff)), &ReadPost);
}

absl::Status StoreSchools(postgres::Connection& db, absl::Span<const School> schools) {
  postgres::Params params;
  params.Texts(TextsOf(schools, [](const School& s) { return s.county; }))
      .Texts(TextsOf(schools, [](const School& s) { return s.id; }))
      .Texts(TextsOf(schools, [](const School& s) { return s.display_name; }))
      .Texts(TextsOf(schools, [](const School& s) { return s.township_code; }));
  return db.Defer(
      "INSERT INTO school (county, school_id, display_name, township_code) SELECT * FROM unnest($1, $2, "
      "$3, $4) "
      "ON CONFLICT (county, school_id) DO UPDATE SET display_name = excluded.display_name, township_code "
      "= excluded.township_code",
      params);
}

absl::Status StoreStaff(postgres::Connection& db, absl::Span<const StaffMember> staff) {
  postgres::Params params;
  params.Texts(TextsOf(staff, [](const StaffMember& s) { return s.county; }))
      .Texts(TextsOf(staff, [](const StaffMember& s) { return s.id; }))
      .Texts(TextsOf(staff, [](const StaffMember& s) { return s.display_name; }))
      .Texts(TextsOf(staff, [](const StaffMember& s) { return s.phone; }));
  return db.Defer(
      "INSERT INTO staff (county, staff_id, display_name, phone) SELECT * FROM unnest($1, $2, $3, $4) "
      "ON CONFLICT (county, staff_id) DO UPDATE SET display_name = excluded.display_name, phone = "
      "excluded.phone",
      params);
}

absl::Status StorePosts(postgres::Connection& db, absl::Span<const Post> posts) {
  postgres::Params params;
  params.Texts(TextsOf(posts, [](const Post& p) { return p.county; }))
      .Texts(TextsOf(posts, [](const Post& p) { return p.id(); }))
      .Ints(IntsOf(posts, [](const Post& p) { return p.kind; }))
      .Texts(TextsOf(posts, [](const Post& p) { return p.school_id; }))
      .Ints(IntsOf(posts, [](const Post& p) { return p.grade; }))
      .Ints(IntsOf(posts, [](const Post& p) { return p.class_number; }))
      .Texts(TextsOf(posts, [](const Post& p) { return p.township_code; }))
      .Texts(TextsOf(posts, [](const Post& p) { return p.holder_id; }))
      .Texts(TextsOf(posts, [](const Post& p) { return p.deputy_id; }));
  return db.Defer(
      "INSERT INTO post (county, post_id, kind, school_id, grade, class_number, township_code, "
      "holder_id, deputy_id) "
      "SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) "
      "ON CONFLICT (county, post_id) DO UPDATE SET holder_id = excluded.holder_id, deputy_id = "
      "excluded.deputy_id",
      params);
}

absl::StatusOr<std::vector<School>> ListSchools(postgres::Connection& db, const Page& page) {
  static const std::string sql = ListSql(kSchoolColumns, "school", "school_id");
  return Read(db.Run(sql, PageParams(page)), &ReadSchool);
}

absl::StatusOr<std::vector<StaffMember>> ListStaff(postgres::Connection& db, const Page& page) {
  static const std::string sql = ListSql(kStaffColumns, "staff", "staff_id");
  return Read(db.Run(sql, PageParams(page)), &ReadStaff);
}

absl::StatusOr<std::vector<Post>> ListPosts(postgres::Connection& db, const Page& page) {
  static const std::string sql = ListSql(kPostColumns, "post", "post_id");
  return Read(db.Run(sql, PageParams(page)), &ReadPost);
}

}  // namespace tonghu::registry
