#include "libs/forms/words.h"

#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace tonghu::forms {
namespace {

const std::map<std::string, std::string_view, std::less<>>& Labels() {
  static const auto& labels = *new std::map<std::string, std::string_view, std::less<>>{
      {"SEX_MALE", "男"},
      {"SEX_FEMALE", "女"},
      {"GUARDIANSHIP_TYPE_GRANDPARENTS", "隔代监护"},
      {"GUARDIANSHIP_TYPE_ONE_PARENT", "父母单方监护"},
      {"GUARDIANSHIP_TYPE_KIN_OR_FRIENDS", "亲朋监护"},
      {"GUARDIANSHIP_TYPE_NOBODY", "无人监护"},
      {"GUARDIANSHIP_TYPE_SINGLE_PARENT_OR_ORPHAN", "单亲或孤儿"},
      {"CARE_LEVEL_GENERAL", "普遍关注"},
      {"CARE_LEVEL_FOCUS", "重点关注"},
      {"CARE_LEVEL_INTERVENTION", "监护干预"},
      {"CARE_LEVEL_CASE", "个案服务"},
      {"POST_KIND_CLASS_TEACHER", "班主任"},
      {"POST_KIND_SCHOOL_HEAD", "校长"},
      {"POST_KIND_TOWNSHIP_SUPERVISOR", "儿童督导员"},
      {"POST_KIND_COUNTY_OFFICE", "县民政局值班"},
      {"POST_KIND_PROVINCE_OFFICE", "省平台值班"},
      {"PAIRING_ROLE_CLASS_TEACHER", "班主任"},
      {"PAIRING_ROLE_HELPER_TEACHER", "帮扶教师"},
      {"PAIRING_ROLE_PROXY_PARENT", "代理家长"},
      {"PAIRING_END_REASON_PARENT_RETURNED", "父母返乡"},
      {"PAIRING_END_REASON_CHILD_MOVED", "儿童迁出"},
      {"PAIRING_END_REASON_GROWN_UP", "年满十六或离校"},
      {"PAIRING_END_REASON_OTHER_PAIRING", "另有结对"},
      {"PAIRING_END_REASON_HANDED_OVER", "已移交"},
      {"UNCOVERED_REASON_NOT_PAIRED", "未结对"},
      {"UNCOVERED_REASON_NO_CALENDAR", "学校没有校历"},
      {"UNCOVERED_REASON_CALENDAR_OVER", "校历已到期"},
      {"UNCOVERED_REASON_NO_CLASS_TEACHER", "未结对，班主任空缺"},
      {"UNCOVERED_REASON_NOT_MOVED", "班主任已变动，结对未能移交"},
      {"PAIRING_BASIS_CHOSEN", "指定"},
      {"PAIRING_BASIS_CLASS_TEACHER", "随班主任"},
      {"CONTACT_KIND_TALK", "谈心"},
      {"CONTACT_KIND_HOME_VISIT", "家访"},
      {"CONTACT_KIND_PARENT_CALL", "联系家长"},
      {"DUTY_KIND_TALK", "谈心"},
      {"DUTY_STATE_OPEN", "待完成"},
      {"DUTY_STATE_DONE", "已完成"},
      {"DUTY_STATE_MISSED", "逾期未做"},
      {"DUTY_STATE_EXCUSED", "已免除"},
      {"DUTY_STATE_DONE_LATE", "逾期后补"},
      {"ALERT_KIND_DUTY_MISSED", "任务逾期"},
      {"ALERT_KIND_ABSENCE", "无故缺勤"},
      {"ALERT_KIND_ATTENDANCE_NOT_SENT", "未报考勤"},
      {"ALERT_KIND_EMERGENCY", "突发事件"},
      {"ALERT_KIND_OPERATOR", "平台运行"},
      {"ALERT_STATE_OPEN", "待响应"},
      {"ALERT_STATE_ACKNOWLEDGED", "已响应"},
      {"ALERT_STATE_RESOLVED", "已办结"},
      {"LEVEL_HELPER", "帮扶人"},
      {"LEVEL_CLASS_TEACHER", "班主任"},
      {"LEVEL_SCHOOL_HEAD", "校长"},
      {"LEVEL_TOWNSHIP_SUPERVISOR", "乡镇督导员"},
      {"LEVEL_COUNTY_OFFICE", "县级"},
      {"LEVEL_PROVINCE_OFFICE", "省级"},
      {"ALERT_ACTION_RAISED", "发出预警"},
      {"ALERT_ACTION_TOLD", "已通知"},
      {"ALERT_ACTION_VACANT", "岗位空缺"},
      {"ALERT_ACTION_ACKNOWLEDGED", "已响应"},
      {"ALERT_ACTION_RESOLVED", "已办结"},
      {"ALERT_ACTION_REPEATED", "再次发生"},
      {"ALERT_ACTION_EXCUSED", "部分免除"},
      {"NOTIFICATION_STATE_PENDING", "待发送"},
      {"NOTIFICATION_STATE_SENT", "已送达"},
      {"NOTIFICATION_STATE_FAILED", "发送失败"},
      {"NOTIFICATION_STATE_NOT_TAKEN", "无人接收"},
      {"NOTIFICATION_STATE_WITHDRAWN", "已撤回"},
      {"NOTIFICATION_PURPOSE_TOLD", "预警通知"},
      {"NOTIFICATION_PURPOSE_RESOLVED", "办结通知"},
      {"EMERGENCY_KIND_ACCIDENT", "意外伤害"},
      {"EMERGENCY_KIND_SELF_HARM", "自伤"},
      {"EMERGENCY_KIND_BULLYING", "欺凌"},
      {"EMERGENCY_KIND_ABUSE", "虐待或忽视"},
      {"EMERGENCY_KIND_MISSING", "走失"},
      {"EMERGENCY_KIND_NO_GUARDIAN", "失去监护"},
  };
  return labels;
}

std::string_view LabelOf(const google::protobuf::EnumValueDescriptor& value) {
  const auto found = Labels().find(value.name());
  return found == Labels().end() ? std::string_view(value.name()) : found->second;
}

// "CONTACT_KIND_" for ContactKind.
std::string Prefix(const google::protobuf::EnumDescriptor& type) {
  std::string prefix;
  for (const char letter : type.name()) {
    if (absl::ascii_isupper(letter) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(letter);
  }
  return prefix + "_";
}

}  // namespace

std::string TypedValue(const google::protobuf::EnumValueDescriptor& value) {
  if (value.number() == 0) return "";
  return absl::AsciiStrToLower(value.name().substr(Prefix(*value.type()).size()));
}

std::vector<std::string> TypedValues(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> values;
  for (int i = 0; i < type.value_count(); ++i) {
    if (std::string typed = TypedValue(*type.value(i)); !typed.empty()) values.push_back(std::move(typed));
  }
  return values;
}

int ParseValue(const google::protobuf::EnumDescriptor& type, std::string_view typed) {
  for (int i = 0; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    if (value.number() != 0 && (typed == TypedValue(value) || typed == LabelOf(value))) return value.number();
  }
  return 0;
}

std::string Label(const google::protobuf::EnumDescriptor& type, int value) {
  if (value == 0) return "";
  const auto* found = type.FindValueByNumber(value);
  return found == nullptr ? absl::StrCat(value) : std::string(LabelOf(*found));
}

}  // namespace tonghu::forms
