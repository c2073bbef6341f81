#include "services/alerts/rpc/signal_service.h"

#include "libs/journal/command.h"
#include "services/alerts/rpc/decide.h"
#include "services/alerts/rpc/messages.h"
#include "services/alerts/rpc/signal_requests.h"

namespace tonghu::alerts {
namespace {

absl::StatusOr<v1::SubmitAttendanceResponse> AttendanceReply(const AttendanceReport& report) {
  if (!report.alert_ids.ok()) return report.alert_ids.status();
  v1::SubmitAttendanceResponse response;
  for (const std::string& id : *report.alert_ids) response.add_alerts(NameOf(report.county, "alerts", id));
  return response;
}

absl::StatusOr<v1::ReportAbsenceResponse> AbsenceReply(const AttendanceReport& report) {
  if (!report.alert_ids.ok()) return report.alert_ids.status();
  v1::ReportAbsenceResponse response;
  if (!report.alert_ids->empty())
    response.set_alert(NameOf(report.county, "alerts", report.alert_ids->front()));
  return response;
}

absl::StatusOr<v1::Alert> EmergencyReply(const EmergencyReport& report) {
  if (!report.alert.ok()) return report.alert.status();
  return MessageOf(*report.alert);
}

// The decider of a handler whose requests become inputs by CommandOf.
template <class Input, class Run, class Pack>
auto Decider(const Context& context, Run run, Pack pack) {
  return [&context, run, pack](journal::ShardTransaction& transaction, auto commands) {
    return DecideEach<Input>(
        commands, [](const auto& request) { return CommandOf(request); },
        [&](absl::Span<Input> inputs) { return run(transaction, context, inputs); }, pack);
  };
}

auto Emergencies(UnknownChildren unknown) {
  return [unknown](journal::ShardTransaction& transaction, const Context& context,
                   absl::Span<EmergencyReport> reports) {
    return ReportEmergencies(transaction, context, unknown, reports);
  };
}

}  // namespace

SignalService::SignalService(journal::Node& node, const Context& context)
    : attendance_(node.executor(), "SubmitAttendance",
                  Decider<AttendanceReport>(context, ReportAttendance, AttendanceReply)),
      absence_(node.executor(), "ReportAbsence",
               Decider<AttendanceReport>(context, ReportAttendance, AbsenceReply)),
      emergency_(node.executor(), "ReportEmergency",
                 Decider<EmergencyReport>(context, Emergencies(UnknownChildren::kAreRefused), EmergencyReply),
                 rpc::Urgency::kUrgent),
      emergency_regardless_(
          node.executor(), "ReportEmergency",
          Decider<EmergencyReport>(context, Emergencies(UnknownChildren::kAreTold), EmergencyReply),
          rpc::Urgency::kUrgent) {}

grpc::ServerUnaryReactor* SignalService::SubmitAttendance(grpc::CallbackServerContext* context,
                                                          const v1::SubmitAttendanceRequest* request,
                                                          v1::SubmitAttendanceResponse* response) {
  return journal::RunCommand(attendance_, context, request, response,
                             journal::CountyOf(ids::ParseName(request->school(), "schools", "school")));
}

grpc::ServerUnaryReactor* SignalService::ReportAbsence(grpc::CallbackServerContext* context,
                                                       const v1::ReportAbsenceRequest* request,
                                                       v1::ReportAbsenceResponse* response) {
  return journal::RunCommand(absence_, context, request, response,
                             ids::ParseParent(request->parent(), "parent"));
}

grpc::ServerUnaryReactor* SignalService::ReportEmergency(grpc::CallbackServerContext* context,
                                                         const v1::ReportEmergencyRequest* request,
                                                         v1::Alert* response) {
  return journal::RunCommand(emergency_, context, request, response,
                             ids::ParseParent(request->parent(), "parent"), &emergency_regardless_);
}

}  // namespace tonghu::alerts
