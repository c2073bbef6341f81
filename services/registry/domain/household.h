// Which children live together, by what is known of them. Pure.
#pragma once

#include <map>
#include <string>

#include "absl/types/span.h"

namespace tonghu::registry {

// A child, and the phone number of its guardian; empty: not known.
struct GuardianPhone {
  std::string child_id;
  std::string phone;
};
// Gives for each child the first, by id, of those whose guardian has the same phone number: the child itself
// when there is no other. Children whose guardian's number is not known are left out.
std::map<std::string, std::string> HouseholdsOf(absl::Span<const GuardianPhone> children);

}  // namespace tonghu::registry
