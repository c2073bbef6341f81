#include "services/registry/postgres/directory_store.h"

#include <fmt/format.h>

#include "absl/strings/str_cat.h"
#include "libs/postgres/keys.h"

namespace tonghu::registry {
namespace {

using postgres::Field;

constexpr postgres::Columns kSchool{Field<&School::county>("county"), Field<&School::id>("school_id"),
                                    Field<&School::display_name>("display_name"),
                                    Field<&School::township_code>("township_code")};

constexpr postgres::Columns kStaff{Field<&StaffMember::county>("county"), Field<&StaffMember::id>("staff_id"),
                                   Field<&StaffMember::display_name>("display_name"),
                                   Field<&StaffMember::phone>("phone")};

constexpr postgres::Columns kPost{Field<&Post::county>("county"),
                                  Field<&Post::kind>("kind"),
                                  Field<&Post::school_id>("school_id"),
                                  Field<&Post::grade>("grade"),
                                  Field<&Post::class_number>("class_number"),
                                  Field<&Post::township_code>("township_code"),
                                  Field<&Post::holder_id>("holder_id"),
                                  Field<&Post::deputy_id>("deputy_id")};

// A post with the id that follows from what it answers for.
struct PostRow {
  const Post* post;
  std::string id;
};
constexpr postgres::Columns kPostRow{
    Field<&PostRow::post, &Post::county>("county"),
    Field<&PostRow::id>("post_id"),
    Field<&PostRow::post, &Post::kind>("kind"),
    Field<&PostRow::post, &Post::school_id>("school_id"),
    Field<&PostRow::post, &Post::grade>("grade", postgres::kInt2),
    Field<&PostRow::post, &Post::class_number>("class_number", postgres::kInt2),
    Field<&PostRow::post, &Post::township_code>("township_code"),
    Field<&PostRow::post, &Post::holder_id>("holder_id"),
    Field<&PostRow::post, &Post::deputy_id>("deputy_id")};

constexpr size_t kKeyColumns = 2;

std::string LoadSql(const std::string& columns, std::string_view table, std::string_view id) {
  return fmt::format("SELECT {} FROM {} JOIN {} t ON t.county = k.county AND t.{} = k.id", columns,
                     postgres::kKeys.Unnest("k"), table, id);
}

std::string ListSql(const std::string& columns, std::string_view table, std::string_view id) {
  return fmt::format("SELECT {0} FROM {1} t WHERE t.county = $1 AND t.{2} > $2 ORDER BY t.{2} LIMIT $3",
                     columns, table, id);
}

postgres::Params PageParams(const Page& page) {
  return postgres::Params().Text(page.county).Text(page.after).Int(page.limit);
}

}  // namespace

absl::StatusOr<std::vector<School>> LoadSchools(postgres::Connection& db, absl::Span<const Key> keys) {
  static const std::string sql = LoadSql(kSchool.List("t."), "school", "school_id");
  return kSchool.ReadAll(db.Run(sql, postgres::kKeys.Arrays(keys)));
}

absl::StatusOr<std::vector<StaffMember>> LoadStaff(postgres::Connection& db, absl::Span<const Key> keys) {
  static const std::string sql = LoadSql(kStaff.List("t."), "staff", "staff_id");
  return kStaff.ReadAll(db.Run(sql, postgres::kKeys.Arrays(keys)));
}

absl::StatusOr<std::vector<Post>> LoadPosts(postgres::Connection& db, absl::Span<const Key> keys) {
  static const std::string sql = LoadSql(kPost.List("t."), "post", "post_id");
  return kPost.ReadAll(db.Run(sql, postgres::kKeys.Arrays(keys)));
}

absl::StatusOr<std::vector<Post>> LoadPostsOf(postgres::Connection& db, absl::Span<const Key> staff) {
  const auto held_as = [](std::string_view column) {
    return fmt::format("{} AND t.{} <> ''", LoadSql(kPost.List("t."), "post", column), column);
  };
  static const std::string sql = absl::StrCat(held_as("holder_id"), " UNION ", held_as("deputy_id"));
  return kPost.ReadAll(db.Run(sql, postgres::kKeys.Arrays(staff)));
}

absl::Status StoreSchools(postgres::Connection& db, absl::Span<const School> schools) {
  return kSchool.Upsert(db, "school", kKeyColumns, schools);
}

absl::Status StoreStaff(postgres::Connection& db, absl::Span<const StaffMember> staff) {
  return kStaff.Upsert(db, "staff", kKeyColumns, staff);
}

absl::Status StorePosts(postgres::Connection& db, absl::Span<const Post> posts) {
  std::vector<PostRow> rows;
  for (const Post& post : posts) rows.push_back({&post, post.id()});
  return kPostRow.Upsert(db, "post", kKeyColumns, rows);
}

absl::StatusOr<std::vector<School>> ListSchools(postgres::Connection& db, const Page& page) {
  static const std::string sql = ListSql(kSchool.List("t."), "school", "school_id");
  return kSchool.ReadAll(db.Run(sql, PageParams(page)));
}

absl::StatusOr<std::vector<StaffMember>> ListStaff(postgres::Connection& db, const Page& page) {
  static const std::string sql = ListSql(kStaff.List("t."), "staff", "staff_id");
  return kStaff.ReadAll(db.Run(sql, PageParams(page)));
}

absl::StatusOr<std::vector<Post>> ListPosts(postgres::Connection& db, const Page& page) {
  static const std::string sql = ListSql(kPost.List("t."), "post", "post_id");
  return kPost.ReadAll(db.Run(sql, PageParams(page)));
}

}  // namespace tonghu::registry
