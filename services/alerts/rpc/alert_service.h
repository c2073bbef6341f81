// AlertService: seeing alerts, answering them, settling them.
#pragma once

#include "libs/journal/command.h"
#include "libs/journal/node.h"
#include "services/alerts/app/context.h"
#include "services/alerts/rpc/watch_hub.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"

namespace tonghu::alerts {

class AlertService final : public v1::AlertService::CallbackService {
 public:
  // All outlive it.
  AlertService(journal::Node& node, const Context& context, WatchHub& hub);

  grpc::ServerUnaryReactor* GetAlert(grpc::CallbackServerContext* context, const v1::GetAlertRequest* request,
                                     v1::Alert* response) override;
  grpc::ServerUnaryReactor* ListAlerts(grpc::CallbackServerContext* context,
                                       const v1::ListAlertsRequest* request,
                                       v1::ListAlertsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchAlertsResponse>* WatchAlerts(
      grpc::CallbackServerContext* context, const v1::WatchAlertsRequest* request) override;
  grpc::ServerUnaryReactor* AcknowledgeAlert(grpc::CallbackServerContext* context,
                                             const v1::AcknowledgeAlertRequest* request,
                                             v1::Alert* response) override;
  grpc::ServerUnaryReactor* ResolveAlert(grpc::CallbackServerContext* context,
                                         const v1::ResolveAlertRequest* request,
                                         v1::Alert* response) override;
  grpc::ServerUnaryReactor* ListNotifications(grpc::CallbackServerContext* context,
                                              const v1::ListNotificationsRequest* request,
                                              v1::ListNotificationsResponse* response) override;

 private:
  absl::StatusOr<v1::Alert> Get(const v1::GetAlertRequest& request) const;
  absl::StatusOr<v1::ListAlertsResponse> List(const v1::ListAlertsRequest& request) const;
  absl::StatusOr<v1::ListNotificationsResponse> Notifications(
      const v1::ListNotificationsRequest& request) const;

  postgres::Pool& pool_;
  rpc::Workers& workers_;
  WatchHub& hub_;
  journal::CommandHandler<v1::AcknowledgeAlertRequest, v1::Alert> acknowledge_;
  journal::CommandHandler<v1::ResolveAlertRequest, v1::Alert> resolve_;
};

}  // namespace tonghu::alerts
