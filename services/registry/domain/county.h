// Townships as the table of divisions knows them.
#pragma once

#include <string_view>

#include "services/registry/domain/fault.h"

namespace tonghu::registry {

// Adds TOWNSHIP_NOT_FOUND or TOWNSHIP_OF_ANOTHER_COUNTY.
void CheckTownship(std::string_view county, std::string_view code, Faults& faults);

}  // namespace tonghu::registry
