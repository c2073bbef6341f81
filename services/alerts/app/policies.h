// Use cases of escalation policies: a county sets its own, and tries who would be told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/domain/policy.h"

namespace tonghu::alerts {

struct PolicyChange {
  std::string county;
  Policy policy;                                                    // the version in it is ignored
  absl::StatusOr<Policy> stored = absl::UnknownError("undecided");  // set by PutPolicies: with its version
};

// Sets policies as new versions. Refusals: as CheckPolicy.
absl::Status PutPolicies(journal::ShardTransaction& transaction, absl::Span<PolicyChange> changes);

struct PolicyTrial {
  std::string county;
  Kind kind = Kind::kDutyMissed;
  std::string child_id;  // the child, or
  std::string school_id;
  std::vector<std::string>
      helper_ids;  // the helpers who owe the duty, for kDutyMissed; each would have an alert
  absl::Time raise_time;
  std::optional<Policy> policy;  // the policy to try; none: the one in force
};

// Gives who would be told, and when, if nobody answered. Changes nothing. Refusals: as CheckPolicy,
// CHILD_NOT_FOUND, SCHOOL_NOT_FOUND.
absl::StatusOr<std::vector<Entry>> TryPolicy(postgres::Connection& db, const PolicyTrial& trial);

}  // namespace tonghu::alerts
