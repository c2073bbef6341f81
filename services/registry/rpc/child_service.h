// ChildService over gRPC.
#pragma once

#include "libs/postgres/pool.h"
#include "libs/rpc/workers.h"
#include "services/registry/app/commands.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"

namespace tonghu::registry {

class ChildService final : public v1::ChildService::CallbackService {
 public:
  // All outlive it.
  ChildService(CreateChildCommandHandler& create, UpdateChildCommandHandler& update, postgres::Pool& pool,
               rpc::Workers& workers)
      : create_(create), update_(update), pool_(pool), workers_(workers) {}

  grpc::ServerUnaryReactor* CreateChild(grpc::CallbackServerContext* context,
                                        const v1::CreateChildRequest* request, v1::Child* reply) override;
  grpc::ServerUnaryReactor* UpdateChild(grpc::CallbackServerContext* context,
                                        const v1::UpdateChildRequest* request, v1::Child* reply) override;
  grpc::ServerUnaryReactor* GetChild(grpc::CallbackServerContext* context, const v1::GetChildRequest* request,
                                     v1::Child* reply) override;
  grpc::ServerUnaryReactor* ListChildren(grpc::CallbackServerContext* context,
                                         const v1::ListChildrenRequest* request,
                                         v1::ListChildrenResponse* reply) override;

 private:
  CreateChildCommandHandler& create_;
  UpdateChildCommandHandler& update_;
  postgres::Pool& pool_;
  rpc::Workers& workers_;
};

}  // namespace tonghu::registry
