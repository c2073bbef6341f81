// tonghuctl alerts ack and resolve.
#include "services/tonghuctl/commands/alert_text.h"
#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/typed.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace alerts::v1;
using Stub = AlertService::Stub;

struct Options {
  std::string county, alert, staff, resolution;
};

absl::Status Show(const Session& session, const absl::StatusOr<Alert>& alert) {
  if (!alert.ok()) return alert.status();
  session.output.Show(*alert, [&] { return AlertCard(*alert); });
  return absl::OkStatus();
}

absl::Status Acknowledge(Session& session, const Options& options) {
  Typed typed(options.county);
  AcknowledgeAlertRequest request;
  request.set_name(typed.Name("ALERT", "alerts", options.alert));
  request.set_staff_member(typed.Name("--by", "staffMembers", options.staff));
  if (!typed.ok()) return typed.status();
  return Show(session, session.client().Call(&Stub::AcknowledgeAlert, request));
}

absl::Status Resolve(Session& session, const Options& options) {
  Typed typed(options.county);
  ResolveAlertRequest request;
  request.set_name(typed.Name("ALERT", "alerts", options.alert));
  request.set_staff_member(typed.Name("--by", "staffMembers", options.staff));
  request.set_resolution(options.resolution);
  if (!typed.ok()) return typed.status();
  return Show(session, session.client().Call(&Stub::ResolveAlert, request));
}

std::pair<Command, Options&> AddAnswer(Command group, Session& session, const Verb& verb,
                                       absl::Status (*run)(Session&, const Options&)) {
  auto [command, options] = AddCommand<Options>(group, session, verb, run);
  command.AddOption("ALERT", options.alert, "Id or full name").Required();
  command.AddOption("--by", options.staff, "Staff number of who answers").Required();
  AddCounty(command, options.county);
  return {command, options};
}

}  // namespace

void AddAlertAnswers(Command group, Session& session) {
  AddAnswer(
      group, session,
      {"ack", "Say that somebody has taken it up", "alerts ack 0193... --by 52052100003 --county 520521"},
      Acknowledge);
  auto [command, options] =
      AddAnswer(group, session,
                {"resolve", "Settle it",
                 "alerts resolve 0193... --by 52052100003 --resolution 已家访，孩子平安 --county 520521"},
                Resolve);
  command.AddOption("--resolution", options.resolution, "What was found and done").Required();
}

}  // namespace tonghu::tonghuctl
