// What most rows are looked up by: a county, and an id within it.
#pragma once

#include <string>
#include <utility>

#include "libs/postgres/columns.h"

namespace tonghu::postgres {

using Key = std::pair<std::string, std::string>;  // county and id; hashable by absl

// unnest(…) AS k (county, id).
inline constexpr Columns kKeys{Field<&Key::first>("county"), Field<&Key::second>("id")};
// The same where the id is a UUID; any other one finds nothing.
inline constexpr Columns kUuidKeys{Field<&Key::first>("county"), Field<&Key::second>("id", kUuid)};

}  // namespace tonghu::postgres
