#include "libs/division/county.h"

#include "libs/division/division.h"
#include "libs/ids/names.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::division {

absl::Status CheckCounty(std::string_view code, std::string_view field) {
  if (Divisions::Guizhou().IsCounty(code)) return absl::OkStatus();
  return refusal::Invalid("COUNTY_NOT_FOUND", field, "not the code of a county of this province",
                          "未知的县级行政区划代码，请核对六位代码后重新提交。");
}

absl::StatusOr<std::string> ParseCounty(std::string_view parent, std::string_view field) {
  ASSIGN_OR_RETURN(auto county, ids::ParseParent(parent, field));
  RETURN_IF_ERROR(CheckCounty(county, field));
  return county;
}

}  // namespace tonghu::division
