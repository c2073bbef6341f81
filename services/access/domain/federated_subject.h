// Who somebody is at an identity provider. Pure.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tonghu::access {

// A name that a provider gives to somebody and to nobody else. Compared byte by byte. Both empty: nobody.
struct FederatedSubject {
  std::string issuer, subject;

  bool empty() const { return issuer.empty() && subject.empty(); }
  bool operator==(const FederatedSubject&) const = default;
};

// The longest issuer and subject, in bytes (OpenID Connect Core 1.0, 2: `sub` has at most 255).
inline constexpr size_t kLongestSubject = 255;

// Refuses what no provider says: one of the two missing or too long, a control character, or a space at an
// end, which nobody sees. `field` is where the request has the subject. Refusals: SUBJECT_MALFORMED.
absl::Status CheckSubject(const FederatedSubject& subject, std::string_view field);

}  // namespace tonghu::access
