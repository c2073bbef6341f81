#include "services/alerts/rpc/page.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/ids/names.h"
#include "libs/ids/shard.h"
#include "libs/refusal/refusal.h"

namespace tonghu::alerts {
namespace {

constexpr int kDefault = 100, kMost = 500;

std::string Mark(const v1::ListAlertsRequest& request) {
  const std::string filters =
      absl::StrCat(request.parent(), "|", request.state(), "|", request.kind(), "|", request.child());
  return absl::StrCat(absl::Hex(ids::StableHash(filters), absl::kZeroPad16), "-");
}

}  // namespace

absl::StatusOr<int> PageSize(const v1::ListAlertsRequest& request) {
  if (request.page_size() < 0) {
    return refusal::Invalid("PAGE_SIZE_NEGATIVE", "page_size", "page_size is 0 .. 500", "每页条数应为0至500");
  }
  return request.page_size() == 0 ? kDefault : std::min(request.page_size(), kMost);
}

std::string TokenAfter(const v1::ListAlertsRequest& request, const std::string& alert_id) {
  return absl::StrCat(Mark(request), alert_id);
}

absl::StatusOr<std::string> TokenStart(const v1::ListAlertsRequest& request) {
  if (request.page_token().empty()) return "";
  const std::string mark = Mark(request);
  const std::string& token = request.page_token();
  if (token.starts_with(mark) && ids::IsId(token.substr(mark.size()))) return token.substr(mark.size());
  return refusal::Invalid("PAGE_TOKEN_MALFORMED", "page_token",
                          "page_token must come from an earlier answer with the same filters",
                          "翻页标记无效，请从第一页重新查询");
}

}  // namespace tonghu::alerts
