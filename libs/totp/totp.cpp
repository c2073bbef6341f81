#include "libs/totp/totp.h"

#include <liboath/oath.h>

#include <array>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace tonghu::totp {
namespace {

constexpr unsigned kStepSeconds = 30;
constexpr unsigned kDigits = 6;

// liboath must be initialised once before anything else of it is called.
void Begin() {
  static const int begun = oath_init();
  static_cast<void>(begun);
}

std::string CodeOfStep(std::string_view secret, int64_t step) {
  Begin();
  std::array<char, kDigits + 1> code{};
  const int made = oath_totp_generate(secret.data(), secret.size(), static_cast<time_t>(step * kStepSeconds),
                                      kStepSeconds, 0, kDigits, code.data());
  return made == OATH_OK ? std::string(code.data()) : "";
}

int64_t StepAt(absl::Time time) { return absl::ToUnixSeconds(time) / kStepSeconds; }

}  // namespace

std::optional<int64_t> StepOfCode(std::string_view secret, std::string_view code, absl::Time now) {
  std::optional<int64_t> found;
  // All three are compared, whichever is right, so that the time does not tell.
  for (const int64_t step : {StepAt(now) - 1, StepAt(now), StepAt(now) + 1}) {
    if (code.size() == kDigits && CodeOfStep(secret, step) == code) found = step;
  }
  return found;
}

std::string CodeAt(std::string_view secret, absl::Time time) { return CodeOfStep(secret, StepAt(time)); }

std::string ToBase32(std::string_view secret) {
  Begin();
  char* text = nullptr;
  size_t length = 0;
  if (oath_base32_encode(secret.data(), secret.size(), &text, &length) != OATH_OK) return "";
  std::string result(text, length);
  std::free(text);
  while (!result.empty() && result.back() == '=') result.pop_back();
  return result;
}

std::string FromBase32(std::string_view text) {
  Begin();
  char* secret = nullptr;
  size_t length = 0;
  if (oath_base32_decode(text.data(), text.size(), &secret, &length) != OATH_OK) return "";
  std::string result(secret, length);
  std::free(secret);
  return result;
}

std::string AddressOf(std::string_view secret, std::string_view login) {
  // 童护, percent-encoded. A login has letters, digits, hyphens and underscores only.
  constexpr char kIssuer[] = "%E7%AB%A5%E6%8A%A4";
  return absl::StrCat("otpauth://totp/", kIssuer, ":", std::string(login), "?secret=", ToBase32(secret),
                      "&issuer=", kIssuer, "&algorithm=SHA1&digits=", kDigits, "&period=", kStepSeconds);
}

}  // namespace tonghu::totp
