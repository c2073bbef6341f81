#include "services/tonghuctl/slips.h"

#include <fmt/format.h>

#include "absl/strings/str_replace.h"

namespace tonghu::tonghuctl {
namespace {

// Two columns of seven slips a page.
constexpr char kHead[] = R"(<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>账号领取单</title><style>
@page { size: A4; margin: 12mm; }
body { margin: 0; font: 11pt/1.5 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #000; }
main { display: flex; flex-wrap: wrap; }
section { box-sizing: border-box; width: 50%; height: 38mm; padding: 3mm 4mm; border: 1px dashed #888; break-inside: avoid; }
h2 { margin: 0; font-size: 12pt; }
p { margin: 0; }
b { font: bold 13pt "DejaVu Sans Mono", Consolas, monospace; }
small { font-size: 8.5pt; }
</style></head><body><main>
)";

std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

}  // namespace

std::string SlipsPage(const google::protobuf::RepeatedPtrField<access::v1::AccountSlip>& slips,
                      const std::string& address) {
  const std::string where = address.empty() ? "登录系统" : fmt::format("打开 {} 登录", Escaped(address));
  std::string page = kHead;
  for (const access::v1::AccountSlip& slip : slips) {
    page += fmt::format(
        "<section><h2>{}</h2><p>登录名 <b>{}</b></p><p>初始密码 <b>{}</b></p>"
        "<p><small>{}，按提示修改密码并绑定手机验证器。14天内有效；请勿转交他人，登录后销毁本单。</small></"
        "p></section>\n",
        Escaped(slip.display_name()), Escaped(slip.login()), Escaped(slip.first_password()), where);
  }
  return page + "</main></body></html>\n";
}

}  // namespace tonghu::tonghuctl
