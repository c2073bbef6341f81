#include "libs/forms/words.h"

#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace tonghu::forms {
namespace {

// By enumeration: a value as it is typed, and as an officer reads it. Set as a table, which a formatter would
// take apart.
// clang-format off
using Words = std::map<std::string, std::string_view, std::less<>>;
const std::map<std::string, Words, std::less<>>& Labels() {
  static const auto& labels = *new std::map<std::string, Words, std::less<>>{
      {"Sex", {{"male", "男"}, {"female", "女"}}},
      {"GuardianshipType", {{"grandparents", "隔代监护"}, {"one_parent", "父母单方监护"},
        {"kin_or_friends", "亲朋监护"}, {"nobody", "无人监护"}, {"single_parent_or_orphan", "单亲或孤儿"}}},
      {"CareLevel", {{"general", "普遍关注"}, {"focus", "重点关注"}, {"intervention", "监护干预"},
        {"case", "个案服务"}}},
      {"PostKind", {{"class_teacher", "班主任"}, {"school_head", "校长"},
        {"township_supervisor", "儿童督导员"}, {"county_office", "县民政局值班"},
        {"province_office", "省平台值班"}}},
      {"PairingRole", {{"class_teacher", "班主任"}, {"helper_teacher", "帮扶教师"},
        {"proxy_parent", "代理家长"}}},
      {"PairingEndReason", {{"parent_returned", "父母返乡"}, {"child_moved", "儿童迁出"},
        {"grown_up", "年满十六或离校"}, {"other_pairing", "另有结对"}, {"handed_over", "已移交"}}},
      {"UncoveredReason", {{"not_paired", "未结对"}, {"no_calendar", "学校没有校历"},
        {"calendar_over", "校历已到期"}, {"no_class_teacher", "未结对，班主任空缺"},
        {"not_moved", "班主任已变动，结对未能移交"}}},
      {"PairingBasis", {{"chosen", "指定"}, {"class_teacher", "随班主任"}}},
      {"ContactKind", {{"talk", "谈心"}, {"home_visit", "家访"}, {"parent_call", "联系家长"}}},
      {"DutyKind", {{"talk", "谈心"}}},
      {"DutyState", {{"open", "待完成"}, {"done", "已完成"}, {"missed", "逾期未做"}, {"excused", "已免除"},
        {"done_late", "逾期后补"}}},
      {"AlertKind", {{"duty_missed", "任务逾期"}, {"absence", "无故缺勤"},
        {"attendance_not_sent", "未报考勤"}, {"emergency", "突发事件"}, {"operator", "平台运行"}}},
      {"AlertState", {{"open", "待响应"}, {"acknowledged", "已响应"}, {"resolved", "已办结"}}},
      {"Level", {{"helper", "帮扶人"}, {"class_teacher", "班主任"}, {"school_head", "校长"},
        {"township_supervisor", "乡镇督导员"}, {"county_office", "县级"}, {"province_office", "省级"}}},
      {"AlertAction", {{"raised", "发出预警"}, {"told", "已通知"}, {"vacant", "岗位空缺"},
        {"acknowledged", "已响应"}, {"resolved", "已办结"}, {"repeated", "再次发生"},
        {"excused", "部分免除"}}},
      {"NotificationState", {{"pending", "待发送"}, {"sent", "已送达"}, {"failed", "发送失败"},
        {"not_taken", "无人接收"}, {"withdrawn", "已撤回"}}},
      {"NotificationPurpose", {{"told", "预警通知"}, {"resolved", "办结通知"}}},
      {"EmergencyKind", {{"accident", "意外伤害"}, {"self_harm", "自伤"}, {"bullying", "欺凌"},
        {"abuse", "虐待或忽视"}, {"missing", "走失"}, {"no_guardian", "失去监护"}}},
  };
  return labels;
}
// clang-format on

// "CONTACT_KIND_" for ContactKind.
std::string Prefix(const google::protobuf::EnumDescriptor& type) {
  std::string prefix;
  for (const char letter : type.name()) {
    if (absl::ascii_isupper(letter) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(letter);
  }
  return prefix + "_";
}

// The value's own name when it has no word.
std::string_view LabelOf(const google::protobuf::EnumValueDescriptor& value) {
  const auto words = Labels().find(value.type()->name());
  if (words == Labels().end()) return value.name();
  const auto found = words->second.find(TypedValue(value));
  return found == words->second.end() ? std::string_view(value.name()) : found->second;
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
