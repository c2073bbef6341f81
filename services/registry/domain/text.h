// Checks of short texts that people typed: names, relations, places. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "services/registry/domain/fault.h"

namespace tonghu::registry {

// The rule of one text.
struct TextRule {
  std::string_view field;
  std::string_view what_zh;  // "姓名"
  size_t max_characters;
  bool required = false;
};

// Checks a text: adds TEXT_MISSING, TEXT_TOO_LONG, or TEXT_HAS_CONTROL_CHARACTERS for invisible characters,
// characters that break a line or its direction, and bytes that are not UTF-8. SQL, format strings and markup
// are ordinary text. A required text of blanks is missing.
void CheckText(std::string_view text, const TextRule& rule, Faults& faults);

// Checks a phone number: adds PHONE_MALFORMED. An empty phone is allowed.
void CheckPhone(std::string_view phone, std::string_view field, Faults& faults);

}  // namespace tonghu::registry
