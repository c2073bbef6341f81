// Somebody takes an alert up, or settles it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

struct Answer {
  std::string county, alert_id, staff_id;
  std::string resolution;                                         // for ResolveAlerts
  absl::StatusOr<Alert> alert = absl::UnknownError("undecided");  // set: the alert after it, with all entries
};

// Refusals: ALERT_NOT_FOUND, STAFF_MEMBER_NOT_FOUND, ALREADY_ACKNOWLEDGED, ALREADY_RESOLVED.
absl::Status AcknowledgeAlerts(journal::ShardTransaction& transaction, const Context& context,
                               absl::Span<Answer> answers);

// Refusals: ALERT_NOT_FOUND, STAFF_MEMBER_NOT_FOUND, ALREADY_RESOLVED, TEXT_MISSING, TEXT_TOO_LONG.
absl::Status ResolveAlerts(journal::ShardTransaction& transaction, const Context& context,
                           absl::Span<Answer> answers);

}  // namespace tonghu::alerts
