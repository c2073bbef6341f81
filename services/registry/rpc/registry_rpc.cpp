#include "services/registry/rpc/registry_rpc.h"

#include "services/registry/app/commands.h"
#include "services/registry/app/queries.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::registry {

std::unique_ptr<journal::Service> OfferChildren(journal::Node& node) {
  auto children = node.Offer<v1::ChildService>();
  children->Command<v1::CreateChildRequest, v1::Child>("CreateChild", CreateChild(node.ids()));
  children->Command<v1::UpdateChildRequest, v1::Child>("UpdateChild", UpdateChild);
  children->Answer<v1::GetChildRequest, v1::Child>("GetChild", GetChild);
  children->Answer("ListChildren", ListChildren);
  return children;
}

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
