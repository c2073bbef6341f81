// Days as numbers counted from 1970-01-01, as events, parameters and tables carry them.
#pragma once

#include <cstdint>

#include "absl/time/civil_time.h"

namespace tonghu::clock {

inline constexpr absl::CivilDay kEpochDay(1970, 1, 1);

// The number of a day; negative before 1970.
inline int32_t EpochDay(absl::CivilDay day) { return static_cast<int32_t>(day - kEpochDay); }

// The day of a number.
inline absl::CivilDay DayOfEpoch(int32_t number) { return kEpochDay + number; }

}  // namespace tonghu::clock
