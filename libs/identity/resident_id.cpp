#include <fmt/format.h>

#include <cassert>
#include <utility>

#include "absl/strings/ascii.h"
#include "libs/identity/identity.h"
#include "libs/status/macros.h"

namespace tonghu::identity {
namespace {

constexpr size_t kLength = 18;
constexpr int kFirstYear = 1900;
// The weight of place i (from the right, the check character being 1) is 2^(i-1) mod 11; the check character
// is the one that brings the weighted sum to 1 mod 11 (ISO 7064 MOD 11-2).
constexpr int kWeights[kLength - 1] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
constexpr char kCheckCharacters[] = "10X98765432";

bool AllDigits(std::string_view text) {
  for (const unsigned char c : text) {
    if (!absl::ascii_isdigit(c)) return false;
  }
  return true;
}

// `digits` holds only digits.
int Number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

// The birth date within a number. Errors: INVALID_ARGUMENT with a Chinese sentence.
absl::StatusOr<absl::CivilDay> BirthDate(std::string_view digits, absl::CivilDay today) {
  const int year = Number(digits.substr(0, 4));
  const int month = Number(digits.substr(4, 2));
  const int day = Number(digits.substr(6, 2));
  const absl::CivilDay birth(year, month, day);  // normalises: 30 February becomes a day in March
  if (birth.year() != year || birth.month() != month || birth.day() != day) {
    return absl::InvalidArgumentError("身份证号中的出生日期不存在");
  }
  if (year < kFirstYear) return absl::InvalidArgumentError("身份证号中的出生日期早于1900年");
  if (birth > today) return absl::InvalidArgumentError("身份证号中的出生日期晚于今天");
  return birth;
}

}  // namespace

char CheckCharacter(std::string_view body) {
  assert(body.size() == kLength - 1 && AllDigits(body));
  int sum = 0;
  for (size_t i = 0; i < kLength - 1; ++i) sum += (body[i] - '0') * kWeights[i];
  return kCheckCharacters[sum % 11];
}

absl::StatusOr<ResidentId> ParseResidentId(std::string_view text, absl::CivilDay today) {
  if (text.empty()) return absl::InvalidArgumentError("身份证号为空");
  // Numbers of 15 digits are those of the first cards, which ended on 1 January 2013.
  if (text.size() == 15 && AllDigits(text)) {
    return absl::InvalidArgumentError("15位旧身份证号已停用，请填写18位号码");
  }
  if (text.size() != kLength) return absl::InvalidArgumentError("身份证号应为18位");
  const std::string_view body = text.substr(0, kLength - 1);
  const char check = absl::ascii_toupper(static_cast<unsigned char>(text.back()));
  if (!AllDigits(body) || (check != 'X' && !absl::ascii_isdigit(static_cast<unsigned char>(check)))) {
    return absl::InvalidArgumentError("身份证号前17位应为数字，末位应为数字或X");
  }
  ASSIGN_OR_RETURN(auto birth, BirthDate(body.substr(6, 8), today));
  if (CheckCharacter(body) != check) {
    return absl::InvalidArgumentError("身份证号校验码不正确，请核对是否抄错");
  }
  std::string number(text);
  number.back() = check;
  return ResidentId(std::move(number), birth);
}

std::string MakeResidentId(std::string_view county, absl::CivilDay birth, int sequence) {
  assert(county.size() == 6 && AllDigits(county) && sequence >= 0 && sequence <= 999);
  std::string number =
      fmt::format("{}{:04}{:02}{:02}{:03}", county, birth.year(), birth.month(), birth.day(), sequence);
  number.push_back(CheckCharacter(number));
  return number;
}

}  // namespace tonghu::identity
