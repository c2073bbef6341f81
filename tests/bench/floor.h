// The floor: the same rows and messages by the barest means, on the same machine, in the same run.
// README.md says what it is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/bus.h"
#include "tests/bench/rig.h"
#include "tests/bench/written.h"

namespace tonghu::bench {

// What a floor is to do once more: everything that was written and said since a mark.
struct Mark {
  Moment moment;
  uint64_t message = 0;
};
struct Work {
  std::vector<Changes> changes;
  std::vector<Message> messages;
};
// Both while the services have nothing to do.
absl::StatusOr<Mark> MarkNow(Rig& rig);
absl::StatusOr<Work> WorkSince(Rig& rig, const Mark& mark);

struct FloorOptions {
  std::vector<std::string> schemas = {"pairing", "alerts", "reporting"};  // whose rows
  bool bus = true;                                                        // and the messages
  int64_t events = 0;          // that this was: for the number of transactions
  int64_t transaction = 1000;  // events a transaction
  int connections = 8;         // of each schema
};
struct Floor {
  double seconds = 0;
  Cpu cpu;
};
// Does the work with copies of the tables, and removes them.
absl::StatusOr<Floor> RunFloor(Rig& rig, const Work& work, const FloorOptions& options);

}  // namespace tonghu::bench
