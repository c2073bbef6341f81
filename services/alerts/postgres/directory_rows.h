// The registry's facts as this service knows them: schools, staff, posts, children.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/attendance.h"
#include "services/alerts/domain/directory.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

struct SchoolFact {
  std::string county, id, township_code;
};
struct StaffFact {
  std::string county, id, display_name;
};
struct PostFact {
  std::string county, id;
  Post post;
};

// Each stores facts over what was known; of one key the last counts.
absl::Status StoreSchools(postgres::Connection& db, absl::Span<const SchoolFact> schools);
absl::Status StoreStaff(postgres::Connection& db, absl::Span<const StaffFact> staff);
absl::Status StorePosts(postgres::Connection& db, absl::Span<const PostFact> posts);
absl::Status StoreChildren(postgres::Connection& db, absl::Span<const Child> children);

// Directories by county, with the posts and staff asked for, as far as they are known.
using Directories = absl::flat_hash_map<std::string, Directory>;
absl::Status LoadPosts(postgres::Connection& db, const KeyColumns& posts, Directories& directories);
absl::Status LoadStaff(postgres::Connection& db, const KeyColumns& staff, Directories& directories);

// Those known.
// Those of these children whose child_put waits in quarantine, with the place that the newest one says; where
// that can't be read, without place.
absl::StatusOr<ByKey<Child>> LoadChildrenInQuarantine(postgres::Connection& db, const KeyColumns& children);
absl::StatusOr<ByKey<Child>> LoadChildren(postgres::Connection& db, const KeyColumns& children);
// Places of schools, without grade and class.
absl::StatusOr<ByKey<Place>> LoadSchools(postgres::Connection& db, const KeyColumns& schools);

}  // namespace tonghu::alerts
