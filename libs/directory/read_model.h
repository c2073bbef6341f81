// A service's read model of the registry's directory: what the registry's events say, stored in the tables of
// migrations/ in that service's schema.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/directory/directory.h"
#include "libs/journal/event_handler.h"
#include "libs/postgres/connection.h"

namespace tonghu::directory {

struct SchoolFact {
  std::string county, id, township_code;
};
struct StaffFact {
  std::string county, id, display_name;
};
struct PostFact {
  std::string county, id;
  PostKind kind = PostKind::kUnspecified;
  Place place;  // school, grade and class, as far as the kind has them
  Post post;
};
struct ChildFact {
  std::string county, id;
  Place place;
};

// What events say, in the order heard. Of several facts about the same the last one counts.
struct Facts {
  std::vector<SchoolFact> schools;
  std::vector<StaffFact> staff;
  std::vector<PostFact> posts;
  std::vector<ChildFact> children;
};

// Whether events of this type say something of the directory.
bool Wants(std::string_view type);
// Adds what an event says; nothing for other types. Errors: INVALID_ARGUMENT when its payload can't be read.
absl::Status Add(const journal::Event& event, Facts& facts);

// Stores facts over what was known, one statement a kind of them. Errors: the connection's.
absl::Status Store(postgres::Connection& db, const Facts& facts);

// A child that was known, and is elsewhere now.
struct Move {
  std::string county, child_id;
  Place before, after;
};
// Stores facts likewise, and gives the moves among them, each child once: for a service whose own rows follow
// a child. One statement more.
absl::StatusOr<std::vector<Move>> StoreAndFindMoves(postgres::Connection& db, const Facts& facts);

}  // namespace tonghu::directory
