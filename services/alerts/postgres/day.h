// Days as the database and events have them: counted from 1970-01-01.
#pragma once

#include <cstdint>

#include "absl/time/civil_time.h"

namespace tonghu::alerts {

inline int64_t NumberOf(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }
inline absl::CivilDay DayOfNumber(int64_t number) { return absl::CivilDay(1970, 1, 1) + number; }

}  // namespace tonghu::alerts
