#include "services/access/domain/rights.h"

#include <algorithm>

#include "libs/refusal/refusal.h"
#include "services/access/domain/account.h"

namespace tonghu::access {
namespace {

constexpr char kPlatform[] = "000000";  // the county of accounts that belong to no county

// The township in the id of a township supervisor's post, "township_supervisor-<township>".
std::string TownshipOf(const std::string& post_id) {
  const size_t dash = post_id.rfind('-');
  return dash == std::string::npos ? "" : post_id.substr(dash + 1);
}

// The right that a post gives; a post of no known kind gives none.
Right RightOf(const HeldPost& post) {
  using directory::PostKind;
  switch (post.kind) {
    case PostKind::kClassTeacher:
      return {Role::kClassTeacher,
              {.county = post.county,
               .school_id = post.place.school_id,
               .grade = post.place.grade,
               .class_number = post.place.class_number}};
    case PostKind::kSchoolHead:
      return {Role::kSchoolHead, {.county = post.county, .school_id = post.place.school_id}};
    case PostKind::kTownshipSupervisor:
      return {Role::kTownshipSupervisor, {.county = post.county, .township_code = TownshipOf(post.post_id)}};
    case PostKind::kCountyOffice:
      return {Role::kCountyOfficer, {.county = post.county}};
    case PostKind::kProvinceOffice:
      // A county puts this post too: it must not give away more than the county has. The whole province is
      // granted, to an account of the platform.
      return {Role::kProvinceOfficer, {.county = post.county}};
    default:
      return {};
  }
}

// Which fields of an area a role has, beside the county.
bool Fits(const Right& right) {
  const Area& area = right.area;
  const bool in_class = !area.school_id.empty() && area.grade > 0 && area.class_number > 0;
  const bool whole = area.township_code.empty() && area.school_id.empty() && area.grade == 0 &&
                     area.class_number == 0 && area.child_ids.empty();
  switch (right.role) {
    case Role::kClassTeacher:
      return !area.county.empty() && in_class && area.township_code.empty() && area.child_ids.empty();
    case Role::kHelper:
      return !area.county.empty() && !area.child_ids.empty() && area.school_id.empty();
    case Role::kSchoolHead:
      return !area.county.empty() && !area.school_id.empty() && area.grade == 0 && area.class_number == 0 &&
             area.township_code.empty() && area.child_ids.empty();
    case Role::kTownshipSupervisor:
      return area.township_code.size() == 9 && area.township_code.starts_with(area.county) &&
             area.county.size() == 6 && area.school_id.empty() && area.child_ids.empty() && area.grade == 0;
    case Role::kCountyOfficer:
      return !area.county.empty() && whole;
    case Role::kProvinceOfficer:
      return area.county.empty() && whole;
    default:
      return whole;
  }
}

absl::Status AreaMismatch() {
  return refusal::Invalid("AREA_MISMATCH", "grant.right.area",
                          "the area must be one of the role's, within the account's county",
                          "授权范围与角色不符，或超出该账号所在的县；请按角色填写县、乡镇、学校、班级或儿童");
}

}  // namespace

bool IsAdministrator(Role role) {
  return role == Role::kSystemAdministrator || role == Role::kSecurityAdministrator || role == Role::kAuditor;
}

std::vector<Right> RightsFrom(Sources sources) {
  if (sources.pending) return {};
  std::vector<Right> rights = std::move(sources.grants);
  const bool administrator =
      std::any_of(rights.begin(), rights.end(), [](const Right& one) { return IsAdministrator(one.role); });
  if (administrator) {
    std::erase_if(rights, [](const Right& one) { return !IsAdministrator(one.role); });
    return rights;
  }
  for (const HeldPost& post : sources.posts) {
    if (Right right = RightOf(post); right.role != Role::kUnspecified) rights.push_back(std::move(right));
  }
  if (!sources.helped.empty())
    rights.push_back({Role::kHelper, {.county = sources.county, .child_ids = std::move(sources.helped)}});
  for (std::string& school : sources.boxes)
    rights.push_back({Role::kWhisperKeeper, {.county = sources.county, .school_id = std::move(school)}});
  for (Right& opened : sources.broken_glass) rights.push_back(std::move(opened));
  return rights;
}

absl::Duration IdleOf(const std::vector<Right>& rights) {
  const bool small = !rights.empty() && std::all_of(rights.begin(), rights.end(), [](const Right& one) {
    return one.role == Role::kClassTeacher || one.role == Role::kHelper;
  });
  return small ? kIdleOnPhones : kIdleInOffices;
}

absl::Status CheckGrant(const Right& right, const std::string& account_county,
                        const std::vector<Right>& held) {
  if (right.role <= Role::kUnspecified || right.role >= Role::kGlassBreaker) {
    return refusal::Invalid("ROLE_NOT_GRANTABLE", "grant.right.role", "this role can't be granted",
                            "请选择可以授予的角色；紧急查阅由本人申请，不能授予");
  }
  // Accounts of a county are granted rights within it only: whoever administers one county gives none in
  // another.
  if (!Fits(right) || (account_county != kPlatform && right.area.county != account_county))
    return AreaMismatch();
  for (const Right& one : held) {
    const bool apart = IsAdministrator(right.role) ? one.role != right.role : IsAdministrator(one.role);
    if (!apart) continue;
    return refusal::Precondition("ADMINISTRATORS_APART", "grant.right.role",
                                 "system administrator, security administrator, auditor and those who see "
                                 "children are different people",
                                 "系统管理员、安全管理员、审计管理员须由不同的人担任，且不得同时拥有查看儿童"
                                 "信息的角色；请另建账号或先结束原有授权");
  }
  return absl::OkStatus();
}

}  // namespace tonghu::access
