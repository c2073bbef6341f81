// Schools, staff members and posts. Pure.
#pragma once

#include <string>
#include <string_view>

#include "libs/directory/directory.h"
#include "services/registry/domain/fault.h"
#include "services/registry/domain/key.h"
#include "services/registry/domain/sex.h"

namespace tonghu::registry {

struct School {
  std::string county;
  std::string id;  // the school's own code
  std::string display_name;
  std::string township_code;
  Key key() const { return {county, id}; }
  friend bool operator==(const School&, const School&) = default;
};

struct StaffMember {
  std::string county;
  std::string id;  // staff number
  std::string display_name;
  std::string phone;      // may be empty
  std::string school_id;  // where they work; empty: at no school, or not known
  Sex sex = Sex::kUnspecified;
  bool left = false;
  Key key() const { return {county, id}; }
  friend bool operator==(const StaffMember&, const StaffMember&) = default;
};

using directory::PostKind;

struct Post {
  std::string county;
  PostKind kind = PostKind::kUnspecified;
  std::string school_id;  // class teachers and school heads
  int grade = 0;          // class teachers
  int class_number = 0;
  std::string township_code;  // township supervisors
  std::string holder_id;      // empty: vacant
  std::string deputy_id;      // may be empty
  // The post's id, which says what the post answers for.
  std::string id() const { return directory::PostId(kind, {school_id, township_code, grade, class_number}); }
  Key key() const { return {county, id()}; }
  friend bool operator==(const Post&, const Post&) = default;
};

// Each adds what is wrong by itself, without knowing anything else of the county.
void CheckSchool(const School& school, Faults& faults);
void CheckStaffMember(const StaffMember& member, Faults& faults);
void CheckPost(const Post& post, Faults& faults);
// Adds DEPUTY_IS_HOLDER, which CheckPost adds too, for a post whose holder or deputy was filled in since.
void CheckDeputy(const Post& post, Faults& faults);

// Adds GRADE_OUT_OF_RANGE, CLASS_OUT_OF_RANGE.
void CheckClass(int grade, int class_number, Faults& faults);

// Faults of references in a child or post.
Fault SchoolNotFound();
Fault StaffNotFound(std::string_view field);
Fault StaffHasLeft(std::string_view field);

}  // namespace tonghu::registry
