// What names a row: the county and something unique in it.
#pragma once

#include <string>
#include <utility>

namespace tonghu::registry {

// First the county, then an id (or another natural key). Hashable by absl. postgres::Key is the same.
using Key = std::pair<std::string, std::string>;

// Whether putting something changed what is known.
enum class Change { kUnchanged, kUpdated, kCreated };

}  // namespace tonghu::registry
