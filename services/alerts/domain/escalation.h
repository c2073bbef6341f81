// The next step of an alert: whom it tells, and when the one after it is taken.
#pragma once

#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/directory/directory.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/domain/policy.h"

namespace tonghu::alerts {

using directory::Directory;

// Whom an alert concerns, which says who is told.
struct Subject {
  const Place& place;
  std::string_view helper_id;  // who owed the duty; empty: the class teacher stands for the helper
};

struct Taken {
  std::vector<Entry> entries;      // TOLD and VACANT
  Level highest = Level::kNobody;  // told among them; kNobody: every post was vacant up to the last step
  int next_step = 0;               // the number of steps when all are taken
  absl::Time next_step_time;       // always after `now`, always finite
};

// Takes step `step` at `now`, the last one again when all were taken. When every post of a step is vacant
// without a deputy the next step is taken at once, so is a step without delay. `policy` has passed
// CheckPolicy.
Taken TakeStep(const Policy& policy, int step, const Subject& subject, const Directory& directory,
               absl::Time now);

// All steps of an alert raised at `raise_time` that nobody answers, each taken once.
std::vector<Entry> Preview(const Policy& policy, const Subject& subject, const Directory& directory,
                           absl::Time raise_time);

}  // namespace tonghu::alerts
