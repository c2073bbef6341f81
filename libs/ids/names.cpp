#include "libs/ids/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "libs/refusal/refusal.h"

namespace tonghu::ids {
namespace {

constexpr std::string_view kCounties = "counties/";
constexpr size_t kCountyDigits = 6;
constexpr size_t kIdMax = 63;

// The refusal of a name. The text that was given is not repeated, as it may be anything, personal data too.
absl::Status Malformed(std::string_view field, std::string_view form, std::string_view example) {
  return refusal::Invalid(
      "NAME_MALFORMED", field,
      fmt::format("{} must be a name of the form {}, such as {}", field, form, example),
      fmt::format("资源名称格式不正确：应为 {}（例如 {}），请检查 {} 后重新提交。", form, example, field));
}

// Takes `prefix` off the front of `text`; false when it is not there.
bool Consume(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string Name::ToString() const { return fmt::format("{}{}/{}/{}", kCounties, county, collection, id); }

bool IsCounty(std::string_view text) {
  return text.size() == kCountyDigits && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kIdMax && absl::ascii_isalnum(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; });
}

absl::StatusOr<Name> ParseName(std::string_view text, std::string_view collection, std::string_view field) {
  std::string_view rest = text;
  if (Consume(rest, kCounties)) {
    const std::string_view county = rest.substr(0, kCountyDigits);
    rest.remove_prefix(county.size());
    if (IsCounty(county) && Consume(rest, "/") && Consume(rest, collection) && Consume(rest, "/") &&
        IsId(rest)) {
      return Name{std::string(county), std::string(collection), std::string(rest)};
    }
  }
  return Malformed(field, fmt::format("counties/{{county}}/{}/{{id}}", collection),
                   fmt::format("counties/520521/{}/a1", collection));
}

absl::StatusOr<std::string> ParseParent(std::string_view text, std::string_view field) {
  std::string_view county = text;
  if (Consume(county, kCounties) && IsCounty(county)) return std::string(county);
  return Malformed(field, "counties/{county}", "counties/520521");
}

}  // namespace tonghu::ids
