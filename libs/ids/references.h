// References: names of resources in messages that are about one county.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tonghu::ids {

// "counties/520521/children/x"; empty for an empty id.
std::string NameOf(std::string_view county, std::string_view collection, std::string_view id);

// The id in the name of a resource that must be of `county`, given in the request's `field`. Errors: as
// ParseName's; INVALID_ARGUMENT, reason COUNTY_MISMATCH.
absl::StatusOr<std::string> IdIn(std::string_view county, std::string_view name, std::string_view collection,
                                 std::string_view field);

// The same; empty for an empty name.
absl::StatusOr<std::string> OptionalIdIn(std::string_view county, std::string_view name,
                                         std::string_view collection, std::string_view field);

}  // namespace tonghu::ids
