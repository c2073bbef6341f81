#include "libs/ids/references.h"

#include <fmt/format.h>

#include "libs/ids/names.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::ids {

std::string NameOf(std::string_view county, std::string_view collection, std::string_view id) {
  return id.empty() ? "" : fmt::format("counties/{}/{}/{}", county, collection, id);
}

absl::StatusOr<std::string> IdIn(std::string_view county, std::string_view name, std::string_view collection,
                                 std::string_view field) {
  ASSIGN_OR_RETURN(auto parsed, ParseName(name, collection, field));
  // A reference never leaves its county: what lies in another county is another office's.
  if (parsed.county == county) return std::move(parsed.id);
  return refusal::Invalid("COUNTY_MISMATCH", field,
                          fmt::format("{} belongs to another county than the request", field),
                          "所填的学校、人员或儿童属于其他县，请选择本县的。");
}

absl::StatusOr<std::string> OptionalIdIn(std::string_view county, std::string_view name,
                                         std::string_view collection, std::string_view field) {
  if (name.empty()) return std::string();
  return IdIn(county, name, collection, field);
}

}  // namespace tonghu::ids
