#include "services/registry/events/publish.h"

#include <string>

#include "tonghu/registry/events/v1/registry_events.pb.h"

namespace tonghu::registry {

// The event of a child holds no name: who needs the name asks the registry.
void PublishChildPut(journal::ShardTransaction& transaction, const Child& child,
                     std::string_view township_code) {
  events::v1::ChildPut event;
  event.set_child_id(child.id);
  event.set_school_id(child.dossier.school_id);
  event.set_township_code(std::string(township_code));
  event.set_grade(child.dossier.grade);
  event.set_class_number(child.dossier.class_number);
  event.set_care_level(static_cast<int>(child.dossier.care_level));
  event.set_sex(static_cast<int>(child.dossier.sex));
  event.set_boarding(child.dossier.boarding);
  event.set_guardianship_type(static_cast<int>(child.dossier.guardianship));
  transaction.Append("child_put", child.county, child.id, event.SerializeAsString());
}

void PublishSchoolPut(journal::ShardTransaction& transaction, const School& school) {
  events::v1::SchoolPut event;
  event.set_school_id(school.id);
  event.set_display_name(school.display_name);
  event.set_township_code(school.township_code);
  transaction.Append("school_put", school.county, school.id, event.SerializeAsString());
}

// Alerts name the people whom they tell, so the name travels; the phone does not.
void PublishStaffPut(journal::ShardTransaction& transaction, const StaffMember& member) {
  events::v1::StaffPut event;
  event.set_staff_id(member.id);
  event.set_display_name(member.display_name);
  event.set_school_id(member.school_id);
  event.set_sex(static_cast<int>(member.sex));
  event.set_left(member.left);
  transaction.Append("staff_put", member.county, member.id, event.SerializeAsString());
}

void PublishPostPut(journal::ShardTransaction& transaction, const Post& post, const Names& names) {
  events::v1::PostPut event;
  event.set_post_id(post.id());
  event.set_holder_id(post.holder_id);
  event.set_holder_name(std::string(names.holder));
  event.set_deputy_id(post.deputy_id);
  event.set_deputy_name(std::string(names.deputy));
  event.set_kind(static_cast<int32_t>(post.kind));
  event.set_school_id(post.school_id);
  event.set_grade(post.grade);
  event.set_class_number(post.class_number);
  transaction.Append("post_put", post.county, post.id(), event.SerializeAsString());
}

}  // namespace tonghu::registry
