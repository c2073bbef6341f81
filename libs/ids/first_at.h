// Where the ids of a time begin, so that what was made within some time is found by its ids.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace tonghu::ids {

// The lowest id that a Source gives at `time`: ids given in an earlier millisecond are lower, ids given later
// are not.
std::string FirstAt(absl::Time time);

}  // namespace tonghu::ids
