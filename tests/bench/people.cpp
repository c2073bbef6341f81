#include "tests/bench/people.h"

#include <fmt/core.h>

#include "libs/client/first_sign_in.h"
#include "libs/rpc/errors.h"
#include "libs/status/macros.h"
#include "tests/harness/small_school.h"
#include "tonghu/access/v1/session_service.grpc.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::bench {
namespace {

namespace registry = tonghu::registry::v1;
using Directory = registry::DirectoryService::Stub;

// Registers `staff` as the holder of a post; gives their session.
absl::StatusOr<std::string> SignIn(client::Client& client, const std::string& staff, registry::Post post) {
  registry::PutStaffMemberRequest member;
  member.mutable_staff_member()->set_name(staff);
  member.mutable_staff_member()->set_display_name("老师");
  RETURN_IF_ERROR(client.Call(&Directory::PutStaffMember, member).status());
  registry::PutPostRequest put;
  put.set_parent(staff.substr(0, staff.find("/staffMembers/")));
  *put.mutable_post() = std::move(post);
  put.mutable_post()->set_holder(staff);
  RETURN_IF_ERROR(client.Call(&Directory::PutPost, put).status());
  ASSIGN_OR_RETURN(const auto slip, client::MakeAccount(client, staff));
  ASSIGN_OR_RETURN(auto signed_in, client::SignInFirst(client, slip, "Juhua#Tea-7"));
  return std::move(signed_in.token);
}

}  // namespace

absl::StatusOr<People> SignInPeople(Rig& rig) {
  client::Client client(rig.stack().endpoints());
  People people;
  for (const std::string& county : Counties()) {
    ASSIGN_OR_RETURN(const auto school, harness::PutSmallSchool(client, county));
    registry::Post office, teacher;
    office.set_kind(registry::POST_KIND_COUNTY_OFFICE);
    teacher.set_kind(registry::POST_KIND_CLASS_TEACHER);
    teacher.set_school(school.school);
    teacher.set_grade(1);
    teacher.set_class_number(1);
    ASSIGN_OR_RETURN(people.officers[county], SignIn(client, school.county + "/staffMembers/O1", office));
    ASSIGN_OR_RETURN(people.teachers[county], SignIn(client, HelperName(county), teacher));
  }
  return people;
}

absl::StatusOr<std::vector<std::string>> RegisterChildren(client::Client& client, int each) {
  std::vector<std::string> names;
  for (const std::string& county : Counties())
    RETURN_IF_ERROR(harness::PutSmallSchool(client, county).status());
  for (int i = 0; i < each; ++i) {
    for (const std::string& county : Counties()) {
      registry::CreateChildRequest request;
      request.set_parent("counties/" + county);
      registry::Child& child = *request.mutable_child();
      child.set_display_name(fmt::format("陈小明{}", i));
      child.set_birth_date("2014-01-02");
      child.set_sex(registry::SEX_FEMALE);
      child.set_school(request.parent() + "/schools/S1");
      child.set_grade(3);
      child.set_class_number(1);
      child.set_guardianship_type(registry::GUARDIANSHIP_TYPE_GRANDPARENTS);
      ASSIGN_OR_RETURN(const auto made, client.Call(&registry::ChildService::Stub::CreateChild, request));
      names.push_back(made.name());
    }
  }
  return names;
}

absl::StatusOr<std::string> IdentityOf(Rig& rig, const std::string& session, const std::string& audience) {
  auto access =
      tonghu::access::v1::SessionService::NewStub(rig.stack().Channel("access", "services/gateway"));
  tonghu::access::v1::IssueIdentityRequest request;
  request.set_token(session);
  request.set_audience(audience);
  request.set_address("127.0.0.1");
  tonghu::access::v1::IssueIdentityResponse response;
  auto context = rpc::WithDeadline(absl::Seconds(10));
  if (grpc::Status issued = access->IssueIdentity(context.get(), request, &response); !issued.ok())
    return rpc::FromGrpc(issued);
  return response.identity().SerializeAsString();
}

}  // namespace tonghu::bench
