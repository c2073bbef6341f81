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

std::unique_ptr<journal::Service> OfferSignals(journal::Node& node, const Context& context) {
  auto signals = node.Offer<v1::SignalService>();
  signals->Command<v1::SubmitAttendanceRequest, v1::SubmitAttendanceResponse>(
      "SubmitAttendance", Decider<AttendanceReport>(context, ReportAttendance, AttendanceReply));
  signals->Command<v1::ReportAbsenceRequest, v1::ReportAbsenceResponse>(
      "ReportAbsence", Decider<AttendanceReport>(context, ReportAttendance, AbsenceReply));
  signals->Command<v1::ReportEmergencyRequest, v1::Alert>(
      "ReportEmergency",
      Decider<EmergencyReport>(context, Emergencies(UnknownChildren::kAreRefused), EmergencyReply),
      {.urgency = rpc::Urgency::kUrgent},
      Decider<EmergencyReport>(context, Emergencies(UnknownChildren::kAreTold), EmergencyReply));
  signals->Answer("ListAbsences", &AbsencesOf);
  signals->Answer("ListEmergencies", &EmergenciesOf);
  return signals;
}

}  // namespace tonghu::alerts
