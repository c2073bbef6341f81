// Tells a clock that jumps from one that runs. Pure.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace tonghu::journal {

// Compares the wall clock with the monotonic one, look by look, and with the database's. Not thread-safe.
class ClockGuard {
 public:
  explicit ClockGuard(absl::Duration tolerance = absl::Seconds(2)) : tolerance_(tolerance) {}

  // Looks at all three; `database` may be InfinitePast when it was not asked. Deadlines are held from a jump
  // on until Release.
  void Look(absl::Time wall, absl::Time monotonic, absl::Time database);
  // Why deadlines are held; empty: they fire.
  const std::string& held() const { return held_; }
  // An operator has looked: goes on from these readings. Gives why they were held.
  std::string Release(absl::Time wall, absl::Time monotonic);

 private:
  const absl::Duration tolerance_;
  absl::Time wall_ = absl::InfinitePast();
  absl::Time monotonic_ = absl::InfinitePast();
  std::string held_;
};

}  // namespace tonghu::journal
