// Quiet: when a whole system on the virtual clock has nothing left to do at this instant, so that the clock
// may move on.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "libs/fleet/replicas.h"

namespace tonghu::fleet {

// Why the system is not quiet, naming service and shard; empty when it is quiet. Quiet means, for every
// service and over all its replicas: each answers; no command is in flight; everything in the journal is on
// the bus while the bus is connected; every cursor stands at its producer's head; and, when `swept_through`
// is given, every shard is worked by a replica that has fired all deadlines up to exactly that instant.
std::string WhyNotQuiet(const Look& look, std::optional<absl::Time> swept_through);

// The heads of all journals as text: the same text twice means that nobody wrote anything in between.
std::string HeadsOf(const Look& look);

// Waits for quiet, and moves the clock. Thread-safe, but two callers must not move one clock at once.
class Quiet {
 public:
  explicit Quiet(const client::Endpoints& endpoints) : replicas_(endpoints) {}

  // Waits until two looks in a row are quiet with the same heads. Without `swept_through` (a system clock)
  // deadlines are not considered. Errors: DEADLINE_EXCEEDED after `timeout`, saying what was still not quiet;
  // UNAVAILABLE when that was a replica that does not answer.
  absl::Status Wait(std::optional<absl::Time> swept_through, absl::Duration timeout) const;

  // Waits for quiet, moves `clock` to `target` in steps of `step` (zero: one leap), and waits for quiet after
  // each. `timeout` is for each wait. Errors: INVALID_ARGUMENT when `target` is in the clock's past; else as
  // Wait.
  absl::Status Advance(clock::VirtualClock& clock, absl::Time target, absl::Duration step,
                       absl::Duration timeout) const;

 private:
  const Replicas replicas_;
};

}  // namespace tonghu::fleet
