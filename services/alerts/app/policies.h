// Escalation policies: a county sets its own; who would be told, and when, if nobody answered.
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
  Policy policy;                                                    // its version is ignored
  absl::StatusOr<Policy> stored = absl::UnknownError("undecided");  // set: with its version
};

// Refusals: as CheckPolicy.
absl::Status PutPolicies(journal::ShardTransaction& transaction, absl::Span<PolicyChange> changes);

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
