#include "services/registry/domain/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "libs/identity/identity.h"

namespace tonghu::registry {
namespace {

constexpr uint32_t kBad = 0xFFFFFFFF;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Takes one character off the front; kBad (and one byte) when there is none.
uint32_t Take(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const size_t size = lead < 0x80   ? 1
                      : lead < 0xC2 ? 0
                      : lead < 0xE0 ? 2
                      : lead < 0xF0 ? 3
                      : lead < 0xF5 ? 4
                                    : 0;
  uint32_t point = size == 1 ? lead : lead & (0x7F >> size);
  bool good = size > 0 && text.size() >= size;
  for (size_t i = 1; good && i < size; ++i) {
    good = IsContinuation(text[i]);
    point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  }
  text.remove_prefix(good ? size : 1);
  return good ? point : kBad;
}

bool IsControl(uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) ||
         (point >= 0x200B && point <= 0x200F && point != 0x200C && point != 0x200D) ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF ||
         point == kBad;
}

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    const uint32_t point = Take(text);
    if (point != ' ' && point != 0xA0 && point != 0x3000) return false;
  }
  return true;
}

}  // namespace

size_t CharactersIn(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

bool HasControlCharacters(std::string_view text) {
  while (!text.empty()) {
    if (IsControl(Take(text))) return true;
  }
  return false;
}

void CheckText(std::string_view text, const TextRule& rule, Faults& faults) {
  if (IsBlank(text)) {
    if (rule.required) {
      AddInvalid(faults, "TEXT_MISSING", rule.field, fmt::format("{} is required", rule.field),
                 fmt::format("请填写{}。", rule.what_zh));
    }
    return;
  }
  if (HasControlCharacters(text)) {
    AddInvalid(faults, "TEXT_HAS_CONTROL_CHARACTERS", rule.field,
               fmt::format("{} holds control or invisible characters", rule.field),
               fmt::format("{}中含有换行、制表符等不可见字符，请删除后重新填写。", rule.what_zh));
  }
  if (CharactersIn(text) > rule.max_characters) {
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
