// A county sets its own escalation policy, as a new version.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/domain/policy.h"

namespace tonghu::alerts {

struct PolicyChange {
  std::string county;
  Policy policy;                                                    // its version is ignored
  absl::StatusOr<Policy> stored = absl::UnknownError("undecided");  // set: with its version
};

// Refusals: as CheckPolicy.
absl::Status PutPolicies(journal::ShardTransaction& transaction, absl::Span<PolicyChange> changes);

}  // namespace tonghu::alerts
