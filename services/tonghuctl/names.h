// Names beside ids, from the registry, and last contacts beside children, from pairing. They are never kept
// and never logged.
#pragma once

#include <set>
#include <string>

#include "libs/client/client.h"
#include "libs/forms/show.h"

namespace tonghu::tonghuctl {

// The parent of a resource: "counties/520521" of "counties/520521/children/0193...".
std::string ParentOf(const std::string& resource);

// Adds display names of children, staff and schools, and, under forms::LastContactOf, a child's last contact.
// Makes one call for each county and 1,000 names. Errors: those of the calls; what is known by then stays.
absl::Status LookUp(client::Client& client, const std::set<std::string>& resources, forms::Names* names);

}  // namespace tonghu::tonghuctl
