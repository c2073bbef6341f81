// Somebody takes an alert up, or settles it.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

struct Answer {
  std::string county, alert_id, staff_id;
  std::optional<std::string> resolution = {};                     // settles it; none: it is taken up
  absl::StatusOr<Alert> alert = absl::UnknownError("undecided");  // set: the alert after it, with all entries
};

// Refusals: ALERT_NOT_FOUND, STAFF_MEMBER_NOT_FOUND, ALREADY_RESOLVED; ALREADY_ACKNOWLEDGED for one that is
// taken up; TEXT_MISSING and TEXT_TOO_LONG for a resolution.
absl::Status AnswerAlerts(journal::ShardTransaction& transaction, const Context& context,
                          absl::Span<Answer> answers);

}  // namespace tonghu::alerts
