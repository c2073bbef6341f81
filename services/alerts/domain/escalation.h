// Escalation: the next step of an alert, whom the step tells, and when the one after is taken. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/directory/directory.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/domain/policy.h"

namespace tonghu::alerts {

using directory::Directory;

// The place and helper that an alert concerns, from which follows who is told.
struct Subject {
  const Place& place;
  // Who owed the duty. For nobody, and for somebody who has left, the class teacher stands in.
  std::string_view helper_id;
};

struct Taken {
  std::vector<Entry> entries;      // TOLD and VACANT
  Level highest = Level::kNobody;  // told among them; kNobody: every post was vacant up to the last step
  int next_step = 0;               // the number of steps when all are taken
  absl::Time next_step_time;       // always after `now`, always finite
};

// Takes step `step` at `now`; when all were taken, the last one again. A step all of whose posts are vacant
// without a deputy is followed by the next one at once, and so is a step before one without delay: a vacant
// post must never swallow an alert. `policy` has passed CheckPolicy.
Taken TakeStep(const Policy& policy, int step, const Subject& subject, const Directory& directory,
               absl::Time now);

// Gives all steps of an alert that is raised at `raise_time` and that nobody answers, each taken once.
std::vector<Entry> Preview(const Policy& policy, const Subject& subject, const Directory& directory,
                           absl::Time raise_time);

}  // namespace tonghu::alerts
