#include "services/registry/domain/household.h"

#include <algorithm>

namespace tonghu::registry {

std::map<std::string, std::string> HouseholdsOf(absl::Span<const GuardianPhone> children) {
  std::map<std::string, std::string> first;  // by phone number
  for (const GuardianPhone& child : children) {
    if (child.phone.empty()) continue;
    const auto [found, is_new] = first.emplace(child.phone, child.child_id);
    if (!is_new) found->second = std::min(found->second, child.child_id);
  }
  std::map<std::string, std::string> households;
  for (const GuardianPhone& child : children) {
    if (!child.phone.empty()) households[child.child_id] = first[child.phone];
  }
  return households;
}

}  // namespace tonghu::registry
