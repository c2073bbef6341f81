// SignalService: what schools and helpers report.
#pragma once

#include "libs/ids/names.h"
#include "libs/journal/command.h"
#include "libs/journal/node.h"
#include "services/alerts/app/context.h"
#include "tonghu/alerts/v1/signal_service.grpc.pb.h"

namespace tonghu::alerts {

class SignalService final : public v1::SignalService::CallbackService {
 public:
  // All outlive it.
  SignalService(journal::Node& node, const Context& context);

  grpc::ServerUnaryReactor* SubmitAttendance(grpc::CallbackServerContext* context,
                                             const v1::SubmitAttendanceRequest* request,
                                             v1::SubmitAttendanceResponse* response) override;
  grpc::ServerUnaryReactor* ReportAbsence(grpc::CallbackServerContext* context,
                                          const v1::ReportAbsenceRequest* request,
                                          v1::ReportAbsenceResponse* response) override;
  grpc::ServerUnaryReactor* ReportEmergency(grpc::CallbackServerContext* context,
                                            const v1::ReportEmergencyRequest* request,
                                            v1::Alert* response) override;

 private:
  journal::CommandHandler<v1::SubmitAttendanceRequest, v1::SubmitAttendanceResponse> attendance_;
  journal::CommandHandler<v1::ReportAbsenceRequest, v1::ReportAbsenceResponse> absence_;
  journal::CommandHandler<v1::ReportEmergencyRequest, v1::Alert> emergency_;
  journal::CommandHandler<v1::ReportEmergencyRequest, v1::Alert>
      emergency_regardless_;  // of whether the child is known
};

}  // namespace tonghu::alerts
