// Refusals that several use cases share. What the registry owns is marked so (refusal::OwnedBy): the pipeline
// asks the registry before the caller is refused.
#pragma once

#include <string_view>

#include "libs/refusal/refusal.h"

namespace tonghu::alerts {

inline absl::Status UnknownChild(std::string_view field) {
  return refusal::OwnedBy("registry",
                          refusal::NotFound("CHILD_NOT_FOUND", field, "no such child in the registry",
                                            "未找到该儿童，请先在名册中登记"));
}
inline absl::Status UnknownSchool(std::string_view field) {
  return refusal::OwnedBy("registry",
                          refusal::NotFound("SCHOOL_NOT_FOUND", field, "no such school in the registry",
                                            "未找到该学校，请先登记学校"));
}
inline absl::Status UnknownStaff(std::string_view field) {
  return refusal::OwnedBy(
      "registry", refusal::NotFound("STAFF_MEMBER_NOT_FOUND", field, "no such staff member in the registry",
                                    "未找到该工作人员，请先登记"));
}
inline absl::Status UnknownAlert(std::string_view field = "name") {
  return refusal::NotFound("ALERT_NOT_FOUND", field, "no such alert", "未找到该预警");
}

}  // namespace tonghu::alerts
