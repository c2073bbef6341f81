// Who holds which post, as far as a decision needs it.
#pragma once

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

// An empty id: nobody.
struct Person {
  std::string id;
  std::string name;
};

struct Post {
  Person holder;
  Person deputy;
};

// The post that answers for `place` at a level; the helper's is the class teacher's.
// "class_teacher-<school>-<grade>-<class>", "school_head-<school>", "township_supervisor-<township>",
// "county_office", "province_office".
std::string PostIdAt(Level level, const Place& place);

// One county's posts and staff. A post that is not known counts as vacant.
class Directory {
 public:
  void PutPost(std::string post_id, Post post) {
    posts_.insert_or_assign(std::move(post_id), std::move(post));
  }
  void PutStaff(std::string staff_id, std::string name) {
    names_.insert_or_assign(std::move(staff_id), std::move(name));
  }

  // nullptr when not known. Valid until the next Put.
  const Post* FindPost(const std::string& post_id) const;
  // nullptr when not known.
  const std::string* FindName(const std::string& staff_id) const;

 private:
  absl::flat_hash_map<std::string, Post> posts_;
  absl::flat_hash_map<std::string, std::string> names_;
};

}  // namespace tonghu::alerts
