// What tonghuctl doctor finds wrong, from what the replicas said. Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/fleet/replicas.h"
#include "tonghu/pairing/v1/pairing_service.pb.h"

namespace tonghu::tonghuctl {

struct Check {
  std::string what;  // Chinese, one short phrase
  bool good = true;
  std::string found;   // what was seen
  std::string remedy;  // what to do, when it is not good
};

// What a virtual clock said before and after the look; none for a system clock.
using ClockSpan = std::optional<std::pair<absl::Time, absl::Time>>;

// `health`: whether each replica of `look` called itself serving, in its order.
std::vector<Check> CheckReplicas(const fleet::Look& look, const std::vector<bool>& health);

// More than two seconds between any two replicas (beyond what the asking itself may explain), or a replica
// that does not go by the virtual clock.
Check CheckClocks(const fleet::Look& look, const ClockSpan& virtual_clock);

// Leases, clocks and quarantine of each service, and lag: what stood in the journals at the first
// look must have reached the bus and every consumer by the last.
std::vector<Check> CheckWork(const fleet::Look& first, const fleet::Look& last);

// Whether somebody is going to talk with every child. `uncovered`: the first few of the province.
Check CheckCovered(const absl::StatusOr<pairing::v1::ListUncoveredChildrenResponse>& uncovered);

}  // namespace tonghu::tonghuctl
