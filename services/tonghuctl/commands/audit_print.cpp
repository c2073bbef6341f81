// tonghuctl audit print: the list of who read or changed a child's file, to print for the child's guardian.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_split.h"
#include "libs/clock/timestamp.h"
#include "libs/forms/typed.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/names.h"
#include "services/tonghuctl/table.h"
#include "tonghu/access/v1/audit_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace access::v1;

constexpr int kLines = 56;  // of a page of A4 at 12 points, below its heading

// What a method or event is called on paper.
constexpr struct {
  const char *what, *word;
} kWords[] = {{"GetChild", "查看档案"},
              {"ListChildren", "查看儿童名单"},
              {"BatchGetDisplayNames", "显示姓名"},
              {"GetContact", "查看联系记录"},
              {"ListContacts", "查看联系记录"},
              {"BatchGetLastContacts", "查看最近联系"},
              {"GetAlert", "查看预警"},
              {"ListAlerts", "查看预警"},
              {"ListAbsences", "查看缺勤"},
              {"ListEmergencies", "查看突发事件"},
              {"child_put", "登记或修改档案"},
              {"contact_logged", "登记联系"},
              {"contact_changed", "更正或撤回联系"},
              {"ListContactVersions", "查看联系的更正记录"},
              {"pairing_started", "结对"},
              {"pairing_handed_over", "移交结对"},
              {"pairing_ended", "结束结对"},
              {"alert_raised", "发出预警"},
              {"alert_acknowledged", "响应预警"},
              {"alert_noted", "备注预警"},
              {"alert_resolved", "办结预警"},
              {"duty_excused", "免除任务"},
              {"glass_broken", "紧急查阅"}};

std::string WordOf(const std::string& what) {
  for (const auto& one : kWords) {
    if (what == one.what) return one.word;
  }
  return what;
}

// The actor itself where access knows no name.
std::string NameOf(const AuditEntry& entry) {
  if (entry.actor() == "operators/local") return "本机操作员";
  return entry.actor_name().empty() ? entry.actor() : entry.actor_name();
}

// The lines as pages with a heading each.
std::string Pages(const std::string& child, const std::string& table) {
  const std::vector<std::string> lines = absl::StrSplit(table, '\n', absl::SkipEmpty());
  const size_t pages = std::max<size_t>(1, (lines.size() - 1 + kLines - 1) / kLines);
  std::string text;
  for (size_t page = 0; page < pages; ++page) {
    // A form feed begins a new sheet.
    text +=
        fmt::format("{}儿童档案查阅与更改记录    {}    打印时间 {}    第 {} 页，共 {} 页\n\n{}\n",
                    page == 0 ? "" : "\f", child, forms::TimeText(absl::Now()), page + 1, pages, lines[0]);
    for (size_t i = 1 + page * kLines; i < lines.size() && i < 1 + (page + 1) * kLines; ++i)
      text += lines[i] + "\n";
  }
  return text;
}

}  // namespace

absl::Status PrintAudit(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(auto request, RequestOf<ListAuditEntriesRequest>(typed));
  request.set_page_size(1000);
  ListAuditEntriesResponse all;
  RETURN_IF_ERROR(session.client().ForEachPage(&AuditService::Stub::ListAuditEntries, request,
                                               [&](const ListAuditEntriesResponse& page) {
                                                 for (const AuditEntry& entry : page.entries()) {
                                                   // Who was refused has read nothing.
                                                   if (entry.action() != AUDIT_ACTION_REFUSED)
                                                     *all.add_entries() = entry;
                                                 }
                                               }));
  forms::Names names;
  // Without the name the list says the child's id.
  LookUp(session.client(), {request.child()}, &names).IgnoreError();
  const auto named = names.find(request.child());
  Table table({"时间", "事项", "人员", "用途"});
  for (const AuditEntry& entry : all.entries()) {
    table.Add({forms::TimeText(entry.time()), WordOf(entry.what()), Printable(NameOf(entry)),
               Printable(entry.purpose())});
  }
  session.output.Show(all, [&] {
    return Pages(named == names.end() ? request.child() : Printable(named->second), table.Text());
  });
  return absl::OkStatus();
}

}  // namespace tonghu::tonghuctl
