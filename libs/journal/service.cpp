#include "libs/journal/service.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "libs/refusal/refusal.h"

namespace tonghu::journal {

absl::Status CheckRequestId(std::string_view request_id) {
  // Any plain text is taken: what is no UUID is turned into one later (CommandHandler::Submit).
  const bool plain = std::all_of(request_id.begin(), request_id.end(),
                                 [](char c) { return absl::ascii_isalnum(c) || c == '-'; });
  if (plain && request_id.size() <= 64) return absl::OkStatus();
  return refusal::Invalid("REQUEST_ID_MALFORMED", "request_id",
                          "request_id must be a UUID: at most 64 letters, digits and hyphens",
                          "请求编号格式不正确，应为不超过64位的字母、数字和连字符（建议使用UUID）");
}

ids::Name Service::NameOf(const rpc::Call& call) {
  // The county may stand in the name of another resource than the method's own.
  const auto& rule = call.method().rule();
  return {call.county(), rule.county_collection().empty() ? rule.resource() : rule.county_collection(),
          call.resource()};
}

}  // namespace tonghu::journal
