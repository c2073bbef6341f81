#include "services/tonghuctl/class_pairs.h"

#include <map>
#include <set>
#include <tuple>

namespace tonghu::tonghuctl {

ClassPairs PairByClass(const std::vector<registry::v1::Child>& children,
                       const std::vector<registry::v1::Post>& posts,
                       const std::vector<pairing::v1::Pairing>& pairings) {
  std::set<std::string> paired;
  for (const auto& pairing : pairings) {
    if (!pairing.has_end_time()) paired.insert(pairing.child());
  }
  std::map<std::tuple<std::string, int, int>, std::string> teachers;
  for (const auto& post : posts) {
    if (post.kind() != registry::v1::POST_KIND_CLASS_TEACHER || post.holder().empty()) continue;
    teachers[{post.school(), post.grade(), post.class_number()}] = post.holder();
  }
  ClassPairs result;
  for (const auto& child : children) {
    if (paired.contains(child.name())) {
      ++result.paired_already;
      continue;
    }
    const auto teacher = teachers.find({child.school(), child.grade(), child.class_number()});
    if (teacher == teachers.end()) {
      result.without_teacher.push_back(&child);
    } else {
      result.to_make.push_back({child.name(), teacher->second});
    }
  }
  return result;
}

}  // namespace tonghu::tonghuctl
