// Use cases of whisper boxes: what was not done in time raises an alert, and settles it when done after all.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

// A box that was not opened on a day, or a letter that was not answered.
struct MissedWhisper {
  std::string county, matter_id, keeper_id;
  Place place;              // the school
  absl::CivilDay day;       // to be opened on, or found on
  absl::CivilDay last_day;  // for the answer; 1970-01-01: the matter is the box
};
// Raises one alert for each matter, however often the event is consumed (I4).
absl::Status RaiseMissedWhispers(journal::ShardTransaction& transaction, const Context& context,
                                 const std::vector<MissedWhisper>& missed);

struct LateWhisper {
  std::string county, matter_id;
  bool happened_in_time = false;  // only the report was late
};
// Settles the alerts of matters that were done after all, unless a person has settled them.
absl::Status SettleLateWhispers(journal::ShardTransaction& transaction, const Context& context,
                                const std::vector<LateWhisper>& late);

}  // namespace tonghu::alerts
