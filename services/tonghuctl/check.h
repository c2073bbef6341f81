// The checks of tonghuctl doctor, on what the replicas answered. Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/fleet/replicas.h"
#include "tonghu/pairing/v1/coverage_service.pb.h"

namespace tonghu::tonghuctl {

// The outcome of one check.
struct Check {
  std::string what;  // what was checked; Chinese, one short phrase
  bool good = true;
  std::string found;   // what was found
  std::string remedy;  // what to do when the outcome is not good
};

// The virtual clock's times before and after the look; none for a system clock.
using ClockSpan = std::optional<std::pair<absl::Time, absl::Time>>;

// Checks each replica. `health` says whether each replica of `look`, in its order, called itself serving.
std::vector<Check> CheckReplicas(const fleet::Look& look, const std::vector<bool>& health);

// Checks the clocks: not good when two replicas are more than two seconds apart (beyond what the asking
// itself may explain), or a replica does not go by the virtual clock.
Check CheckClocks(const fleet::Look& look, const ClockSpan& virtual_clock);

// Checks leases, clocks and quarantine of each service, and lag: what stood in the journals at the first look
// must have reached the bus and every consumer by the last.
std::vector<Check> CheckWork(const fleet::Look& first, const fleet::Look& last);

// Checks that certificates last for a week more: each replica's, and this program's own, which ends at `own`.
Check CheckCertificates(const fleet::Look& look, absl::Time own, absl::Time now);

// Checks that somebody is going to talk with every child. `uncovered` has the first few uncovered children of
// the province.
Check CheckCovered(const absl::StatusOr<pairing::v1::ListUncoveredChildrenResponse>& uncovered);

}  // namespace tonghu::tonghuctl
