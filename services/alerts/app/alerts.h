// What becomes of alerts: missed duties raise and settle them, nobody answers, somebody does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

struct MissedDuty {
  std::string county, duty_id;
  int duty_kind = 0;  // tonghu.pairing.v1.DutyKind
  std::string child_id, helper_id;
  Place place;
  absl::CivilDay window_day;  // the first of the duty's window
};
// One alert a duty, however often the duty is heard of. Its people are told at once, as the policy in force
// says.
absl::Status RaiseMissedDuties(journal::ShardTransaction& transaction, const Context& context,
                               const std::vector<MissedDuty>& duties);

struct LateDuty {
  std::string county, duty_id;
  bool happened_in_time = false;  // only the report was late
};
// The fact settles the duty's alert, unless a person has. A duty without an alert is passed over.
absl::Status SettleLateDuties(journal::ShardTransaction& transaction, const Context& context,
                              const std::vector<LateDuty>& duties);

// Takes the next step of the alerts that are due, the longest due first: at most `limit`, and 5,000 a
// transaction. Gives how many climbed.
absl::StatusOr<int> ClimbDueAlerts(journal::ShardTransaction& transaction, const Context& context, int limit);

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
