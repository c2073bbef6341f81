// Schools, staff and posts in PostgreSQL. Every statement is for many rows. Errors of all functions: as
// postgres::Connection.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/registry/domain/directory.h"

namespace tonghu::registry {

// Load the rows that exist, in any order.
absl::StatusOr<std::vector<School>> LoadSchools(postgres::Connection& db, absl::Span<const Key> keys);
absl::StatusOr<std::vector<StaffMember>> LoadStaff(postgres::Connection& db, absl::Span<const Key> keys);
absl::StatusOr<std::vector<Post>> LoadPosts(postgres::Connection& db, absl::Span<const Key> keys);
// Loads the posts of which any of these staff is holder or deputy.
absl::StatusOr<std::vector<Post>> LoadPostsOf(postgres::Connection& db, absl::Span<const Key> staff);

// Insert or replace rows; no key twice.
absl::Status StoreSchools(postgres::Connection& db, absl::Span<const School> schools);
absl::Status StoreStaff(postgres::Connection& db, absl::Span<const StaffMember> staff);
absl::Status StorePosts(postgres::Connection& db, absl::Span<const Post> posts);

// A page of a county's rows behind the id `after`, by id.
struct Page {
  std::string county;
  std::string after;
  int limit;
};
absl::StatusOr<std::vector<School>> ListSchools(postgres::Connection& db, const Page& page);
absl::StatusOr<std::vector<StaffMember>> ListStaff(postgres::Connection& db, const Page& page);
absl::StatusOr<std::vector<Post>> ListPosts(postgres::Connection& db, const Page& page);

}  // namespace tonghu::registry
