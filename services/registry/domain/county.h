// Counties and townships as the table of divisions knows them.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "services/registry/domain/fault.h"

namespace tonghu::registry {

// Errors: INVALID_ARGUMENT, reason UNKNOWN_COUNTY, unless `code` is a county of the province.
absl::Status CheckCounty(std::string_view code, std::string_view field);

// Adds TOWNSHIP_UNKNOWN or TOWNSHIP_OF_ANOTHER_COUNTY.
void CheckTownship(std::string_view county, std::string_view code, Faults& faults);

}  // namespace tonghu::registry
