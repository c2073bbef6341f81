#include "services/registry/domain/text.h"

#include <fmt/format.h>
#include <unicode/utf8.h>

#include <cstdint>

#include "libs/identity/identity.h"

namespace tonghu::registry {
namespace {

// Calls `see` for each character until it gives false; with a negative number for bytes that are not UTF-8.
// True when it never gave false.
template <class See>
bool All(std::string_view text, See see) {
  const auto* const bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t at = 0; at < size;) {
    UChar32 character;
    U8_NEXT(bytes, at, size, character);
    if (!see(character)) return false;
  }
  return true;
}

// False for a character that nobody can see or that breaks a line or its direction: C0 and C1 controls, DEL,
// line and paragraph separators, direction marks and overrides (CVE-2021-42574), zero-width space, byte order
// mark. Joiners (U+200C and U+200D) are part of how names are written.
bool IsVisible(UChar32 point) {
  // Bytes that are not UTF-8 come as a negative number, and so are below 0x20.
  return !(point < 0x20 || (point >= 0x7F && point <= 0x9F) ||
           (point >= 0x200B && point <= 0x200F && point != 0x200C && point != 0x200D) ||
           (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF);
}

bool IsBlank(UChar32 point) { return point == ' ' || point == 0xA0 || point == 0x3000; }

}  // namespace

void CheckText(std::string_view text, const TextRule& rule, Faults& faults) {
  // All is true of an empty text as well.
  if (All(text, IsBlank)) {
    if (rule.required) {
      AddInvalid(faults, "TEXT_MISSING", rule.field, fmt::format("{} is required", rule.field),
                 fmt::format("请填写{}。", rule.what_zh));
    }
    return;
  }
  if (!All(text, IsVisible)) {
    AddInvalid(faults, "TEXT_HAS_CONTROL_CHARACTERS", rule.field,
               fmt::format("{} holds control or invisible characters", rule.field),
               fmt::format("{}中含有换行、制表符等不可见字符，请删除后重新填写。", rule.what_zh));
  }
  // Characters are counted, as people count them: a Chinese character has three bytes.
  size_t characters = 0;
  All(text, [&](UChar32) { return ++characters > 0; });
  if (characters > rule.max_characters) {
    AddInvalid(faults, "TEXT_TOO_LONG", rule.field,
               fmt::format("{} is longer than {} characters", rule.field, rule.max_characters),
               fmt::format("{}超过{}个字，请缩短。", rule.what_zh, rule.max_characters));
  }
}

void CheckPhone(std::string_view phone, std::string_view field, Faults& faults) {
  if (phone.empty()) return;
  const absl::Status valid = identity::ValidatePhone(phone);
  if (valid.ok()) return;
  AddInvalid(faults, "PHONE_MALFORMED", field,
             fmt::format("{} must be a mobile number of 11 digits or a landline such as 0851-2345678", field),
             fmt::format("{}。", std::string(valid.message())));
}

}  // namespace tonghu::registry
