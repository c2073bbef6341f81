// Short texts that people typed: names, relations, places.
#pragma once

#include <cstddef>
#include <string_view>

#include "services/registry/domain/fault.h"

namespace tonghu::registry {

struct TextRule {
  std::string_view field;
  std::string_view what_zh;  // "姓名"
  size_t max_characters;
  bool required = false;
};

// Adds TEXT_MISSING, TEXT_TOO_LONG, or TEXT_HAS_CONTROL_CHARACTERS for what nobody can see, what would break
// a line or its direction, and bytes that are not UTF-8. SQL, formats and markup are just text. A required
// text of blanks is missing.
void CheckText(std::string_view text, const TextRule& rule, Faults& faults);

// Adds PHONE_MALFORMED; an empty phone is fine.
void CheckPhone(std::string_view phone, std::string_view field, Faults& faults);

}  // namespace tonghu::registry
