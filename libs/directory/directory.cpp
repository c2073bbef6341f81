#include "libs/directory/directory.h"

#include "absl/strings/str_cat.h"

namespace tonghu::directory {

// The registry makes a post's id by the same function, so what a place says finds the post.
std::string PostId(PostKind kind, const Place& place) {
  switch (kind) {
    case PostKind::kClassTeacher:
      return absl::StrCat("class_teacher-", place.school_id, "-", place.grade, "-", place.class_number);
    case PostKind::kSchoolHead:
      return absl::StrCat("school_head-", place.school_id);
    case PostKind::kTownshipSupervisor:
      return absl::StrCat("township_supervisor-", place.township_code);
    case PostKind::kCountyOffice:
      return "county_office";
    case PostKind::kProvinceOffice:
      return "province_office";
    case PostKind::kUnspecified:
      break;
  }
  return "";
}

const Post* Directory::FindPost(const std::string& post_id) const {
  const auto found = posts_.find(post_id);
  return found == posts_.end() ? nullptr : &found->second;
}

const std::string* Directory::FindName(const std::string& staff_id) const {
  const auto found = names_.find(staff_id);
  return found == names_.end() ? nullptr : &found->second;
}

Answer Directory::WhoAnswers(PostKind kind, const Place& place) const {
  Answer answer{.post_id = PostId(kind, place)};
  const Post* post = FindPost(answer.post_id);
  answer.vacant = post == nullptr || post->holder.id.empty();
  if (post == nullptr) return answer;
  // A deputy answers while the post is vacant.
  const Person& person = answer.vacant ? post->deputy : post->holder;
  if (!person.id.empty()) answer.person = &person;
  return answer;
}

}  // namespace tonghu::directory
