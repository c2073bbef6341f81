// Refusals that several use cases give. The reasons are looked at by rpc/patience.
#pragma once

#include <string_view>

#include "libs/refusal/refusal.h"

namespace tonghu::alerts {

inline constexpr char kUnknownChild[] = "UNKNOWN_CHILD";
inline constexpr char kUnknownSchool[] = "UNKNOWN_SCHOOL";
inline constexpr char kUnknownStaff[] = "UNKNOWN_STAFF";

inline absl::Status UnknownChild(std::string_view field) {
  return refusal::NotFound(kUnknownChild, field, "no such child in the registry",
                           "未找到该儿童，请先在名册中登记");
}
inline absl::Status UnknownSchool(std::string_view field) {
  return refusal::NotFound(kUnknownSchool, field, "no such school in the registry",
                           "未找到该学校，请先登记学校");
}
inline absl::Status UnknownStaff(std::string_view field) {
  return refusal::NotFound(kUnknownStaff, field, "no such staff member in the registry",
                           "未找到该工作人员，请先登记");
}
inline absl::Status UnknownAlert(std::string_view field = "name") {
  return refusal::NotFound("ALERT_NOT_FOUND", field, "no such alert", "未找到该预警");
}

}  // namespace tonghu::alerts
