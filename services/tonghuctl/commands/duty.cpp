// tonghuctl duty: what is owed to whom by when.
#include <fmt/format.h>

#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/table.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace pairing::v1;
using Stub = DutyService::Stub;

struct ListOptions {
  std::string county, child, state, due_before;
  PageOptions paging;
};
struct ExcuseOptions {
  std::string county, duty, reason;
};

std::string StateOf(const Duty& duty) {
  std::string text = Label(duty.state());
  if (duty.reported_late()) text += "（迟报）";
  if (!duty.excuse().empty()) text += "：" + duty.excuse();
  return text;
}

template <class Duties>
std::string Text(const Duties& duties) {
  Table table({"编号", "儿童", "帮扶人", "事项", "从", "到", "判定时间", "状态"});
  for (const Duty& duty : duties) {
    table.Add({ShortName(duty.name()), ShortName(duty.child()), ShortName(duty.helper()), Label(duty.kind()),
               TimeText(duty.window_start()), TimeText(duty.window_end()), TimeText(duty.due_time()),
               StateOf(duty)});
  }
  return table.Text();
}

absl::Status List(Session& session, const ListOptions& options) {
  Typed typed(options.county);
  ListDutiesRequest request;
  request.set_child(typed.Name("--child", "children", options.child));
  request.set_parent(typed.Parent());
  request.set_state(ParseEnum<DutyState>(options.state));
  if (!options.due_before.empty())
    typed.Time("--due-before", options.due_before, request.mutable_due_before());
  if (!typed.ok()) return typed.status();
  const auto found = AskPages(session.client(), &Stub::ListDuties, request, options.paging);
  if (!found.ok()) return found.status();
  session.output.Show(
      *found, [&] { return Text(found->duties()) + fmt::format("列出 {} 项\n", found->duties_size()); });
  RemarkCut(session, *found);
  return absl::OkStatus();
}

absl::Status Excuse(Session& session, const ExcuseOptions& options) {
  Typed typed(options.county);
  ExcuseDutyRequest request;
  request.set_name(typed.Name("DUTY", "duties", options.duty));
  request.set_reason(options.reason);
  if (!typed.ok()) return typed.status();
  const auto excused = session.client().Call(&Stub::ExcuseDuty, request);
  if (!excused.ok()) return excused.status();
  session.output.Show(*excused, [&] { return Text(std::vector<Duty>{*excused}); });
  return absl::OkStatus();
}

}  // namespace

void AddDuty(Command app, Session& session) {
  const Command group = AddGroup(app, "duty", "Duties: what is owed to whom by when");
  {
    auto [command, options] = AddCommand<ListOptions>(
        group, session, {"list", "List duties", "duty list --county 520521 --in-state missed"}, List);
    AddCounty(command, options.county);
    command.AddOption("--child", options.child, "Only this child's");
    AddChoice<DutyState>(command, "--in-state", options.state, "Only this state");
    command.AddOption("--due-before", options.due_before, "Only those due at or before this time");
    AddPaging(command, options.paging);
  }
  auto [command, options] =
      AddCommand<ExcuseOptions>(group, session,
                                {"excuse", "Excuse an open duty; it then raises no alert",
                                 "duty excuse 0193... --county 520521 --reason 住院"},
                                Excuse);
  command.AddOption("DUTY", options.duty, "Id or full name").Required();
  AddCounty(command, options.county);
  command.AddOption("--reason", options.reason, "Why, in the officer's words").Required();
}

}  // namespace tonghu::tonghuctl
