// The escalation policy of a kind of alert: who is told when. Pure.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

// One step: the levels told together.
struct Step {
  absl::Duration delay;  // after the step before it; after the raising, for the first
  std::vector<Level> levels;
  friend bool operator==(const Step&, const Step&) = default;
};

// The steps and times of a policy.
struct Policy {
  Kind kind = Kind::kDutyMissed;
  int version = 0;                             // 0: built in
  absl::Time put_time = absl::InfinitePast();  // unset for a built-in one
  std::vector<Step> steps;
  absl::Duration resolve_within;  // from an acknowledgement until the alert climbs on
  absl::Duration repeat_last;     // how often the last step is repeated
  friend bool operator==(const Policy&, const Policy&) = default;
};

// The policy of a county that has set none.
const Policy& BuiltInPolicy(Kind kind);

// Checks a policy: 1 .. 10 steps, each 0 .. 30 days after the one before and with 1 .. 6 different levels;
// the last tells the province; resolve_within and repeat_last 1 minute .. 30 days. Errors: INVALID_ARGUMENT
// naming the field below `policy.`.
absl::Status CheckPolicy(const Policy& policy);

}  // namespace tonghu::alerts
