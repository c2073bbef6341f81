#include "services/alerts/domain/directory.h"

#include "absl/strings/str_cat.h"

namespace tonghu::alerts {

std::string PostIdAt(Level level, const Place& place) {
  switch (level) {
    case Level::kHelper:
    case Level::kClassTeacher:
      return absl::StrCat("class_teacher-", place.school_id, "-", place.grade, "-", place.class_number);
    case Level::kSchoolHead:
      return absl::StrCat("school_head-", place.school_id);
    case Level::kTownshipSupervisor:
      return absl::StrCat("township_supervisor-", place.township_code);
    case Level::kCountyOffice:
      return "county_office";
    case Level::kProvinceOffice:
      return "province_office";
    case Level::kNobody:
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

}  // namespace tonghu::alerts
