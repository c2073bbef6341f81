#include "services/alerts/app/try_policy.h"

#include "services/alerts/app/people.h"
#include "services/alerts/app/refusals.h"
#include "services/alerts/domain/escalation.h"
#include "services/alerts/postgres/directory_rows.h"

namespace tonghu::alerts {
namespace {

absl::StatusOr<Place> PlaceOf(postgres::Connection& db, const PolicyTrial& trial) {
  KeyColumns key;
  if (!trial.child_id.empty()) {
    key.Add(trial.county, trial.child_id);
    auto children = LoadChildren(db, key);
    if (!children.ok()) return children.status();
    if (children->empty()) return UnknownChild("child");
    return children->begin()->second.place;
  }
  key.Add(trial.county, trial.school_id);
  auto schools = LoadSchools(db, key);
  if (!schools.ok()) return schools.status();
  if (schools->empty()) return UnknownSchool("school");
  return schools->begin()->second;
}

}  // namespace

absl::StatusOr<std::vector<Entry>> TryPolicy(postgres::Connection& db, const PolicyTrial& trial) {
  if (trial.policy.has_value()) {
    if (absl::Status checked = CheckPolicy(*trial.policy); !checked.ok()) return checked;
  }
  auto place = PlaceOf(db, trial);
  if (!place.ok()) return place.status();
  PeopleNeeded needed;
  needed.Add(trial.county, *place, "");
  auto people = needed.Load(db);
  if (!people.ok()) return people.status();
  const Policy& policy =
      trial.policy.has_value() ? *trial.policy : people->policies.InForce(trial.county, trial.kind);
  return Preview(policy, {*place, ""}, people->In(trial.county), trial.raise_time);
}

}  // namespace tonghu::alerts
