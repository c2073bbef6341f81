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

constexpr postgres::Columns kStaff{Field<&StaffMember::county>("county"),
                                   Field<&StaffMember::id>("staff_id"),
                                   Field<&StaffMember::display_name>("display_name"),
                                   Field<&StaffMember::phone>("phone"),
                                   Field<&StaffMember::school_id>("school_id"),
                                   Field<&StaffMember::sex>("sex"),
                                   Field<&StaffMember::left>("has_left")};

// The columns of a post without its key. `at` are the members that lead to the post from the row that has it.
template <auto... at>
constexpr auto ColumnsOfPost() {
  return postgres::Columns{Field<at..., &Post::kind>("kind"),
                           Field<at..., &Post::school_id>("school_id"),
                           Field<at..., &Post::grade>("grade", postgres::kInt2),
                           Field<at..., &Post::class_number>("class_number", postgres::kInt2),
                           Field<at..., &Post::township_code>("township_code"),
                           Field<at..., &Post::holder_id>("holder_id"),
                           Field<at..., &Post::deputy_id>("deputy_id")};
}
constexpr auto kPost = postgres::Columns{Field<&Post::county>("county")} + ColumnsOfPost<>();

// A post, with the id that follows from what it answers for.
struct PostRow {
  const Post* post;
  std::string id;
};
constexpr auto kPostRow =
    postgres::Columns{Field<&PostRow::post, &Post::county>("county"), Field<&PostRow::id>("post_id")} +
    ColumnsOfPost<&PostRow::post>();

constexpr size_t kKeyColumns = 2;  // county and id

std::string LoadSql(const std::string& columns, std::string_view table, std::string_view id) {
  return fmt::format("SELECT {} FROM {} JOIN {} t ON t.county = k.county AND t.{} = k.id", columns,
                     postgres::kKeys.Unnest("k"), table, id);
}

// The rows of these keys in `table`, whose key is the county and `id`.
template <const auto& columns>
auto Load(postgres::Connection& db, absl::Span<const Key> keys, std::string_view table, std::string_view id) {
  static const std::string sql = LoadSql(columns.List("t."), table, id);
  return columns.ReadAll(db.Run(sql, postgres::kKeys.Arrays(keys)));
}

// The rows of a county behind page.after, by id.
template <const auto& columns>
auto ListPage(postgres::Connection& db, const Page& page, std::string_view table, std::string_view id) {
  static const std::string sql =
      fmt::format("SELECT {0} FROM {1} t WHERE t.county = $1 AND t.{2} > $2 ORDER BY t.{2} LIMIT $3",
                  columns.List("t."), table, id);
  return columns.ReadAll(db.Run(sql, postgres::Params().Text(page.county).Text(page.after).Int(page.limit)));
}

}  // namespace

absl::StatusOr<std::vector<School>> LoadSchools(postgres::Connection& db, absl::Span<const Key> keys) {
  return Load<kSchool>(db, keys, "school", "school_id");
}
absl::StatusOr<std::vector<StaffMember>> LoadStaff(postgres::Connection& db, absl::Span<const Key> keys) {
  return Load<kStaff>(db, keys, "staff", "staff_id");
}
absl::StatusOr<std::vector<Post>> LoadPosts(postgres::Connection& db, absl::Span<const Key> keys) {
  return Load<kPost>(db, keys, "post", "post_id");
}

absl::StatusOr<std::vector<Post>> LoadPostsOf(postgres::Connection& db, absl::Span<const Key> staff) {
  // Two lookups, each by its own partial index (whose condition is "<> ''"); UNION gives each post once.
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
  return ListPage<kSchool>(db, page, "school", "school_id");
}
absl::StatusOr<std::vector<StaffMember>> ListStaff(postgres::Connection& db, const Page& page) {
  return ListPage<kStaff>(db, page, "staff", "staff_id");
}
absl::StatusOr<std::vector<Post>> ListPosts(postgres::Connection& db, const Page& page) {
  return ListPage<kPost>(db, page, "post", "post_id");
}

}  // namespace tonghu::registry
