#include "libs/journal/clock_guard.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tonghu::journal {

void ClockGuard::Look(absl::Time wall, absl::Time monotonic, absl::Time database) {
  const bool first = monotonic_ == absl::InfinitePast();
  const absl::Duration jump = first ? absl::ZeroDuration() : (wall - wall_) - (monotonic - monotonic_);
  wall_ = wall;
  monotonic_ = monotonic;
  if (!held_.empty()) return;
  if (absl::AbsDuration(jump) > tolerance_) {
    held_ = absl::StrCat("the wall clock jumped by ", absl::FormatDuration(jump));
  } else if (database != absl::InfinitePast() && absl::AbsDuration(database - wall) > tolerance_) {
    held_ =
        absl::StrCat("the wall clock differs from the database's by ", absl::FormatDuration(wall - database));
  }
}

std::string ClockGuard::Release(absl::Time wall, absl::Time monotonic) {
  wall_ = wall;
  monotonic_ = monotonic;
  return std::exchange(held_, "");
}

}  // namespace tonghu::journal
