#include "services/registry/domain/directory.h"

#include <fmt/format.h>

#include "libs/division/division.h"
#include "libs/ids/names.h"
#include "services/registry/domain/text.h"

namespace tonghu::registry {
namespace {

constexpr size_t kSchoolIdMax = 40;  // leaves room for the school's id in the id of a post

void CheckId(std::string_view id, std::string_view field, std::string_view what_zh, Faults& faults) {
  if (ids::IsId(id)) return;
  AddInvalid(faults, "ID_MALFORMED", field,
             fmt::format("{} must be 1 to 63 letters, digits, hyphens or underscores", field),
             fmt::format("{}应由字母、数字、连字符或下划线组成，不超过63位。", what_zh));
}

void CheckTownship(std::string_view county, std::string_view code, Faults& faults) {
  const division::Division* township = division::Divisions::Guizhou().Find(code);
  if (township == nullptr || township->level != division::Level::kTownship) {
    AddInvalid(faults, "TOWNSHIP_NOT_FOUND", "township_code",
               "township_code must be the 9-digit code of a township",
               "未知的乡镇代码，应为九位乡镇（街道）代码，请核对。");
  } else if (!division::IsWithin(code, county)) {
    AddInvalid(faults, "TOWNSHIP_OF_ANOTHER_COUNTY", "township_code", "the township lies in another county",
               "该乡镇不属于本县，请核对乡镇代码。");
  }
}

// A post has exactly the fields from which its id follows: a field too many would be lost silently.
void CheckPlace(const Post& post, Faults& faults) {
  const bool needs_school = post.kind == PostKind::kClassTeacher || post.kind == PostKind::kSchoolHead;
  if (needs_school && post.school_id.empty()) {
    AddInvalid(faults, "SCHOOL_MISSING", "school", "this kind of post needs a school", "该岗位须填写学校。");
  }
  if (!needs_school && !post.school_id.empty()) {
    AddInvalid(faults, "FIELD_NOT_OF_POST", "school", "this kind of post has no school",
               "该岗位不应填写学校。");
  }
  if (post.kind == PostKind::kClassTeacher) {
    CheckClass(post.grade, post.class_number, faults);
  } else if (post.grade != 0 || post.class_number != 0) {
    AddInvalid(faults, "FIELD_NOT_OF_POST", post.grade != 0 ? "grade" : "class_number",
               "only class teachers have a grade and class", "只有班主任岗位填写年级和班级。");
  }
  if (post.kind == PostKind::kTownshipSupervisor) {
    CheckTownship(post.county, post.township_code, faults);
  } else if (!post.township_code.empty()) {
    AddInvalid(faults, "FIELD_NOT_OF_POST", "township_code", "only township supervisors have a township",
               "只有儿童督导员岗位填写乡镇代码。");
  }
}

}  // namespace

void CheckSchool(const School& school, Faults& faults) {
  CheckId(school.id, "name", "学校标识码", faults);
  if (school.id.size() > kSchoolIdMax) {
    AddInvalid(faults, "SCHOOL_ID_TOO_LONG", "name",
               fmt::format("a school's id has at most {} characters", kSchoolIdMax),
               fmt::format("学校标识码不超过{}位。", kSchoolIdMax));
  }
  CheckText(school.display_name, {"display_name", "校名", 50, true}, faults);
  CheckTownship(school.county, school.township_code, faults);
}

void CheckStaffMember(const StaffMember& member, Faults& faults) {
  CheckId(member.id, "name", "工号", faults);
  CheckText(member.display_name, {"display_name", "姓名", 50, true}, faults);
  CheckPhone(member.phone, "phone", faults);
  if (member.sex < Sex::kUnspecified || member.sex > Sex::kFemale)
    AddInvalid(faults, "SEX_MISSING", "sex", "sex must be male or female", "请填写性别（男或女）。");
}

void CheckPost(const Post& post, Faults& faults) {
  if (post.kind < PostKind::kClassTeacher || post.kind > PostKind::kProvinceOffice) {
    AddInvalid(faults, "POST_KIND_MISSING", "kind", "kind must be one of the kinds of posts",
               "请选择岗位类别。");
    return;
  }
  CheckPlace(post, faults);
  CheckDeputy(post, faults);
}

void CheckDeputy(const Post& post, Faults& faults) {
  // A vacant post may have a deputy.
  if (post.holder_id.empty() || post.holder_id != post.deputy_id) return;
  AddInvalid(faults, "DEPUTY_IS_HOLDER", "deputy", "the deputy must be somebody else than the holder",
             "代理人不能与任职人为同一人。");
}

void CheckClass(int grade, int class_number, Faults& faults) {
  // Grades run on through junior and senior secondary school.
  if (grade < 1 || grade > 12) {
    AddInvalid(faults, "GRADE_OUT_OF_RANGE", "grade", "grade must be 1 to 12",
               "年级应为1至12的整数（初一为7，高一为10）。");
  }
  if (class_number < 1 || class_number > 99) {
    AddInvalid(faults, "CLASS_OUT_OF_RANGE", "class_number", "class_number must be 1 to 99",
               "班级应为1至99的整数。");
  }
}

Fault SchoolNotFound() {
  return {absl::StatusCode::kNotFound, "SCHOOL_NOT_FOUND", "school", "this county has no such school",
          "本县没有这所学校，请核对学校标识码，或先登记学校。"};
}

Fault StaffNotFound(std::string_view field) {
  return {absl::StatusCode::kNotFound, "STAFF_MEMBER_NOT_FOUND", std::string(field),
          "this county has no such staff member", "本县没有该工号的人员，请核对工号，或先登记人员。"};
}

Fault StaffHasLeft(std::string_view field) {
  return {absl::StatusCode::kFailedPrecondition, "STAFF_MEMBER_HAS_LEFT", std::string(field),
          "the staff member has left; name somebody else, or put them back first",
          "该人员已离岗，不能任职或代理；请改选他人，确已返岗的请先取消离岗。"};
}

}  // namespace tonghu::registry
