// tonghuctl emergency: sudden events.
#include <fmt/format.h>

#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace alerts::v1;

struct Options {
  std::string county, child, kind, description, reporter, at;
};

absl::Status Report(Session& session, const Options& options) {
  Typed typed(options.county);
  ReportEmergencyRequest request;
  request.set_child(typed.Name("--child", "children", options.child));
  request.set_reporter(typed.Name("--reporter", "staffMembers", options.reporter));
  request.set_kind(ParseEnum<EmergencyKind>(options.kind));
  request.set_description(options.description);
  if (!options.at.empty()) typed.Time("--at", options.at, request.mutable_happen_time());
  request.set_parent(typed.Parent());
  if (!typed.ok()) return typed.status();
  const auto alert = session.client().Call(&SignalService::Stub::ReportEmergency, request);
  if (!alert.ok()) return alert.status();
  session.output.Show(*alert, [&] {
    std::string text = fmt::format("预警 {}\n", alert->name());
    for (const AlertEntry& entry : alert->entries()) {
      if (entry.action() != ALERT_ACTION_TOLD) continue;
      text +=
          fmt::format("  {} 已通知{} {}\n", TimeText(entry.time()), Label(entry.level()), entry.staff_name());
    }
    return text;
  });
  return absl::OkStatus();
}

}  // namespace

void AddEmergency(Command app, Session& session) {
  auto [command, options] =
      AddCommand<Options>(AddGroup(app, "emergency", "Sudden events"), session,
                          {"report", "Report a sudden event; several are told at once, day or night",
                           "emergency report --child 0193... --kind missing --reporter 52052100007 "
                           "--description 晚自习后未回家 --county 520521"},
                          Report);
  command.AddOption("--child", options.child, "The child").Required();
  AddChoice<EmergencyKind>(command, "--kind", options.kind, "What kind").Required();
  command.AddOption("--description", options.description, "What happened").Required();
  command.AddOption("--reporter", options.reporter, "Staff number of who reports");
  command.AddOption("--at", options.at, "When it happened; now when left out");
  AddCounty(command, options.county);
}

}  // namespace tonghu::tonghuctl
