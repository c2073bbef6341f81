#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "libs/status/macros.h"
#include "services/alerts/app/people.h"
#include "services/alerts/app/policies.h"
#include "services/alerts/app/refusals.h"
#include "services/alerts/domain/escalation.h"

namespace tonghu::alerts {
namespace {

// The place of the child or school that the trial is about. Errors: refusals.
absl::StatusOr<Place> PlaceOf(postgres::Connection& db, const PolicyTrial& trial) {
  const bool of_child = !trial.child_id.empty();
  ASSIGN_OR_RETURN(auto places,
                   of_child ? directory::LoadChildren(db, {postgres::Key(trial.county, trial.child_id)})
                            : directory::LoadSchools(db, {postgres::Key(trial.county, trial.school_id)}));
  if (places.empty()) return of_child ? UnknownChild("child") : UnknownSchool("school");
  return places.begin()->second;
}

// Puts entries in the order of steps, each once: alerts of several duties tell the same people above the
// helpers.
void InOrder(std::vector<Entry>& entries) {
  std::set<std::tuple<int, Level, Action, std::string, std::string>> seen;
  std::erase_if(entries, [&seen](const Entry& entry) {
    return !seen.emplace(entry.step, entry.level, entry.action, entry.post_id, entry.staff_id).second;
  });
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.step < b.step; });
}

}  // namespace

absl::StatusOr<std::vector<Entry>> TryPolicy(postgres::Connection& db, const PolicyTrial& trial) {
  if (trial.policy.has_value()) {
    RETURN_IF_ERROR(CheckPolicy(*trial.policy));
  }
  ASSIGN_OR_RETURN(auto place, PlaceOf(db, trial));
  std::vector<std::string> helpers = trial.helper_ids;
  if (helpers.empty()) helpers.emplace_back();  // one alert, about no helper's duty
  PeopleNeeded needed;
  for (const std::string& helper : helpers) needed.Add(trial.county, place, helper);
  ASSIGN_OR_RETURN(auto people, needed.Load(db));
  const Policy& policy =
      trial.policy.has_value() ? *trial.policy : people.policies.InForce(trial.county, trial.kind);
  std::vector<Entry> all;
  for (const std::string& helper : helpers) {
    // Each helper's missed duty would raise an alert of its own.
    for (Entry& entry : Preview(policy, {place, helper}, people.In(trial.county), trial.raise_time))
      all.push_back(std::move(entry));
  }
  InOrder(all);
  return all;
}

}  // namespace tonghu::alerts
