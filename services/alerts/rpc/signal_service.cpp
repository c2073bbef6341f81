#include "services/alerts/rpc/signal_service.h"

#include "services/alerts/rpc/decide.h"
#include "services/alerts/rpc/messages.h"
#include "services/alerts/rpc/signal_lists.h"
#include "services/alerts/rpc/signal_requests.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"

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

auto Emergencies(const Context& context, UnknownChildren unknown) {
  return [&context, unknown](journal::ShardTransaction& transaction, absl::Span<EmergencyReport> reports) {
    return ReportEmergencies(transaction, context, unknown, reports);
  };
}

}  // namespace

std::unique_ptr<journal::Service> OfferSignals(journal::Node& node, const Context& context) {
  auto signals = node.Offer<v1::SignalService>();
  const auto command = [](const auto& request) { return CommandOf(request); };
  signals->Command<v1::SubmitAttendanceRequest, v1::SubmitAttendanceResponse>(
      "SubmitAttendance", Decider(command, With(context, ReportAttendance), AttendanceReply));
  signals->Command<v1::ReportAbsenceRequest, v1::ReportAbsenceResponse>(
      "ReportAbsence", Decider(command, With(context, ReportAttendance), AbsenceReply));
  signals->Command<v1::ReportEmergencyRequest, v1::Alert>(
      "ReportEmergency", Decider(command, Emergencies(context, UnknownChildren::kAreRefused), EmergencyReply),
      {.urgency = rpc::Urgency::kUrgent},
      Decider(command, Emergencies(context, UnknownChildren::kAreTold), EmergencyReply));
  signals->Answer("ListAbsences", &AbsencesOf);
  signals->Answer("ListEmergencies", &EmergenciesOf);
  return signals;
}

}  // namespace tonghu::alerts
