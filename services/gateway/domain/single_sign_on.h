// What a request says that the operator's own front has let through: who has signed in at the identity
// provider, and where to go then. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/gateway/domain/request.h"

namespace tonghu::gateway {

// The settings sso.*, README.md.
struct SsoSettings {
  std::string socket;  // the path of the unix socket; empty: there is no single sign-on
  unsigned socket_mode = 0660;
  std::string path = "/sso";
  std::string issuer;
  std::string subject_header = "tonghu-sso-subject";
  std::string acr_header = "tonghu-sso-acr";
  std::vector<std::string> acr;  // of which the header must say one; empty: any, or none
  std::string sign_out;          // where the console goes behind its own sign-out; empty: nowhere
};

// The cookie in which the sign-in page keeps what it put into the address, so that only a browser that began
// there ends here.
inline constexpr char kSsoCookie[] = "tonghu_sso";

// Who has signed in. Errors: INVALID_ARGUMENT when the header is missing, given twice, longer than 255 bytes,
// or has a control character; PERMISSION_DENIED when the provider does not say that it asked for enough.
absl::StatusOr<std::string> SubjectOf(const Headers& headers, const SsoSettings& settings);

// Whether the address's parameter `state` is what the browser's cookie holds.
bool BeganHere(const Target& target, const Headers& headers);

// Where to go after signing in: the address's parameter `return` where that is a path of this site, else "/".
std::string ReturnPath(const Target& target, const SsoSettings& settings);

// A path of the site as a setting may name one for single sign-on: letters, digits, hyphens and underscores
// in parts that slashes separate, and none of the gateway's own ("/api", "/assets", "/m").
bool IsSsoPath(absl::string_view path);

}  // namespace tonghu::gateway
