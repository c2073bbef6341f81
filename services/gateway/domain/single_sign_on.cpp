#include "services/gateway/domain/single_sign_on.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tonghu::gateway {
namespace {

constexpr size_t kMostSubject = 255;
constexpr size_t kLeastState = 16;
constexpr size_t kMostState = 128;
constexpr size_t kMostReturn = 1024;

// The header's one value. Errors: INVALID_ARGUMENT.
absl::StatusOr<std::string> OneOf(const Headers& headers, const std::string& name) {
  std::string value;
  int count = 0;
  for (const auto& header : headers) {
    if (!absl::EqualsIgnoreCase(header.first, name)) continue;
    value = header.second;
    ++count;
  }
  const bool odd = std::any_of(value.begin(), value.end(), [](char c) { return absl::ascii_iscntrl(c); });
  if (count != 1 || value.empty() || value.size() > kMostSubject || odd)
    return absl::InvalidArgumentError(absl::StrCat("the header ", name, " does not have one good value"));
  return value;
}

std::string Parameter(const Target& target, absl::string_view name) {
  const auto found = target.query.find(name);
  return found == target.query.end() ? "" : found->second;
}

bool IsVisible(char c) { return c > ' ' && c <= '~' && c != '\\'; }

}  // namespace

absl::StatusOr<std::string> SubjectOf(const Headers& headers, const SsoSettings& settings) {
  auto subject = OneOf(headers, settings.subject_header);
  if (!subject.ok() || settings.acr.empty()) return subject;
  const auto acr = OneOf(headers, settings.acr_header);
  const bool enough =
      acr.ok() && std::find(settings.acr.begin(), settings.acr.end(), *acr) != settings.acr.end();
  if (!enough) return absl::PermissionDeniedError("the provider does not say that it asked for enough");
  return subject;
}

bool BeganHere(const Target& target, const Headers& headers) {
  const std::string state = Parameter(target, "state");
  return state.size() >= kLeastState && state.size() <= kMostState &&
         state == CookieOf(Header(headers, "cookie"), kSsoCookie);
}

std::string ReturnPath(const Target& target, const SsoSettings& settings) {
  const std::string path = Parameter(target, "return");
  // "//" and "/\" begin the name of another site.
  const bool local = absl::StartsWith(path, "/") && !absl::StartsWith(path, "//") &&
                     path.size() <= kMostReturn && std::all_of(path.begin(), path.end(), IsVisible);
  return local && !absl::StartsWith(path, settings.path) ? path : "/";
}

bool IsSsoPath(absl::string_view path) {
  if (path.size() < 2 || path.front() != '/' || path.back() == '/') return false;
  for (absl::string_view part : absl::StrSplit(path.substr(1), '/')) {
    const bool plain = !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
      return absl::ascii_isalnum(c) || c == '-' || c == '_';
    });
    if (!plain) return false;
  }
  const std::string first(path.substr(0, path.find('/', 1)));
  return first != "/api" && first != "/assets" && first != "/m";
}

}  // namespace tonghu::gateway
