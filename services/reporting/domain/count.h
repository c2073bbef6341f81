// Counting: what one fact adds to which week's figures. Pure.
#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "services/reporting/domain/fact.h"

namespace tonghu::reporting {

// The figures that are kept. duties_due is derived: done + excused + missed. A duty done late counts as
// missed too, also one that was made up for before it was judged.
struct Counts {
  int64_t contacts = 0;
  int64_t done = 0, done_late_reported = 0, excused = 0, missed = 0, done_late = 0;
  int64_t alerts_raised = 0, alerts_acknowledged = 0, alerts_resolved = 0;
  int64_t pairings = 0;
  int64_t contacts_doubtful = 0, done_doubtful = 0;  // of contacts and done: those that are doubtful
  friend bool operator==(const Counts&, const Counts&) = default;
};
using Metric = int64_t Counts::*;  // one of them

// The figures of one week.
struct WeekFigures {
  absl::CivilDay monday;
  Counts counts;
};

// What is added to one figure of one week.
struct Increment {
  absl::CivilDay monday;
  Metric metric;
  int64_t delta;
};
using Increments = absl::InlinedVector<Increment, 4>;

// The place at which `fact` counts.
const Place& PlaceOf(const Fact& fact);

// What `fact` adds at its place. Contacts count in the week in which they were reported, duties in the week
// for which they are owed, pairings and alerts in the week of their change; weeks are China's. Errors:
// INVALID_ARGUMENT for a fact that can't be right (no school, a township of another county, a week that does
// not begin on a Monday, a time outside 2000..2199): counting it would hide the producer's fault in a figure
// that nobody checks.
absl::StatusOr<Increments> Count(const Fact& fact);

}  // namespace tonghu::reporting
