#include <algorithm>

#include "absl/strings/ascii.h"
#include "libs/identity/identity.h"

namespace tonghu::identity {
namespace {

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

bool IsMobile(std::string_view phone) {
  return phone.size() == 11 && AllDigits(phone) && phone[0] == '1' && phone[1] >= '3';
}

// An area code is 0 and two or three digits; a local number has 7 or 8 digits and begins with 2 to 9.
bool IsLandline(std::string_view phone) {
  const size_t dash = phone.find('-');
  if (dash == std::string_view::npos) return false;
  const std::string_view area = phone.substr(0, dash);
  const std::string_view local = phone.substr(dash + 1);
  return (area.size() == 3 || area.size() == 4) && (local.size() == 7 || local.size() == 8) &&
         AllDigits(area) && AllDigits(local) && area[0] == '0' && area[1] != '0' && local[0] >= '2';
}

}  // namespace

absl::Status ValidatePhone(std::string_view phone) {
  if (phone.empty()) return absl::InvalidArgumentError("电话号码为空");
  if (IsMobile(phone) || IsLandline(phone)) return absl::OkStatus();
  return absl::InvalidArgumentError("电话号码应为11位手机号，或带区号的固定电话，区号与号码用“-”连接");
}

}  // namespace tonghu::identity
