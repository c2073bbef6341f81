#include "services/reporting/domain/tally.h"

namespace tonghu::reporting {

absl::Status Tally::Add(const Fact& fact) {
  const absl::StatusOr<Increments> counts = Count(fact);
  if (!counts.ok()) return counts.status();
  const Place& place = PlaceOf(fact);
  for (const Increment& count : *counts) {
    // Looked up by views, so that a row that is there already costs no allocation.
    const Key key{place.county, place.school_id, place.township_code, count.monday};
    auto row = rows_.find(key);
    if (row == rows_.end()) {
      row = rows_
                .try_emplace(SchoolWeek{std::string(place.county), std::string(place.school_id), count.monday,
                                        std::string(place.township_code)})
                .first;
    }
    row->second.*count.metric += count.delta;
  }
  return absl::OkStatus();
}

}  // namespace tonghu::reporting
