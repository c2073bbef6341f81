#include "libs/journal/time.h"

#include "libs/status/macros.h"

namespace tonghu::journal {

absl::StatusOr<absl::Time> Now(postgres::Connection& connection, const clock::Clock& clock) {
  if (clock.is_virtual()) return clock.Now();
  // clock_timestamp() goes on inside a transaction, where now() stands still.
  ASSIGN_OR_RETURN(auto now, connection.Run("SELECT clock_timestamp()"));
  return now.Time(0, 0);
}

absl::Time TimeBehind(absl::Time newest, absl::Time now) {
  return newest > now && newest - now <= absl::Minutes(1) ? newest : now;
}

}  // namespace tonghu::journal
