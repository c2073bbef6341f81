// PolicyService: escalation policies.
#pragma once

#include "libs/journal/command.h"
#include "libs/journal/node.h"
#include "services/alerts/rpc/talk_owners.h"
#include "tonghu/alerts/v1/policy_service.grpc.pb.h"

namespace tonghu::alerts {

class PolicyService final : public v1::PolicyService::CallbackService {
 public:
  PolicyService(journal::Node& node, TalkOwners helpers);  // the node outlives it

  grpc::ServerUnaryReactor* GetEscalationPolicy(grpc::CallbackServerContext* context,
                                                const v1::GetEscalationPolicyRequest* request,
                                                v1::EscalationPolicy* response) override;
  grpc::ServerUnaryReactor* PutEscalationPolicy(grpc::CallbackServerContext* context,
                                                const v1::PutEscalationPolicyRequest* request,
                                                v1::EscalationPolicy* response) override;
  grpc::ServerUnaryReactor* TryEscalationPolicy(grpc::CallbackServerContext* context,
                                                const v1::TryEscalationPolicyRequest* request,
                                                v1::TryEscalationPolicyResponse* response) override;

 private:
  absl::StatusOr<v1::EscalationPolicy> Get(const v1::GetEscalationPolicyRequest& request) const;
  absl::StatusOr<v1::TryEscalationPolicyResponse> Try(const v1::TryEscalationPolicyRequest& request) const;

  postgres::Pool& pool_;
  const clock::Clock& clock_;
  rpc::Workers& workers_;
  const TalkOwners helpers_;
  journal::CommandHandler<v1::PutEscalationPolicyRequest, v1::EscalationPolicy> put_;
};

}  // namespace tonghu::alerts
