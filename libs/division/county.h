// Counties as requests name them.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tonghu::division {

// Errors: INVALID_ARGUMENT, reason COUNTY_NOT_FOUND, unless `code` is a county of the province.
absl::Status CheckCounty(std::string_view code, std::string_view field);

// Reads a parent, "counties/520521", that the request has in `field`, and gives the county's code. Errors: as
// ids::ParseParent's and CheckCounty's.
absl::StatusOr<std::string> ParseCounty(std::string_view parent, std::string_view field);

}  // namespace tonghu::division
