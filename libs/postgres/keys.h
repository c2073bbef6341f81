// The keys by which most rows are looked up: a county, and an id within it.
#pragma once

#include <string>
#include <utility>

#include "libs/postgres/columns.h"

namespace tonghu::postgres {

using Key = std::pair<std::string, std::string>;  // county and id; hashable by absl

// For unnest(…) AS k (county, id).
inline constexpr Columns kKeys{Field<&Key::first>("county"), Field<&Key::second>("id")};
// For ids that are UUIDs; any other text finds nothing.
inline constexpr Columns kUuidKeys{Field<&Key::first>("county"), Field<&Key::second>("id", kUuid)};

}  // namespace tonghu::postgres
