// A service's read model of the registry's directory: facts from the registry's events, stored in the tables
// of migrations/ in that service's schema.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/directory/directory.h"
#include "libs/journal/event_handler.h"
#include "libs/postgres/connection.h"

namespace tonghu::directory {

// What the registry's events say of a school, a staff member, a post and a child. Counties are six-digit
// codes; ids are those of resource names.
struct SchoolFact {
  std::string county, id, township_code;
};
struct StaffFact {
  std::string county, id, display_name;
  std::string school_id;  // where they work; empty: at no school, or not known
  int sex = 0;            // a tonghu.registry.v1.Sex
  bool left = false;
};
struct PostFact {
  std::string county, id;
  PostKind kind = PostKind::kUnspecified;
  Place place;  // school, grade and class, as far as the kind has them
  Post post;
};
// How much care a child needs.
struct Care {
  int care_level = 0;    // a tonghu.registry.v1.CareLevel
  int guardianship = 0;  // a tonghu.registry.v1.GuardianshipType
  friend bool operator==(const Care&, const Care&) = default;
};
struct ChildFact {
  std::string county, id;
  Place place;
  Care care;
  int sex = 0;  // a tonghu.registry.v1.Sex
  bool boarding = false;
};

// Facts from a batch of events, in the order of the events. Of several facts about the same thing the last
// one counts.
struct Facts {
  std::vector<SchoolFact> schools;
  std::vector<StaffFact> staff;
  std::vector<PostFact> posts;
  std::vector<ChildFact> children;
};

// Whether events of this type belong to the directory.
bool Wants(std::string_view type);
// Adds the fact in an event; does nothing for other types. Errors: INVALID_ARGUMENT when the payload can't be
// read.
absl::Status Add(const journal::Event& event, Facts& facts);

// Stores facts over what was known, one statement a kind of them. Errors: the connection's.
absl::Status Store(postgres::Connection& db, const Facts& facts);

// A child whose place or care has changed.
struct Move {
  std::string county, child_id;
  Place before, after;
  Care care_before, care_after;
};
// Stores facts as Store does, and gives the children that moved, each once: for a service whose own rows
// follow a child. One statement more. Errors: the connection's.
absl::StatusOr<std::vector<Move>> StoreAndFindMoves(postgres::Connection& db, const Facts& facts);

}  // namespace tonghu::directory
