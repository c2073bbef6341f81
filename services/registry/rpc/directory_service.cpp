#include "services/registry/rpc/directory_service.h"

#include "libs/journal/command.h"
#include "libs/rpc/unary.h"
#include "services/registry/app/queries.h"

namespace tonghu::registry {

grpc::ServerUnaryReactor* DirectoryService::ListDivisions(grpc::CallbackServerContext* context,
                                                          const v1::ListDivisionsRequest* request,
                                                          v1::ListDivisionsResponse* reply) {
  return rpc::Finish(context, registry::ListDivisions(*request), reply);
}

grpc::ServerUnaryReactor* DirectoryService::PutSchool(grpc::CallbackServerContext* context,
                                                      const v1::PutSchoolRequest* request,
                                                      v1::School* reply) {
  return journal::RunCommand(lanes_.school, context, request, reply,
                             CountyIn(request->school().name(), "schools", "school.name"));
}

grpc::ServerUnaryReactor* DirectoryService::ListSchools(grpc::CallbackServerContext* context,
                                                        const v1::ListSchoolsRequest* request,
                                                        v1::ListSchoolsResponse* reply) {
  return rpc::Run(workers_, context, request, reply,
                  [this](const auto& r) { return registry::ListSchools(pool_, r); });
}

grpc::ServerUnaryReactor* DirectoryService::PutStaffMember(grpc::CallbackServerContext* context,
                                                           const v1::PutStaffMemberRequest* request,
                                                           v1::StaffMember* reply) {
  return journal::RunCommand(lanes_.staff, context, request, reply,
                             CountyIn(request->staff_member().name(), "staffMembers", "staff_member.name"));
}

grpc::ServerUnaryReactor* DirectoryService::ListStaffMembers(grpc::CallbackServerContext* context,
                                                             const v1::ListStaffMembersRequest* request,
                                                             v1::ListStaffMembersResponse* reply) {
  return rpc::Run(workers_, context, request, reply,
                  [this](const auto& r) { return registry::ListStaffMembers(pool_, r); });
}

grpc::ServerUnaryReactor* DirectoryService::PutPost(grpc::CallbackServerContext* context,
                                                    const v1::PutPostRequest* request, v1::Post* reply) {
  return journal::RunCommand(lanes_.post, context, request, reply, CountyIn(request->parent(), "parent"));
}

grpc::ServerUnaryReactor* DirectoryService::ListPosts(grpc::CallbackServerContext* context,
                                                      const v1::ListPostsRequest* request,
                                                      v1::ListPostsResponse* reply) {
  return rpc::Run(workers_, context, request, reply,
                  [this](const auto& r) { return registry::ListPosts(pool_, r); });
}

grpc::ServerUnaryReactor* DirectoryService::BatchGetDisplayNames(
    grpc::CallbackServerContext* context, const v1::BatchGetDisplayNamesRequest* request,
    v1::BatchGetDisplayNamesResponse* reply) {
  return rpc::Run(workers_, context, request, reply,
                  [this](const auto& r) { return registry::BatchGetDisplayNames(pool_, r); });
}

}  // namespace tonghu::registry
