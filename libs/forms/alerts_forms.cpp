#include "libs/forms/alert_texts.h"
#include "libs/forms/forms_of.h"

// Set as tables, which a formatter would take apart.
// clang-format off
namespace tonghu::forms {
namespace {

const Table& Entries() {
  static const auto& entries = *new Table{"entries", false, {{"时间", "time"}, {"事项", "action"},
      {"层级", "level"}, {"人员", "staff_name", Show::kPlain, &PersonText}, {"岗位", "post", Show::kId},
      {"步骤", "step", Show::kStep}, {"下一步", "next_step_time"}}};
  return entries;
}

// An alert with everything that happened.
std::vector<Table> AlertCard() {
  return {{"", true, {{"预警", "name"}, {"种类", "kind", Show::kPlain, &AlertKindText},
      {"状态", "state"}, {"儿童", "child"}, {"姓名", "child", Show::kNameOf},
      {"学校", "school"}, {"校名", "school", Show::kNameOf}, {"任务", "duty"},
      {"日期（任务逾期为时段首日）", "date"}, {"缺勤日期", "mornings", Show::kPlain, &Mornings},
      {"突发事件", "emergency.kind"}, {"事件经过", "emergency.description"},
      {"事发时间", "emergency.happen_time"}, {"报告人", "emergency.reporter", Show::kId},
      {"报告人姓名", "emergency.reporter", Show::kNameOf}, {"平台问题", "notice", Show::kPlain, &NoticeText},
      {"通知次数", "notices", Show::kOverOne}, {"发生次数", "occurrences", Show::kOverOne},
      {"已到层级", "level"}, {"发出时间", "raise_time"}, {"最近联系", "child", Show::kLastContact},
      {"下一步", "next_step_time"}, {"送达情况", "delivery", Show::kPlain, &DeliveryText},
      {"响应", "acknowledged_by", Show::kPlain, &AcknowledgedText},
      {"响应人姓名", "acknowledged_by", Show::kNameOf}, {"办结", "resolve_time"}, {"办结说明", "resolution"},
      {"策略版本", "policy_version", Show::kVersion}}},
          Entries()};
}

}  // namespace

std::vector<Form> AlertForms() {
  const Field alert = {"name", "ALERT", "Id or full name", Input::kName, "alerts", true};
  const Field by = {"staff_member", "--by", "Staff number of who answers", Input::kName, "staffMembers", true};
  return {
      {"alerts", "list", "alerts.v1.AlertService.ListAlerts", "List alerts",
       "alerts list --county 520521 --in-state 待响应 --from 2026-09-01",
       {{"state", "--in-state", "Only this state"}, {"kind", "--kind", "Only this kind"},
        {"child", "--child", "Only this child's", Input::kName, "children"},
        {"raise_from", "--from", "Only those raised on this day or later", Input::kDayStart},
        {"raise_before", "--until", "Only those raised on this day or earlier", Input::kDayEnd}},
       {{"alerts", false, {{"编号", "name", Show::kId}, {"种类", "kind", Show::kPlain, &AlertKindText},
         {"状态", "state"}, {"儿童或学校", "child|school", Show::kId}, {"姓名或校名", "child|school", Show::kNameOf},
         {"发出时间", "raise_time"}, {"已到层级", "level"}, {"下一步", "next_step_time"},
         {"响应人", "acknowledged_by", Show::kId}, {"响应人姓名", "acknowledged_by", Show::kNameOf}}}},
       "列出 {#} 个"},
      {"alerts", "show", "alerts.v1.AlertService.GetAlert", "Show an alert and everything that happened",
       "alerts show 0193... --county 520521", {alert}, AlertCard()},
      {"alerts", "notifications", "alerts.v1.AlertService.ListNotifications",
       "Show the messages sent for an alert", "alerts notifications 0193... --county 520521",
       {{"alert", "ALERT", "Id or full name", Input::kName, "alerts", true}},
       {{"notifications", false, {{"编号", "id"}, {"收件人", "staff_member", Show::kId},
         {"姓名", "staff_member", Show::kNameOf}, {"层级", "level"}, {"内容", "purpose"}, {"渠道", "channel"},
         {"状态", "state"}, {"次数", "attempts"}, {"写入时间", "create_time"}, {"送达时间", "send_time"},
         {"上次失败原因", "last_error"}}}}},
      {"alerts", "ack", "alerts.v1.AlertService.AcknowledgeAlert", "Say that somebody has taken it up",
       "alerts ack 0193... --by 52052100003 --county 520521", {alert, by}, AlertCard()},
      {"alerts", "resolve", "alerts.v1.AlertService.ResolveAlert", "Settle it",
       "alerts resolve 0193... --by 52052100003 --resolution 已家访，孩子平安 --county 520521",
       {alert, by, Field{"resolution", "--resolution", "What was found and done"}.Required()}, AlertCard()},
  };
}

std::vector<Form> SignalForms() {
  return {
      {"absence", "report", "alerts.v1.SignalService.ReportAbsence", "Report a child absent for a day",
       "absence report --child 0193... --date 2026-09-04 --county 520521",
       {{"absence.child", "--child", "The child", Input::kName, "children", true},
        Field{"absence.date", "--date", "The day, YYYY-MM-DD", Input::kDay}.Required(),
        {"absence.with_leave", "--with-leave", "With leave: recorded, raises no alert"}}, {}, "", "",
       &AbsenceText},
      {"absence", "list", "alerts.v1.SignalService.ListAbsences", "List absences by day",
       "absence list --county 520521 --from 2026-09-01 --until 2026-09-30",
       {{"child", "--child", "Only this child's", Input::kName, "children"},
        {"school", "--school", "Only this school's", Input::kName, "schools"},
        {"first_date", "--from", "Only this day or later", Input::kDay},
        {"last_date", "--until", "Only this day or earlier", Input::kDay}},
       {{"absences", false, {{"日期", "morning.date"}, {"儿童", "child", Show::kId},
         {"姓名", "child", Show::kNameOf}, {"学校", "school", Show::kId}, {"校名", "school", Show::kNameOf},
         {"请假", "morning.with_leave"}, {"停课", "morning.school_closed"},
         {"报告时间", "morning.report_time"}, {"预警", "alert", Show::kId}}}}, "列出 {#} 次"},
      {"attendance", "submit", "alerts.v1.SignalService.SubmitAttendance",
       "Submit a school's attendance; nobody absent unless said",
       "attendance submit --school 2152990001 --date 2026-09-04 --county 520521 --absent 0193... 0194...",
       {{"school", "--school", "The school", Input::kName, "schools", true},
        Field{"date", "--date", "The day, YYYY-MM-DD", Input::kDay}.Required(),
        {"absences.child", "--absent", "Children absent without leave", Input::kName, "children"},
        Field{"absences.child", "--on-leave", "Children absent with leave", Input::kName,
              "children"}.AndFlag("with_leave")}, {}, "", "", &AttendanceText},
      {"emergency", "report", "alerts.v1.SignalService.ReportEmergency",
       "Report a sudden event; several are told at once, day or night",
       "emergency report --child 0193... --kind 走失 --reporter 52052100007 --description 晚自习后未回家 "
       "--county 520521",
       {{"child", "--child", "The child", Input::kName, "children", true},
        Field{"kind", "--kind", "What kind"}.Required(),
        Field{"description", "--description", "What happened"}.Required(),
        {"reporter", "--reporter", "Staff number of who reports", Input::kName, "staffMembers"},
        {"happen_time", "--at", "When it happened; now when left out"}}, {}, "", "", &EmergencyText},
      {"emergency", "list", "alerts.v1.SignalService.ListEmergencies", "List sudden events",
       "emergency list --county 520521 --from 2026-09-01 --until 2026-09-30",
       {{"child", "--child", "Only this child's", Input::kName, "children"},
        {"happen_from", "--from", "Only those that happened on this day or later", Input::kDayStart},
        {"happen_before", "--until", "Only those that happened on this day or earlier", Input::kDayEnd}},
       {{"emergencies", false, {{"事发时间", "emergency.happen_time"}, {"种类", "emergency.kind"},
         {"儿童", "child", Show::kId}, {"姓名", "child", Show::kNameOf}, {"事件经过", "emergency.description"},
         {"报告人", "emergency.reporter", Show::kId}, {"报告人姓名", "emergency.reporter", Show::kNameOf},
         {"状态", "state"}, {"预警", "alert", Show::kId}}}}, "列出 {#} 起"},
  };
}

std::vector<Form> PolicyForms() {
  const std::vector<Table> policy = {
      {"", true, {{"范围", "parent"}, {"种类", "kind"}, {"版本", "version", Show::kVersion},
          {"设定时间", "put_time"}}},
      {"steps", false, {{"步骤", "", Show::kRowNumber}, {"等待", "delay"}, {"通知", "levels"}}}};
  const char* summary = "响应后 {resolve_within} 内未办结则继续上报；最后一步每 {repeat_last} 重复一次";
  return {
      {"policy", "show", "alerts.v1.PolicyService.GetEscalationPolicy",
       "Show a county's policy for a kind of alert", "policy show --county 520521 --kind 任务逾期",
       {Field{"kind", "--kind", "For which alerts"}.Required(), {"version", "--policy-version",
         "An earlier version, 0 for the built-in one; the one in force when left out"}}, policy, summary},
      {"policy", "try", "alerts.v1.PolicyService.TryEscalationPolicy",
       "Show who would be told, and when, if nobody answered; changes nothing",
       "policy try --kind 任务逾期 --child 0193... --county 520521 --at \"2026-09-07 00:00\"",
       {Field{"kind", "--kind", "For which alerts"}.Required(),
        {"child", "--child", "The child it would be about", Input::kName, "children"},
        Field{"school", "--school", "The school, for alerts about a school", Input::kName,
              "schools"}.Excludes("--child"),
        {"raise_time", "--at", "When it would be raised; now when left out"},
        {"policy", "--policy", "Try this file's policy instead of the one in force", Input::kDocument}},
       {Entries()}},
      {"policy", "put", "alerts.v1.PolicyService.PutEscalationPolicy",
       "Set a county's policy as a new version; the file is what `policy show --json` prints",
       "policy put policy.json --county 520521",
       {Field{"policy", "FILE", "JSON", Input::kDocument}.Required()}, policy, summary},
  };
}

}  // namespace tonghu::forms
