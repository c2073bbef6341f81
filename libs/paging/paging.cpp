#include "libs/paging/paging.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "libs/ids/names.h"
#include "libs/ids/shard.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::paging {
namespace {

constexpr int kDefaultSize = 100;
constexpr size_t kMostToken = 256;  // bytes; the longest id makes 108
constexpr size_t kSeal = 16;        // hex digits

// A seal that binds a token to its list and filters. No secret: it guards against mistakes (a token of
// another list, half a token), not against attackers, who gain nothing by it.
std::string Seal(std::string_view scope, std::string_view id) {
  return fmt::format("{:016x}", ids::StableHash(fmt::format("{}\x1f{}", scope, id)));
}

// The id inside a token whose seal fits; empty for the first page.
absl::StatusOr<std::string> LastIdOf(std::string_view scope, std::string_view token) {
  if (token.empty()) return "";
  std::string text;
  if (token.size() < kMostToken && absl::WebSafeBase64Unescape(std::string(token), &text) &&
      text.size() > kSeal) {
    std::string id = text.substr(kSeal);
    if (text.substr(0, kSeal) == Seal(scope, id) && ids::IsId(id)) return id;
  }
  return refusal::Invalid("PAGE_TOKEN_MALFORMED", "page_token",
                          "page_token must come from an earlier answer with the same filters",
                          "分页标记无效，请使用上一页返回的标记，且筛选条件不变；或从第一页重新查询。");
}

}  // namespace

std::string Page::TokenAfter(std::string_view last_id) const {
  return absl::WebSafeBase64Escape(fmt::format("{}{}", Seal(scope, last_id), last_id));
}

absl::StatusOr<Page> PageIn(std::string scope, int32_t size, std::string_view token, int most) {
  if (size < 0) {
    return refusal::Invalid("PAGE_SIZE_NEGATIVE", "page_size", "page_size must not be negative",
                            "每页条数不能为负数，请填0或正整数。");
  }
  ASSIGN_OR_RETURN(auto after, LastIdOf(scope, token));
  return Page{std::move(scope), std::move(after), size == 0 ? kDefaultSize : std::min(size, most)};
}

}  // namespace tonghu::paging
