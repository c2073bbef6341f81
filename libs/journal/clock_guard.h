// Decides whether the machine's clock can be trusted. Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace tonghu::journal {

// Compares, look by look, the machine's wall clock with its monotonic one and with the database's. Not
// thread-safe.
class ClockGuard {
 public:
  struct Options {
    absl::Duration tolerance = absl::Seconds(2);  // of a jump, and of the difference to the database's clock
    absl::Duration longest_round_trip =
        absl::Seconds(1);  // a slower answer of the database says too little of its clock
    absl::Duration agree_for = absl::Seconds(5);  // how long both must agree before trust returns
  };
  // One look at the clocks. `wall` and `monotonic` are read when the database has answered.
  struct Reading {
    absl::Time wall, monotonic;
    std::optional<absl::Time> database;  // none: it could not be asked
    absl::Duration round_trip = absl::ZeroDuration();
  };
  explicit ClockGuard(Options options) : options_(options) {}

  // Takes a look into account. Distrust begins with a jump or a difference beyond the tolerance, and ends
  // when all looks of `agree_for` agree. A look without the database's time changes nothing, unless the wall
  // clock jumped. Before the first agreement there is no trust.
  void Look(const Reading& reading);

  bool trusted() const { return trusted_; }
  // True when the clock was seen to be wrong, and not merely not compared yet.
  bool distrusted() const { return !trusted_ && judged_; }
  // Why the clock is not trusted; empty while it is.
  const std::string& why() const { return why_; }
  // By how much the wall clock is ahead of the database's, as last seen; within half a round trip.
  absl::Duration offset() const { return offset_; }

 private:
  void Distrust(std::string why);

  Options options_;
  bool trusted_ = false;
  std::string why_ = "the clock has not been compared with the database's yet";
  absl::Duration offset_ = absl::ZeroDuration();
  std::optional<Reading> last_;
  std::optional<absl::Time> agrees_since_;  // monotonic
  bool judged_ = false;                     // the clock was trusted or distrusted before
};

}  // namespace tonghu::journal
