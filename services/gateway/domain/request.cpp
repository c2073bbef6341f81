#include "services/gateway/domain/request.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace tonghu::gateway {
namespace {

constexpr size_t kTimeoutDigits = 10;  // as the protocol says

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

absl::StatusOr<std::string> Unescape(absl::string_view text, bool plus_is_space) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return absl::InvalidArgumentError("a percent escape of the address is broken");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    plain.push_back(c);
  }
  return plain;
}

}  // namespace

absl::string_view Header(const Headers& headers, absl::string_view name) {
  for (const auto& [known, value] : headers) {
    if (absl::EqualsIgnoreCase(known, name)) return value;
  }
  return {};
}

std::optional<MediaType> ParseMediaType(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits(';', 1));
  const std::string type = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts.first));
  const std::string parameter = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts.second));
  const bool json_text =
      parameter.empty() || parameter == "charset=utf-8" || parameter == "charset=\"utf-8\"";
  if (type == "application/json" && json_text) return MediaType{Codec::kJson, false};
  if (type == "application/connect+json" && json_text) return MediaType{Codec::kJson, true};
  if (type == "application/proto" && parameter.empty()) return MediaType{Codec::kProto, false};
  if (type == "application/connect+proto" && parameter.empty()) return MediaType{Codec::kProto, true};
  return std::nullopt;
}

absl::string_view ContentType(const MediaType& type) {
  if (type.stream)
    return type.codec == Codec::kJson ? "application/connect+json" : "application/connect+proto";
  return type.codec == Codec::kJson ? "application/json" : "application/proto";
}

absl::StatusOr<absl::Duration> ParseTimeout(absl::string_view text) {
  if (text.empty()) return absl::InfiniteDuration();
  int64_t millis = 0;
  const bool digits =
      text.size() <= kTimeoutDigits && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
  if (!digits || !absl::SimpleAtoi(text, &millis)) {
    return absl::InvalidArgumentError("Connect-Timeout-Ms must be one to ten digits");
  }
  return absl::Milliseconds(millis);
}

absl::StatusOr<Target> ParseTarget(absl::string_view text) {
  if (text.empty() || text[0] != '/') return absl::InvalidArgumentError("the address must begin with /");
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('?', 1));
  Target target;
  auto path = Unescape(parts.first, false);
  if (!path.ok()) return path.status();
  target.path = *std::move(path);
  if (std::any_of(target.path.begin(), target.path.end(), absl::ascii_iscntrl))
    return absl::InvalidArgumentError("the address has a control character");
  for (absl::string_view pair : absl::StrSplit(parts.second, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> words =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    auto name = Unescape(words.first, true);
    auto value = Unescape(words.second, true);
    if (!name.ok()) return name.status();
    if (!value.ok()) return value.status();
    // Two readers of the same address could each take another of the two.
    if (!target.query.emplace(*std::move(name), *std::move(value)).second)
      return absl::InvalidArgumentError("a parameter of the address is given twice");
  }
  return target;
}

absl::StatusOr<std::string> MessageOf(const Target& target) {
  const auto message = target.query.find("message");
  if (message == target.query.end()) return absl::InvalidArgumentError("the parameter `message` is missing");
  const auto base64 = target.query.find("base64");
  // Of other values the protocol says that they are ignored.
  if (base64 == target.query.end() || base64->second != "1") return message->second;
  return DecodeBase64(message->second);
}

bool AcceptsGzip(absl::string_view accept_encoding) {
  for (absl::string_view item : absl::StrSplit(accept_encoding, ',')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(item, absl::MaxSplits(';', 1));
    if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts.first), "gzip")) continue;
    absl::string_view quality = absl::StripAsciiWhitespace(parts.second);
    double q = 1;
    // q=0 means "not this one" (RFC 9110, 12.4.2).
    if (absl::ConsumePrefix(&quality, "q=") && absl::SimpleAtod(quality, &q) && q == 0) return false;
    return true;
  }
  return false;
}

bool IsIdentity(absl::string_view encoding) {
  return encoding.empty() || absl::EqualsIgnoreCase(encoding, "identity");
}

std::string SessionCookie(absl::string_view token, bool secure) {
  return absl::StrCat("tonghu_session=", token, "; Path=/; HttpOnly; SameSite=Strict",
                      secure ? "; Secure" : "", token.empty() ? "; Max-Age=0" : "");
}

std::string CookieOf(absl::string_view cookies, absl::string_view name) {
  std::string found;
  int count = 0;
  for (absl::string_view pair : absl::StrSplit(cookies, ';')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(absl::StripAsciiWhitespace(pair), absl::MaxSplits('=', 1));
    if (parts.first != name) continue;
    found = std::string(parts.second);
    ++count;
  }
  // A neighbour of the domain may have set the other of two.
  return count == 1 ? found : std::string();
}

absl::StatusOr<std::string> DecodeBase64(absl::string_view text) {
  std::string standard = absl::StrReplaceAll(text, {{"-", "+"}, {"_", "/"}});
  while (!standard.empty() && standard.back() == '=') standard.pop_back();
  std::string plain;
  if (!absl::Base64Unescape(standard, &plain)) return absl::InvalidArgumentError("the base64 text is broken");
  return plain;
}

}  // namespace tonghu::gateway
