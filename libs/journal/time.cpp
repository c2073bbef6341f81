#include "libs/journal/time.h"

namespace tonghu::journal {

absl::StatusOr<absl::Time> Now(postgres::Connection& connection, const clock::Clock& clock) {
  if (clock.is_virtual()) return clock.Now();
  auto now = connection.Run("SELECT clock_timestamp()");
  if (!now.ok()) return now.status();
  return now->Time(0, 0);
}

absl::Time TimeBehind(absl::Time newest, absl::Time now) {
  return newest > now && newest - now <= absl::Minutes(1) ? newest : now;
}

}  // namespace tonghu::journal
