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

// The handler of a lane whose requests become commands by CommandOf.
template <class Command, class Run, class Pack>
auto Handler(const Office& office, Run run, Pack pack) {
  return [&office, run, pack](journal::ShardTransaction& transaction, auto slots) {
    return DecideSlots<Command>(
        slots, [](const auto& request) { return CommandOf(request); },
        [&](absl::Span<Command> commands) { return run(transaction, office, commands); }, pack);
  };
}

auto Emergencies(UnknownChildren unknown) {
  return [unknown](journal::ShardTransaction& transaction, const Office& office,
                   absl::Span<EmergencyReport> reports) {
    return ReportEmergencies(transaction, office, unknown, reports);
  };
}

}  // namespace

SignalService::SignalService(journal::Node& node, const Office& office)
    : attendance_(node.writer(), "SubmitAttendance",
                  Handler<AttendanceReport>(office, ReportAttendance, AttendanceReply)),
      absence_(node.writer(), "ReportAbsence",
               Handler<AttendanceReport>(office, ReportAttendance, AbsenceReply)),
      emergency_(node.writer(), "ReportEmergency",
                 Handler<EmergencyReport>(office, Emergencies(UnknownChildren::kAreRefused), EmergencyReply),
                 rpc::Urgency::kUrgent),
      emergency_regardless_(
          node.writer(), "ReportEmergency",
          Handler<EmergencyReport>(office, Emergencies(UnknownChildren::kAreTold), EmergencyReply),
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
