// tonghuctl talk-policy: how long reports of weekly talks may take.
#include <fmt/format.h>

#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/pairing/v1/calendar_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace pairing::v1;

struct Options {
  std::string county, report_grace, late_after;
};

absl::Status Display(const Session& session, const absl::StatusOr<TalkPolicy>& policy) {
  if (!policy.ok()) return policy.status();
  session.output.Show(*policy, [&] {
    Table table({"项目", "内容"});
    table.Add({"范围", policy->parent()});
    table.Add({"版本", policy->version() == 0 ? "内置" : fmt::format("{}", policy->version())});
    table.Add({"补报宽限", DurationText(policy->report_grace())});
    table.Add({"算作迟报", DurationText(policy->late_report_after())});
    return table.Text();
  });
  return absl::OkStatus();
}

absl::Status Show(Session& session, const Options& options) {
  Typed typed(options.county);
  GetTalkPolicyRequest request;
  request.set_parent(typed.Parent());
  if (!typed.ok()) return typed.status();
  return Display(session, session.client().Call(&CalendarService::Stub::GetTalkPolicy, request));
}

// What is not said stays as it is: the service sees what is unset.
absl::Status Put(Session& session, const Options& options) {
  Typed typed(options.county);
  PutTalkPolicyRequest request;
  TalkPolicy& policy = *request.mutable_policy();
  policy.set_parent(typed.Parent());
  if (!options.report_grace.empty())
    typed.Duration("--report-grace", options.report_grace, policy.mutable_report_grace());
  if (!options.late_after.empty())
    typed.Duration("--late-after", options.late_after, policy.mutable_late_report_after());
  if (!typed.ok()) return typed.status();
  if (!policy.has_report_grace() && !policy.has_late_report_after())
    return UsageError("say --report-grace or --late-after");
  return Display(session, session.client().Call(&CalendarService::Stub::PutTalkPolicy, request));
}

}  // namespace

void AddTalkPolicy(Command app, Session& session) {
  const Command group = AddGroup(app, "talk-policy", "The weekly talk: how long its report may take");
  {
    auto [command, options] = AddCommand<Options>(
        group, session, {"show", "Show a county's policy", "talk-policy show --county 520521"}, Show);
    AddCounty(command, options.county);
  }
  auto [command, options] = AddCommand<Options>(
      group, session,
      {"put", "Set it for duties made from now on", "talk-policy put --county 520521 --report-grace 48h"},
      Put);
  AddCounty(command, options.county);
  command.AddOption("--report-grace", options.report_grace,
                    "How long after the week's end a talk may be reported before it is missed");
  command.AddOption("--late-after", options.late_after, "A report this long after the talk counts as late");
}

}  // namespace tonghu::tonghuctl
