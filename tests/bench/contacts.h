// The benchmarks. Each checks what it measured before it gives a figure.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/results.h"
#include "tests/bench/rig.h"

namespace tonghu::bench {

// Contacts logged in batches → applied by alerts and reporting; floor: the same rows by COPY and the same
// bytes published bare.
absl::StatusOr<std::vector<Result>> ContactsThrough(Rig& rig, int contacts);
// Unary calls with 1, 32 and 256 callers; floor: one-row transactions, as many at a time (at most 8).
absl::StatusOr<std::vector<Result>> UnaryCalls(Rig& rig, int calls);
// Emergencies reported one after the other on a system with nothing else to do → on the county's live stream.
absl::StatusOr<std::vector<Result>> Emergencies(Rig& rig, int count);
// All duties due at one instant: judged and journalled, then alerted; floor: the same journal rows by COPY.
absl::StatusOr<std::vector<Result>> DutiesAtOnce(Rig& rig, int duties);

// Seconds and processor time of the floor: rows written so far by COPY into tables like the ones they are in,
// and the bus's bytes published bare.
struct Floor {
  double seconds = 0;
  double cpu_seconds = 0;
};
absl::StatusOr<Floor> CopyAndPublish(Rig& rig, const std::vector<std::string>& tables, int messages);

}  // namespace tonghu::bench
