#include "libs/rpc/children.h"

#include <string_view>

#include "libs/ids/names.h"
#include "libs/rpc/text_fields.h"

namespace tonghu::rpc {

void AddChildren(const google::protobuf::Message& message, std::set<std::string>& ids) {
  constexpr std::string_view kCounties = "counties/", kChildren = "/children/";
  constexpr size_t kDigits = 6, kBefore = kCounties.size() + kDigits;
  ForEachString(message, [&](const std::string& value) {
    const std::string_view text = value;
    if (text.size() <= kBefore + kChildren.size() || text.substr(kBefore, kChildren.size()) != kChildren ||
        text.substr(0, kCounties.size()) != kCounties ||
        !ids::IsCounty(text.substr(kCounties.size(), kDigits)))
      return;
    const std::string_view id = text.substr(kBefore + kChildren.size());
    if (ids::IsId(id)) ids.emplace(id);
  });
}

}  // namespace tonghu::rpc
