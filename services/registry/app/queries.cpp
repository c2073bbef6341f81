#include "services/registry/app/queries.h"

#include "libs/division/county.h"
#include "libs/ids/names.h"
#include "libs/refusal/refusal.h"

namespace tonghu::registry {

absl::StatusOr<std::string> CountyIn(std::string_view parent, std::string_view field) {
  return division::ParseCounty(parent, field);
}

absl::StatusOr<std::string> CountyIn(std::string_view name, std::string_view collection,
                                     std::string_view field) {
  auto parsed = ids::ParseName(name, collection, field);
  if (!parsed.ok()) return parsed.status();
  if (absl::Status known = division::CheckCounty(parsed->county, field); !known.ok()) return known;
  return parsed->county;
}

absl::Status ChildNotFound(std::string_view field) {
  return refusal::NotFound("CHILD_NOT_FOUND", field, "there is no such child",
                           "没有找到该儿童档案，请核对编号。");
}

}  // namespace tonghu::registry
