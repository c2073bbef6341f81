// Posts, and who answers for a place at which level. Pure.
#pragma once

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "libs/directory/place.h"

namespace tonghu::directory {

// What a post answers for. The numbers are those of tonghu.registry.v1.PostKind, also in databases.
enum class PostKind {
  kUnspecified = 0,
  kClassTeacher = 1,
  kSchoolHead = 2,
  kTownshipSupervisor = 3,
  kCountyOffice = 4,
  kProvinceOffice = 5
};
// All kinds, lowest level first.
inline constexpr PostKind kPostKinds[] = {PostKind::kClassTeacher, PostKind::kSchoolHead,
                                          PostKind::kTownshipSupervisor, PostKind::kCountyOffice,
                                          PostKind::kProvinceOffice};

// The id of the post that answers for `place` at a level: "class_teacher-<school>-<grade>-<class>",
// "school_head-<school>", "township_supervisor-<township>", "county_office", "province_office"; empty for
// kUnspecified.
std::string PostId(PostKind kind, const Place& place);

// Somebody who holds a post or stands in; an empty id: nobody.
struct Person {
  std::string id;  // staff number
  std::string name;
};

// A post's holder and deputy.
struct Post {
  Person holder;
  Person deputy;
};

// Who answers for a place at a level.
struct Answer {
  std::string post_id;
  const Person* person = nullptr;  // nullptr: nobody; owned by the directory, valid until its next Put
  bool vacant = false;             // the post has no holder; `person`, if any, is its deputy
};

// The posts and staff of one county, as far as they were put. A post that is not known counts as vacant: no
// alert may end at a post that nobody has set. Not thread-safe.
class Directory {
 public:
  void PutPost(std::string post_id, Post post) {
    posts_.insert_or_assign(std::move(post_id), std::move(post));
  }
  void PutStaff(std::string staff_id, std::string name) {
    names_.insert_or_assign(std::move(staff_id), std::move(name));
  }

  void PutLeft(std::string staff_id) { left_.insert(std::move(staff_id)); }

  // nullptr when not known; of staff who have left no name is known. Valid until the next Put.
  const Post* FindPost(const std::string& post_id) const;
  const std::string* FindName(const std::string& staff_id) const;
  bool HasLeft(const std::string& staff_id) const { return left_.contains(staff_id); }

  // The holder of the post that answers for `place`; a vacant post passes to its deputy.
  Answer WhoAnswers(PostKind kind, const Place& place) const;

 private:
  absl::flat_hash_map<std::string, Post> posts_;
  absl::flat_hash_map<std::string, std::string> names_;
  absl::flat_hash_set<std::string> left_;
};

}  // namespace tonghu::directory
