#include "services/access/domain/password_rules.h"

#include <string>

#include "absl/strings/ascii.h"
#include "libs/refusal/characters.h"
#include "libs/refusal/refusal.h"

namespace tonghu::access {
namespace {

constexpr char kField[] = "new_password";
constexpr size_t kShortest = 10;    // characters, of three kinds
constexpr size_t kLongEnough = 16;  // characters, of any kind
constexpr int kKinds = 3;
constexpr size_t kOfItsOwn = 4;  // characters that a password has beside common pieces

int KindsOf(std::string_view text) {
  bool lower = false, upper = false, digit = false, other = false;
  for (const unsigned char c : text) {
    lower |= absl::ascii_islower(c);
    upper |= absl::ascii_isupper(c);
    digit |= absl::ascii_isdigit(c);
    other |= !absl::ascii_isalnum(c);
  }
  return lower + upper + digit + other;
}

// The password without the pieces of which people make passwords that others guess first, the longest first.
std::string WithoutCommonPieces(std::string_view password) {
  static constexpr std::string_view kPieces[] = {
      "administrator", "1234567890", "qwertyuiop", "123456789", "password", "passw0rd", "p@ssw0rd",
      "p@ssword",      "12345678",   "87654321",   "asdfghjkl", "iloveyou", "woaini",   "qazwsx",
      "zxcvbnm",       "qwerty",     "asdfgh",     "zxcvbn",    "123456",   "654321",   "welcome",
      "letmein",       "guizhou",    "tonghu",     "laoshi",    "xuexiao",  "ertong",   "mima",
      "admin",         "12345",      "54321",      "5201314",   "1314520",  "abcdef",   "abcd",
      "qwer",          "asdf",       "zxcv",       "1qaz",      "2wsx",     "3edc",     "4rfv",
      "!qaz",          "@wsx",       "#edc",       "1234",      "4321",     "root",     "test",
      "user",          "2023",       "2024",       "2025",      "2026",     "2027",     "!@#$",
      "abc",           "123",        "321",        "520",       "1314",     "!@#",      "aaa",
      "000",           "111",        "222",        "333",       "555",      "666",      "777",
      "888",           "999"};
  std::string rest = absl::AsciiStrToLower(std::string(password));
  for (const std::string_view piece : kPieces) {
    for (size_t at = rest.find(piece); at != std::string::npos; at = rest.find(piece))
      rest.erase(at, piece.size());
  }
  return rest;
}

}  // namespace

absl::Status CheckPassword(std::string_view password, std::string_view login) {
  const size_t length = refusal::CharactersOf(password);
  if (length < kShortest)
    return refusal::Invalid("PASSWORD_TOO_SHORT", kField, "a password has at least 10 characters",
                            "密码至少10位，请加长");
  if (password.size() > kLongestPassword)
    return refusal::Invalid("PASSWORD_TOO_LONG", kField, "a password has at most 256 bytes",
                            "密码过长，请不超过256个字节");
  if (length < kLongEnough && KindsOf(password) < kKinds) {
    return refusal::Invalid(
        "PASSWORD_TOO_SIMPLE", kField,
        "a password of less than 16 characters has three of: capitals, small letters, digits, signs",
        "密码须包含大写字母、小写字母、数字、符号中的三种，或不少于16位");
  }
  if (absl::AsciiStrToLower(std::string(password)).find(login) != std::string::npos)
    return refusal::Invalid("PASSWORD_HAS_LOGIN", kField, "a password does not contain the login",
                            "密码不能包含登录名，请更换");
  if (refusal::CharactersOf(WithoutCommonPieces(password)) < kOfItsOwn) {
    return refusal::Invalid("PASSWORD_COMMON", kField, "a password is not made of what everybody takes",
                            "该密码过于常见，容易被猜到，请更换一个与众不同的密码");
  }
  return absl::OkStatus();
}

absl::Status PasswordUsedBefore() {
  return refusal::Invalid("PASSWORD_USED_BEFORE", kField, "a password is none of the account's last five",
                          "不能使用最近五次用过的密码，请更换");
}

}  // namespace tonghu::access
