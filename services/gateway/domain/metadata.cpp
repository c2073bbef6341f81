#include "services/gateway/domain/metadata.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace tonghu::gateway {
namespace {

constexpr absl::string_view kReserved[] = {
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "origin",
    "proxy-authorization",
    "proxy-connection",
    "referer",
    "server",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-real-ip",
    "lb-token",
    "tonghu-address",
    "tonghu-user-agent",
    "tonghu-purpose",
};

constexpr absl::string_view kReservedPrefixes[] = {":",           "connect-",     "grpc-",
                                                   "sec-",        "x-forwarded-", "tonghu-identity",
                                                   "tonghu-sso-", "trailer-",     "access-control-"};

bool Passes(absl::string_view name, bool everything, const std::vector<std::string>& named) {
  if (IsReserved(name)) return false;
  return everything || std::find(named.begin(), named.end(), name) != named.end();
}

bool IsToken(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '_' || c == '.';
  });
}

bool IsText(absl::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

bool IsReserved(absl::string_view name) {
  for (absl::string_view reserved : kReserved) {
    if (name == reserved) return true;
  }
  for (absl::string_view prefix : kReservedPrefixes) {
    if (absl::StartsWith(name, prefix)) return true;
  }
  return false;
}

Headers MetadataOf(const Headers& headers, const Passing& passing) {
  Headers metadata;
  for (const auto& [header, value] : headers) {
    std::string name = absl::AsciiStrToLower(header);
    if (!Passes(name, passing.everything, passing.requests) || !IsToken(name)) continue;
    if (!absl::EndsWith(name, "-bin")) {
      if (IsText(value)) metadata.emplace_back(std::move(name), value);
      continue;
    }
    // Several binary values may stand in one header, separated by commas.
    for (absl::string_view one : absl::StrSplit(value, ',')) {
      auto bytes = DecodeBase64(absl::StripAsciiWhitespace(one));
      if (bytes.ok()) metadata.emplace_back(name, *std::move(bytes));
    }
  }
  return metadata;
}

Headers HeadersOf(const Headers& metadata, const Passing& passing, absl::string_view prefix) {
  Headers headers;
  for (const auto& [name, value] : metadata) {
    if (!Passes(name, passing.everything, passing.answers)) continue;
    std::string text = value;
    if (absl::EndsWith(name, "-bin")) {
      text = absl::Base64Escape(value);
      while (absl::EndsWith(text, "=")) text.pop_back();
    }
    if (IsText(text)) headers.emplace_back(absl::StrCat(prefix, name), std::move(text));
  }
  return headers;
}

}  // namespace tonghu::gateway
