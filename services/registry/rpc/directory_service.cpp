#include "services/registry/app/commands.h"
#include "services/registry/app/queries.h"
#include "services/registry/rpc/services.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::registry {

std::unique_ptr<journal::Service> OfferDirectory(journal::Node& node) {
  auto directory = node.Offer<v1::DirectoryService>();
  directory->Command<v1::PutSchoolRequest, v1::School>("PutSchool", PutSchool);
  directory->Command<v1::PutStaffMemberRequest, v1::StaffMember>("PutStaffMember", PutStaffMember);
  directory->Command<v1::PutPostRequest, v1::Post>("PutPost", PutPost);
  directory->Answer<v1::ListDivisionsRequest, v1::ListDivisionsResponse>("ListDivisions", ListDivisions);
  directory->Answer("ListSchools", ListSchools);
  directory->Answer("ListStaffMembers", ListStaffMembers);
  directory->Answer("ListPosts", ListPosts);
  directory->Answer("BatchGetDisplayNames", BatchGetDisplayNames);
  return directory;
}

}  // namespace tonghu::registry
