// Sudden events: several people are told at once, in the transaction that records the report.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

struct EmergencyReport {
  std::string county, child_id;
  int kind = 0;  // tonghu.alerts.v1.EmergencyKind
  std::string description;
  std::string reporter_id;                        // may be empty
  absl::Time happen_time = absl::InfinitePast();  // unset: now
  absl::StatusOr<Alert> alert = absl::UnknownError("undecided");
};

// What becomes of a report about a child whom this service does not know.
enum class UnknownChildren {
  kAreRefused,
  kAreTold,  // the county office is told: nobody can say now whether the child exists
};

// Raises an alert for every report. A child whose child_put waits in quarantine is known by what the event
// says, or at least as a child of the county. Refusals: TEXT_MISSING, TEXT_TOO_LONG, HAPPEN_TIME_IN_FUTURE,
// CHILD_NOT_FOUND.
absl::Status ReportEmergencies(journal::ShardTransaction& transaction, const Context& context,
                               UnknownChildren unknown, absl::Span<EmergencyReport> reports);

}  // namespace tonghu::alerts
