// A missed duty raises exactly one alert; a report that comes after all settles it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
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

}  // namespace tonghu::alerts
