// What the head of an HTTP request says to the Connect protocol. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace tonghu::gateway {

// Names and values in the order in which they came. Names are compared without case.
using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of a header; empty when there is none, the first when there are several.
absl::string_view Header(const Headers& headers, absl::string_view name);

enum class Codec { kProto, kJson };

// What a Content-Type says: a unary message, or a stream of envelopes.
struct MediaType {
  Codec codec = Codec::kProto;
  bool stream = false;
};

// Reads "application/json; charset=utf-8", "application/connect+proto". Nothing for every other type.
std::optional<MediaType> ParseMediaType(absl::string_view text);
// The Content-Type of an answer.
absl::string_view ContentType(const MediaType& type);

// The time-out of Connect-Timeout-Ms; infinite when there is none. Errors: INVALID_ARGUMENT for anything but
// one to ten digits.
absl::StatusOr<absl::Duration> ParseTimeout(absl::string_view text);

// The path and the parameters of a request's target, decoded.
struct Target {
  std::string path;
  std::map<std::string, std::string, std::less<>> query;
};
// Errors: INVALID_ARGUMENT for a target that does not begin with "/", a broken percent escape, a control
// character, or a parameter that is given twice.
absl::StatusOr<Target> ParseTarget(absl::string_view text);

// The message of a GET: the parameters `message`, `base64`. Errors: INVALID_ARGUMENT.
absl::StatusOr<std::string> MessageOf(const Target& target);

// Whether gzip is among the encodings that a client takes ("gzip, br;q=0").
bool AcceptsGzip(absl::string_view accept_encoding);

// Whether the encoding is none: "" or "identity".
bool IsIdentity(absl::string_view encoding);

// The Set-Cookie of a session: HttpOnly, of this site's pages only; an empty token takes the cookie away.
std::string SessionCookie(absl::string_view token, bool secure);

// The value of a cookie in a Cookie header; empty when there is none, or when there are two.
std::string CookieOf(absl::string_view cookies, absl::string_view name);

// Decodes base64 of either alphabet, with or without padding. Errors: INVALID_ARGUMENT.
absl::StatusOr<std::string> DecodeBase64(absl::string_view text);

}  // namespace tonghu::gateway
