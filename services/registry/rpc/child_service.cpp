#include "services/registry/rpc/child_service.h"

#include "libs/journal/command.h"
#include "libs/rpc/unary.h"
#include "services/registry/app/queries.h"

namespace tonghu::registry {

grpc::ServerUnaryReactor* ChildService::CreateChild(grpc::CallbackServerContext* context,
                                                    const v1::CreateChildRequest* request, v1::Child* reply) {
  return journal::RunCommand(create_, context, request, reply, CountyIn(request->parent(), "parent"));
}

grpc::ServerUnaryReactor* ChildService::UpdateChild(grpc::CallbackServerContext* context,
                                                    const v1::UpdateChildRequest* request, v1::Child* reply) {
  return journal::RunCommand(update_, context, request, reply,
                             CountyIn(request->child().name(), "children", "child.name"));
}

grpc::ServerUnaryReactor* ChildService::GetChild(grpc::CallbackServerContext* context,
                                                 const v1::GetChildRequest* request, v1::Child* reply) {
  return rpc::Run(workers_, context, request, reply,
                  [this](const auto& r) { return registry::GetChild(pool_, r); });
}

grpc::ServerUnaryReactor* ChildService::ListChildren(grpc::CallbackServerContext* context,
                                                     const v1::ListChildrenRequest* request,
                                                     v1::ListChildrenResponse* reply) {
  return rpc::Run(workers_, context, request, reply,
                  [this](const auto& r) { return registry::ListChildren(pool_, r); });
}

}  // namespace tonghu::registry
