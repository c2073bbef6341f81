// Who would be told, and when, if nobody answered. Changes nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/domain/policy.h"

namespace tonghu::alerts {

struct PolicyTrial {
  std::string county;
  Kind kind = Kind::kDutyMissed;
  std::string child_id;  // or
  std::string school_id;
  std::vector<std::string> helper_ids;  // who owe the duty, for kDutyMissed; each would have an alert
  absl::Time raise_time;
  std::optional<Policy> policy;  // instead of the one in force
};

// Refusals: as CheckPolicy, CHILD_NOT_FOUND, SCHOOL_NOT_FOUND.
absl::StatusOr<std::vector<Entry>> TryPolicy(postgres::Connection& db, const PolicyTrial& trial);

}  // namespace tonghu::alerts
