#include "libs/ids/uuid.h"

#include <array>
#include <cstdint>

namespace tonghu::ids {
namespace {

constexpr size_t kTextLength = 36;
constexpr char kHex[] = "0123456789abcdef";
constexpr int8_t kNoDigit = -1;

// The value of each hex digit. Capitals have none, so that an id has one spelling.
constexpr std::array<int8_t, 256> kDigits = [] {
  std::array<int8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (int8_t i = 0; i < 16; ++i) digits[static_cast<unsigned char>(kHex[i])] = i;
  return digits;
}();

// The bytes before which a hyphen stands (RFC 9562, section 4).
bool IsHyphenAt(size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

}  // namespace

bool AppendUuidBytes(std::string_view text, std::string& out) {
  if (text.size() != kTextLength) return false;
  char bytes[kUuidBytes];
  const char* at = text.data();
  for (size_t i = 0; i < kUuidBytes; ++i) {
    if (IsHyphenAt(i) && *at++ != '-') return false;
    const int high = kDigits[static_cast<unsigned char>(*at++)];
    const int low = kDigits[static_cast<unsigned char>(*at++)];
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<char>(high << 4 | low);
  }
  out.append(bytes, kUuidBytes);
  return true;
}

std::string UuidText(std::string_view bytes) {
  if (bytes.size() != kUuidBytes) return "";
  char text[kTextLength];
  char* at = text;
  for (size_t i = 0; i < kUuidBytes; ++i) {
    if (IsHyphenAt(i)) *at++ = '-';
    const auto byte = static_cast<unsigned char>(bytes[i]);
    *at++ = kHex[byte >> 4];
    *at++ = kHex[byte & 0x0f];
  }
  return std::string(text, kTextLength);
}

}  // namespace tonghu::ids
