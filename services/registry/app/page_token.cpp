#include "services/registry/app/page_token.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "libs/ids/names.h"
#include "libs/ids/shard.h"
#include "libs/refusal/refusal.h"

namespace tonghu::registry {
namespace {

constexpr int kDefaultSize = 100;
constexpr int kMaxSize = 1000;
constexpr size_t kSeal = 16;  // hex digits

// Not a secret: it tells a token of another list, or half a one, from the right one.
std::string Seal(std::string_view scope, std::string_view id) {
  return fmt::format("{:016x}", ids::StableHash(fmt::format("{}\x1f{}", scope, id)));
}

}  // namespace

std::string PageTokenOf(std::string_view scope, std::string_view last_id) {
  return absl::WebSafeBase64Escape(fmt::format("{}{}", Seal(scope, last_id), last_id));
}

absl::StatusOr<std::string> LastIdOf(std::string_view scope, std::string_view token) {
  if (token.empty()) return "";
  std::string text;
  if (token.size() < 256 && absl::WebSafeBase64Unescape(std::string(token), &text) && text.size() > kSeal) {
    std::string id = text.substr(kSeal);
    if (text.substr(0, kSeal) == Seal(scope, id) && ids::IsId(id)) return id;
  }
  return refusal::Invalid("PAGE_TOKEN_MALFORMED", "page_token",
                          "page_token must come from an earlier answer with the same filters",
                          "分页标记无效，请使用上一页返回的标记，且筛选条件不变。");
}

absl::StatusOr<int> PageSizeOf(int asked) {
  if (asked < 0) {
    return refusal::Invalid("PAGE_SIZE_NEGATIVE", "page_size", "page_size must not be negative",
                            "每页条数不能为负数。");
  }
  return asked == 0 ? kDefaultSize : std::min(asked, kMaxSize);
}

}  // namespace tonghu::registry
