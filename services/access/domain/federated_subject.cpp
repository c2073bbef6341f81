#include "services/access/domain/federated_subject.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "libs/refusal/refusal.h"

namespace tonghu::access {
namespace {

bool IsWord(std::string_view text) {
  const auto odd = [](unsigned char c) { return absl::ascii_iscntrl(c); };
  return !text.empty() && text.size() <= kLongestSubject && text.front() != ' ' && text.back() != ' ' &&
         std::none_of(text.begin(), text.end(), odd);
}

}  // namespace

absl::Status CheckSubject(const FederatedSubject& subject, std::string_view field) {
  if (IsWord(subject.issuer) && IsWord(subject.subject)) return absl::OkStatus();
  return refusal::Invalid("SUBJECT_MALFORMED", field,
                          "issuer and subject have 1 to 255 bytes each, no control characters, and no space "
                          "at either end",
                          "请填写认证系统标识和统一身份认证账号，各不超过255字节，首尾不得有空格");
}

}  // namespace tonghu::access
