#include "services/registry/app/messages.h"

#include <fmt/format.h>

#include "libs/clock/timestamp.h"
#include "libs/ids/references.h"

namespace tonghu::registry {
namespace {

using ids::NameOf;

Relative RelativeOf(const v1::Relative& message) {
  return {message.display_name(), message.relation(), message.phone(), message.workplace()};
}

void Write(const Relative& relative, v1::Relative& message) {
  message.set_display_name(relative.display_name);
  message.set_relation(relative.relation);
  message.set_phone(relative.phone);
  message.set_workplace(relative.workplace);
}

}  // namespace

std::string IdIn(const std::string& name, std::string_view collection, std::string_view field,
                 std::string_view county, Faults& faults) {
  // A reference may be empty here; which ones must be given is the domain's to judge.
  auto id = ids::OptionalIdIn(county, name, collection, field);
  if (id.ok()) return *std::move(id);
  faults.push_back(refusal::Of(id.status()));
  return "";
}

// The numbers of enumerations are those of the API; CheckDossier refuses a number that stands for nothing.
Dossier DossierOf(const v1::Child& message, std::string_view county, Faults& faults) {
  Dossier dossier;
  dossier.display_name = message.display_name();
  dossier.sex = static_cast<Sex>(message.sex());
  dossier.birth = ParseDate(message.birth_date());
  dossier.identity_number = message.identity_number();
  dossier.ethnic_group = message.ethnic_group();
  dossier.school_id = IdIn(message.school(), "schools", "school", county, faults);
  dossier.grade = message.grade();
  dossier.class_number = message.class_number();
  dossier.boarding = message.boarding();
  dossier.guardianship = static_cast<Guardianship>(message.guardianship_type());
  dossier.care_level = static_cast<CareLevel>(message.care_level());
  if (message.has_guardian()) dossier.guardian = RelativeOf(message.guardian());
  for (const auto& parent : message.parents()) dossier.parents.push_back(RelativeOf(parent));
  return dossier;
}

v1::Child MessageOf(const Child& child) {
  v1::Child message;
  const Dossier& dossier = child.dossier;
  message.set_name(NameOf(child.county, "children", child.id));
  message.set_display_name(dossier.display_name);
  message.set_sex(static_cast<v1::Sex>(dossier.sex));
  if (dossier.birth) message.set_birth_date(absl::FormatCivilTime(*dossier.birth));
  message.set_identity_number(dossier.identity_number);
  message.set_ethnic_group(dossier.ethnic_group);
  message.set_school(NameOf(child.county, "schools", dossier.school_id));
  message.set_grade(dossier.grade);
  message.set_class_number(dossier.class_number);
  message.set_boarding(dossier.boarding);
  message.set_guardianship_type(static_cast<v1::GuardianshipType>(dossier.guardianship));
  message.set_care_level(static_cast<v1::CareLevel>(dossier.care_level));
  if (!dossier.guardian.empty()) Write(dossier.guardian, *message.mutable_guardian());
  for (const Relative& parent : dossier.parents) Write(parent, *message.add_parents());
  clock::SetTime(child.create_time, message.mutable_create_time());
  clock::SetTime(child.update_time, message.mutable_update_time());
  // The revision counts up with every change, so it tells an old state from the current one.
  message.set_etag(fmt::format("{}", child.revision));
  return message;
}

// A name that can't be read becomes an empty id, which CheckSchool and CheckStaffMember refuse.
School SchoolOf(const v1::School& message, std::string_view county) {
  auto id = ids::IdIn(county, message.name(), "schools", "school.name").value_or("");
  return {std::string(county), std::move(id), message.display_name(), message.township_code()};
}

StaffMember StaffMemberOf(const v1::StaffMember& message, std::string_view county, Faults& faults) {
  auto id = ids::IdIn(county, message.name(), "staffMembers", "staff_member.name").value_or("");
  return {.county = std::string(county),
          .id = std::move(id),
          .display_name = message.display_name(),
          .phone = message.phone(),
          .school_id = IdIn(message.school(), "schools", "school", county, faults),
          .sex = static_cast<Sex>(message.sex()),
          .left = message.left()};
}

Post PostOf(const v1::Post& message, std::string_view county, Faults& faults) {
  return {.county = std::string(county),
          .kind = static_cast<PostKind>(message.kind()),
          .school_id = IdIn(message.school(), "schools", "school", county, faults),
          .grade = message.grade(),
          .class_number = message.class_number(),
          .township_code = message.township_code(),
          .holder_id = IdIn(message.holder(), "staffMembers", "holder", county, faults),
          .deputy_id = IdIn(message.deputy(), "staffMembers", "deputy", county, faults)};
}

v1::School MessageOf(const School& school) {
  v1::School message;
  message.set_name(NameOf(school.county, "schools", school.id));
  message.set_display_name(school.display_name);
  message.set_township_code(school.township_code);
  return message;
}

v1::StaffMember MessageOf(const StaffMember& member) {
  v1::StaffMember message;
  message.set_name(NameOf(member.county, "staffMembers", member.id));
  message.set_display_name(member.display_name);
  message.set_phone(member.phone);
  message.set_school(NameOf(member.county, "schools", member.school_id));
  message.set_sex(static_cast<v1::Sex>(member.sex));
  message.set_left(member.left);
  return message;
}

v1::Post MessageOf(const Post& post) {
  v1::Post message;
  message.set_name(NameOf(post.county, "posts", post.id()));
  message.set_kind(static_cast<v1::PostKind>(post.kind));
  message.set_school(NameOf(post.county, "schools", post.school_id));
  message.set_grade(post.grade);
  message.set_class_number(post.class_number);
  message.set_township_code(post.township_code);
  message.set_holder(NameOf(post.county, "staffMembers", post.holder_id));
  message.set_deputy(NameOf(post.county, "staffMembers", post.deputy_id));
  return message;
}

}  // namespace tonghu::registry
