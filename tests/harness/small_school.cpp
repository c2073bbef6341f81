#include "tests/harness/small_school.h"

#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"
#include "libs/division/division.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::harness {
namespace {

// The first township of a county; empty when there is none.
std::string TownshipOf(const std::string& county) {
  for (const auto& township : division::Divisions::Guizhou().AllOf(division::Level::kTownship)) {
    if (township.code.starts_with(county)) return std::string(township.code);
  }
  return "";
}

}  // namespace

absl::StatusOr<SmallSchool> PutSmallSchool(client::Client& client, const std::string& county) {
  const std::string parent = absl::StrCat("counties/", county);
  const SmallSchool made{parent, absl::StrCat(parent, "/schools/S1"),
                         absl::StrCat(parent, "/staffMembers/T1")};
  registry::v1::PutSchoolRequest school;
  school.mutable_school()->set_name(made.school);
  school.mutable_school()->set_display_name("实验小学");
  school.mutable_school()->set_township_code(TownshipOf(county));
  auto put = client.Call(&registry::v1::DirectoryService::Stub::PutSchool, school);
  if (!put.ok()) return put.status();
  registry::v1::PutStaffMemberRequest teacher;
  teacher.mutable_staff_member()->set_name(made.teacher);
  teacher.mutable_staff_member()->set_display_name("王老师");
  auto member = client.Call(&registry::v1::DirectoryService::Stub::PutStaffMember, teacher);
  if (!member.ok()) return member.status();
  return made;
}

absl::StatusOr<std::string> PutPairedChild(client::Client& client, const SmallSchool& school) {
  registry::v1::CreateChildRequest create;
  create.set_parent(school.county);
  registry::v1::Child& girl = *create.mutable_child();
  girl.set_display_name("陈小明");
  girl.set_birth_date("2014-01-02");
  girl.set_sex(registry::v1::SEX_FEMALE);
  girl.set_school(school.school);
  girl.set_grade(3);
  girl.set_class_number(1);
  girl.set_guardianship_type(registry::v1::GUARDIANSHIP_TYPE_GRANDPARENTS);
  auto child = client.Call(&registry::v1::ChildService::Stub::CreateChild, create);
  if (!child.ok()) return child.status();
  pairing::v1::CreatePairingRequest pair;
  pair.set_parent(school.county);
  pair.mutable_pairing()->set_child(child->name());
  pair.mutable_pairing()->set_helper(school.teacher);
  pair.mutable_pairing()->set_role(pairing::v1::PAIRING_ROLE_CLASS_TEACHER);
  auto paired = client.Call(&pairing::v1::PairingService::Stub::CreatePairing, pair);
  if (!paired.ok()) return paired.status();
  return child->name();
}

pairing::v1::CreateContactRequest TalkAt(const SmallSchool& school, const std::string& child,
                                         absl::Time happened) {
  pairing::v1::CreateContactRequest request;
  request.set_parent(school.county);
  request.mutable_contact()->set_child(child);
  request.mutable_contact()->set_helper(school.teacher);
  request.mutable_contact()->set_kind(pairing::v1::CONTACT_KIND_TALK);
  *request.mutable_contact()->mutable_happen_time() = clock::ToTimestamp(happened);
  return request;
}

}  // namespace tonghu::harness
