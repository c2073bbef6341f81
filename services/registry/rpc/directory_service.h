// DirectoryService over gRPC.
#pragma once

#include "libs/postgres/pool.h"
#include "libs/rpc/workers.h"
#include "services/registry/app/commands.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::registry {

class DirectoryService final : public v1::DirectoryService::CallbackService {
 public:
  struct Handlers {
    PutSchoolCommandHandler& school;
    PutStaffMemberCommandHandler& staff;
    PutPostCommandHandler& post;
  };
  // All outlive it.
  DirectoryService(Handlers handlers, postgres::Pool& pool, rpc::Workers& workers)
      : lanes_(handlers), pool_(pool), workers_(workers) {}

  grpc::ServerUnaryReactor* ListDivisions(grpc::CallbackServerContext* context,
                                          const v1::ListDivisionsRequest* request,
                                          v1::ListDivisionsResponse* reply) override;
  grpc::ServerUnaryReactor* PutSchool(grpc::CallbackServerContext* context,
                                      const v1::PutSchoolRequest* request, v1::School* reply) override;
  grpc::ServerUnaryReactor* ListSchools(grpc::CallbackServerContext* context,
                                        const v1::ListSchoolsRequest* request,
                                        v1::ListSchoolsResponse* reply) override;
  grpc::ServerUnaryReactor* PutStaffMember(grpc::CallbackServerContext* context,
                                           const v1::PutStaffMemberRequest* request,
                                           v1::StaffMember* reply) override;
  grpc::ServerUnaryReactor* ListStaffMembers(grpc::CallbackServerContext* context,
                                             const v1::ListStaffMembersRequest* request,
                                             v1::ListStaffMembersResponse* reply) override;
  grpc::ServerUnaryReactor* PutPost(grpc::CallbackServerContext* context, const v1::PutPostRequest* request,
                                    v1::Post* reply) override;
  grpc::ServerUnaryReactor* ListPosts(grpc::CallbackServerContext* context,
                                      const v1::ListPostsRequest* request,
                                      v1::ListPostsResponse* reply) override;
  grpc::ServerUnaryReactor* BatchGetDisplayNames(grpc::CallbackServerContext* context,
                                                 const v1::BatchGetDisplayNamesRequest* request,
                                                 v1::BatchGetDisplayNamesResponse* reply) override;

 private:
  const Handlers lanes_;
  postgres::Pool& pool_;
  rpc::Workers& workers_;
};

}  // namespace tonghu::registry
