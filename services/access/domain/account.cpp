#include "services/access/domain/account.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "libs/ids/references.h"

namespace tonghu::access {

std::string Account::Name() const { return ids::NameOf(county, "accounts", id); }

bool NeedsSecondPerson(std::string_view actor) { return actor != "operators/local"; }

SessionState StateOf(const Account& account, SignIn sign_in, absl::Time now) {
  if (sign_in == SignIn::kFederated) return SessionState::kActive;
  if (account.factor_confirmed && sign_in != SignIn::kPasswordAndCode) return SessionState::kNeedsCode;
  if (account.first_password || now >= account.password_time + kPasswordLasts)
    return SessionState::kNeedsPassword;
  return account.factor_confirmed ? SessionState::kActive : SessionState::kNeedsEnrollment;
}

bool FirstPasswordIsOver(const Account& account, absl::Time now) {
  return account.first_password && now >= account.password_time + kFirstPasswordLasts;
}

std::string LoginOf(std::string_view text) {
  constexpr size_t kShortest = 3, kLongest = 64;
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_';
  });
  return plain && text.size() >= kShortest && text.size() <= kLongest
             ? absl::AsciiStrToLower(std::string(text))
             : "";
}

}  // namespace tonghu::access
