// Duties that were missed, and the alerts they became, as the journals tell.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/rig.h"

namespace tonghu::bench {

struct Missed {
  std::vector<double> judged, alerted;  // milliseconds after the due time, one a duty; by the journal's times
};
// Since the positions `pairing` and `alerts`. Errors: DATA_LOSS when not exactly `duties` duties were missed,
// each once, or when not each of them became exactly one alert.
absl::StatusOr<Missed> MissedSince(Rig& rig, const std::map<int, int64_t>& pairing,
                                   const std::map<int, int64_t>& alerts, int64_t duties);

}  // namespace tonghu::bench
