// What one fact adds to which week's figures. Pure.
#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "services/reporting/domain/fact.h"

namespace tonghu::reporting {

// The figures that are kept. duties_due is derived: done + excused + missed. A duty done late was missed too,
// also one made up for before it was judged.
struct Counts {
  int64_t contacts = 0;
  int64_t done = 0, done_late_reported = 0, excused = 0, missed = 0, done_late = 0;
  int64_t alerts_raised = 0, alerts_acknowledged = 0, alerts_resolved = 0;
  int64_t pairings = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};
using Metric = int64_t Counts::*;  // one of them

// One week's.
struct WeekFigures {
  absl::CivilDay monday;
  Counts counts;
};

struct Increment {
  absl::CivilDay monday;
  Metric metric;
  int64_t delta;
};
using Increments = absl::InlinedVector<Increment, 4>;

// Where `fact` counts.
const Place& PlaceOf(const Fact& fact);

// What `fact` adds at its place: contacts in the week they were reported in, duties in the week they are owed
// for, pairings and alerts in the week of their change; weeks are China's. Errors: INVALID_ARGUMENT for a
// fact that can't be right (no school, a township of another county, a week that begins on no Monday, a time
// outside 2000..2199): counting it would hide the producer's fault in a figure nobody looks at.
absl::StatusOr<Increments> Count(const Fact& fact);

}  // namespace tonghu::reporting
