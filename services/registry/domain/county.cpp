#include "services/registry/domain/county.h"

#include "libs/division/division.h"

namespace tonghu::registry {

void CheckTownship(std::string_view county, std::string_view code, Faults& faults) {
  const division::Division* township = division::Divisions::Guizhou().Find(code);
  if (township == nullptr || township->level != division::Level::kTownship) {
    AddInvalid(faults, "TOWNSHIP_NOT_FOUND", "township_code",
               "township_code must be the 9-digit code of a township",
               "未知的乡镇代码，应为九位乡镇（街道）代码，请核对。");
  } else if (!division::IsWithin(code, county)) {
    AddInvalid(faults, "TOWNSHIP_OF_ANOTHER_COUNTY", "township_code", "the township lies in another county",
               "该乡镇不属于本县，请核对乡镇代码。");
  }
}

}  // namespace tonghu::registry
