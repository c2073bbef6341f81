// Names beside ids: asked of the registry, never kept and never logged.
#pragma once

#include <set>
#include <string>

#include "libs/client/client.h"
#include "libs/forms/show.h"

namespace tonghu::tonghuctl {

// Adds the display names of these resources (children, staff, schools) that are not known yet, by one call
// for each county. Errors: the registry's; what is known by then stays.
absl::Status LookUp(client::Client& client, const std::set<std::string>& resources, forms::Names* names);

}  // namespace tonghu::tonghuctl
