#include "libs/directory/places.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/directory/lookup.h"
#include "libs/status/macros.h"

namespace tonghu::directory {
namespace {

constexpr absl::Duration kAcquire = absl::Seconds(2);

// Gives what is about a child, and says no place, the child's.
absl::Status AddPlaces(postgres::Connection& db, const std::string& county, ReadModelPlaces::Abouts& abouts) {
  std::vector<postgres::Key> children;
  for (const auto& [id, about] : abouts) {
    if (!about.child_id.empty() && about.place == Place()) children.emplace_back(county, about.child_id);
  }
  if (children.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto places, LoadChildren(db, children));
  for (auto& [id, about] : abouts) {
    const auto place = places.find({county, about.child_id});
    if (place != places.end() && about.place == Place()) about.place = place->second;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<rpc::Found> ReadModelPlaces::Find(const rpc::Sought& sought) {
  ASSIGN_OR_RETURN(auto connection, pool_.Acquire(kAcquire));
  rpc::Found found;
  if (!sought.children.empty()) {
    ASSIGN_OR_RETURN(found.children, LoadChildren(*connection, sought.children));
  }
  if (!sought.schools.empty()) {
    ASSIGN_OR_RETURN(found.schools, LoadSchools(*connection, sought.schools));
  }
  if (!sought.resources.empty()) {
    ASSIGN_OR_RETURN(found.resources, resources_(*connection, sought));
    RETURN_IF_ERROR(AddPlaces(*connection, sought.county, found.resources));
  }
  return found;
}

std::string ChildCondition(const rights::Filter& filter, const std::string& child, postgres::Params& params) {
  // Children that are named are found without the read model.
  const bool areas = !filter.townships.empty() || !filter.schools.empty() || !filter.classes.empty();
  if (filter.everything || !areas) return rights::Condition(filter, {.child_id = child}, params);
  return absl::StrCat(child, " IN (SELECT held.child_id FROM child held WHERE held.county = $1 AND ",
                      rights::Condition(filter,
                                        {.school_id = "held.school_id",
                                         .township_code = "held.township_code",
                                         .grade = "held.grade",
                                         .class_number = "held.class_number",
                                         .child_id = "held.child_id"},
                                        params),
                      ")");
}

}  // namespace tonghu::directory
