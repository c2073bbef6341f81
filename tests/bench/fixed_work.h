// A piece of work that never changes, timed beside each figure, so that machines and moments can be compared.
#pragma once

#include "absl/status/statusor.h"
#include "tests/bench/rig.h"

namespace tonghu::bench {

// Seconds for all of it: a loop of arithmetic on one processor, 50,000 rows of 100 bytes by COPY into a table
// without an index, and 200 times 8 KiB written to a file and synchronized. About a second on two cores.
absl::StatusOr<double> FixedWork(Rig& rig);

}  // namespace tonghu::bench
