// The benchmarks. Each checks what it measured before it gives a figure. README.md says what each measures.
#pragma once

#include "absl/status/status.h"
#include "tests/bench/load.h"
#include "tests/bench/results.h"
#include "tests/bench/rig.h"

namespace tonghu::bench {

// The name of the throughput figure of a load, which others refer to.
std::string ThroughputName(const LoadOptions& load);

// Logs a load and waits until alerts and reporting have applied it, then runs its floor.
absl::Status ContactsThrough(Rig& rig, const LoadOptions& load, Figures& figures);
// Logs a load at an even pace of `rate` contacts a second, and asks alerts and reporting for what was logged.
absl::Status HalfLoad(Rig& rig, const LoadOptions& load, double rate, Figures& figures);
// Single calls by 1, 32 and 256 callers; an eighth of `calls` by the one. With request ids or without.
absl::Status UnaryCalls(Rig& rig, int calls, bool ids, Figures& figures);
// Readings of children's files, each of which is written down: one file, and lists of 100, by 1, 32 and 256
// callers.
absl::Status Reads(Rig& rig, int calls, Figures& figures);
// A helper's load of 1,000 pairings handed over in one call, in each county, there and back; beside calls of
// one pairing each.
absl::Status HandOvers(Rig& rig, Figures& figures);
// A county's policy put, so that each child is owed four talks a week more, and taken back: until all is
// planned, four weeks ahead.
absl::Status PlansOfACounty(Rig& rig, Figures& figures);
// A county closed for half a week, and opened again: until all duties follow.
absl::Status ClosesACounty(Rig& rig, Figures& figures);
// A county looked through for children for whom nobody is responsible: there is none, all are, none again.
absl::Status LooksThroughACounty(Rig& rig, Figures& figures);
// A county's contacts of 18 weeks looked through for doubtful ones: there is none, a week's are, and the same
// again.
absl::Status LooksForDoubts(Rig& rig, Figures& figures);
// Emergencies reported one after the other on a system with nothing else to do → on the county's live stream.
absl::Status Emergencies(Rig& rig, int count, Figures& figures);
// Duties that fall due at a steady pace of 500 a second: those of `each` children of each county, from number
// `first` on, with whom nobody talks.
absl::Status TrickleOfDuties(Rig& rig, int first, int each, Figures& figures);
// All duties of a rig on a virtual clock, due at one instant: judged, then alerted.
absl::Status DutiesAtOnce(Rig& rig, Figures& figures);
// Processor time of a talk among the rig's children: `contacts` talks, every child's once, then again. Beside
// what it was among `fewest` children; null: nothing to compare with.
absl::StatusOr<Sample> CostAmong(Rig& rig, int contacts, const Sample* fewest);
// Job queues that others use. `conninfo` and `redis` are those of the rig.
absl::Status Peers(Rig& rig, int jobs, Figures& figures);

}  // namespace tonghu::bench
