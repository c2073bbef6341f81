#include "services/alerts/app/people.h"

#include <utility>
#include <vector>

#include "libs/status/macros.h"

namespace tonghu::alerts {

void PeopleNeeded::Add(const std::string& county, const Place& place, std::string_view helper_id) {
  counties_.insert(county);
  lookup_.AddPlace(county, place);
  if (!helper_id.empty()) lookup_.AddStaff(county, std::string(helper_id));
}

absl::StatusOr<People> PeopleNeeded::Load(postgres::Connection& db) const {
  if (counties_.empty()) return People();
  ASSIGN_OR_RETURN(auto directories, lookup_.Load(db));
  ASSIGN_OR_RETURN(auto policies,
                   LoadPolicies(db, std::vector<std::string>(counties_.begin(), counties_.end())));
  return People{std::move(directories), std::move(policies)};
}

}  // namespace tonghu::alerts
