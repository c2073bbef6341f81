#include <fmt/format.h>

#include "libs/forms/forms_of.h"
#include "libs/forms/words.h"
#include "tonghu/pairing/v1/calendar_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"

// Set as tables, which a formatter would take apart.
// clang-format off
namespace tonghu::forms {
namespace {

using google::protobuf::Message;

std::string FirstAndLast(const Message& row) {
  const auto& calendar = static_cast<const pairing::v1::SchoolCalendar&>(row);
  return fmt::format("{} 至 {}", calendar.first_day(), calendar.last_day());
}

std::string StateOf(const Message& row) {
  const auto& duty = static_cast<const pairing::v1::Duty&>(row);
  std::string text = Label(duty.state());
  if (duty.reported_late()) text += "（迟报）";
  if (!duty.excuse().empty()) text += "：" + duty.excuse();
  return text;
}

}  // namespace

std::vector<Form> PairForms() {
  const std::vector<Column> row = {
      {"编号", "name", Show::kId}, {"儿童", "child", Show::kId}, {"姓名", "child", Show::kNameOf},
      {"帮扶人", "helper", Show::kId}, {"帮扶人姓名", "helper", Show::kNameOf}, {"角色", "role"},
      {"依据", "basis"}, {"开始", "start_time"}, {"结束", "end_time"}, {"结束原因", "end_reason"}};
  static const auto& unlooked_after =
      *new std::string(fmt::format("{{#}} 名儿童无人{}，或未随班主任移交", Labels<pairing::v1::DutyKind>()));
  return {
      {"pair", "add", "pairing.v1.PairingService.CreatePairing", "Pair a child with somebody",
       "pair add --child 0193... --helper 52052100007 --county 520521",
       {{"pairing.child", "--child", "The child", Input::kName, "children", true},
        {"pairing.helper", "--helper", "Staff number", Input::kName, "staffMembers", true},
        Field{"pairing.role", "--role", "In which role"}.Usual("class_teacher")}, {{"", false, row}}},
      {"pair", "get", "pairing.v1.PairingService.GetPairing", "Show a pairing",
       "pair get 0193... --county 520521",
       {{"name", "PAIRING", "Id or full name", Input::kName, "pairings", true}}, {{"", false, row}}},
      {"pair", "list", "pairing.v1.PairingService.ListPairings", "List pairings",
       "pair list --county 520521 --helper 52052100007",
       {{"child", "--child", "Only this child's", Input::kName, "children"},
        {"helper", "--helper", "Only this helper's", Input::kName, "staffMembers"},
        {"show_ended", "--ended", "Ended ones too"}}, {{"pairings", false, row}}, "列出 {#} 对"},
      {"pair", "uncovered", "pairing.v1.PairingService.ListUncoveredChildren",
       "List children nobody is going to talk with, or whose pairing could not follow their class "
       "teacher, and why", "pair uncovered --county 520521", {},
       {{"uncovered_children", false, {{"儿童", "child", Show::kId}, {"姓名", "child", Show::kNameOf},
         {"学校", "school", Show::kId}, {"校名", "school", Show::kNameOf}, {"班级", "", Show::kClass},
         {"原因", "reason"}}}}, unlooked_after.c_str()},
      {"pair", "hand-over", "pairing.v1.PairingService.HandOverPairing",
       "Hand a pairing over to somebody else; open duties go along",
       "pair hand-over 0193... --to 52052100007 --county 520521",
       {{"name", "PAIRING", "Id or full name", Input::kName, "pairings", true},
        {"new_helper", "--to", "Staff number of the new helper", Input::kName, "staffMembers", true}},
       {{"", false, row}}},
      {"pair", "end", "pairing.v1.PairingService.EndPairing",
       "End a pairing; the open duty whose window lasts is excused, one whose window is over stays owed until judged",
       "pair end 0193... --reason 父母返乡 --county 520521",
       {{"name", "PAIRING", "Id or full name", Input::kName, "pairings", true},
        Field{"reason", "--reason", "Why"}.Required()}, {{"", false, row}}},
  };
}

std::vector<Form> CalendarForms() {
  const Field school = {"school", "SCHOOL,--school", "Id or full name", Input::kName, "schools", true};
  const Table card = {"", true, {{"学校", "school"}, {"校名", "school", Show::kNameOf}, {"学期", "term"},
      {"起止", "first_day", Show::kPlain, &FirstAndLast}, {"放假", "holidays"}, {"调休上课", "makeup_days"}}};
  return {
      {"calendar", "put", "pairing.v1.CalendarService.PutSchoolCalendar",
       "Set a school's calendar for one term; other terms stay as they are. Says how many duties come and go",
       "calendar put 2152990001 --county 520521 --first 2026-09-01 --last 2027-01-15 --holiday "
       "2026-10-01..2026-10-07 --makeup 2026-10-10",
       {{"calendar.school", "SCHOOL,--school", "Id or full name", Input::kName, "schools", true},
        {"calendar.term", "--term", "Its name; from the first day when left out: 2026-autumn"},
        Field{"calendar.first_day", "--first", "First day, YYYY-MM-DD", Input::kDay}.Required(),
        Field{"calendar.last_day", "--last", "Last day, YYYY-MM-DD", Input::kDay}.Required(),
        {"calendar.holidays", "--holiday",
         "Days without school: a day or FIRST..LAST, of which weekdays are taken", Input::kWeekdays},
        {"calendar.makeup_days", "--makeup", "Saturdays and Sundays with school", Input::kDay}}, {card},
       "今后四周新增 {duties_made} 项任务，取消 {duties_taken_away} 项"},
      {"calendar", "get", "pairing.v1.CalendarService.GetSchoolCalendar",
       "Show a school's calendar for a term", "calendar get 2152990001 --county 520521",
       {school, {"term", "--term", "Which; the one of today when left out, or the next one"}}, {card}},
      {"calendar", "list", "pairing.v1.CalendarService.ListSchoolCalendars", "List a school's terms",
       "calendar list 2152990001 --county 520521", {school},
       {{"calendars", false, {{"学期", "term"}, {"第一天", "first_day"}, {"最后一天", "last_day"},
         {"放假", "holidays", Show::kCount}, {"调休上课", "makeup_days", Show::kCount}}}}, "列出 {#} 个学期"},
      {"calendar", "delete", "pairing.v1.CalendarService.DeleteSchoolCalendar",
       "Take a term's calendar away, as one that was set for the wrong days",
       "calendar delete 2152990001 --term 2027-spring --county 520521",
       {school, Field{"term", "--term", "Which"}.Required()}, {},
       "已删除，今后四周取消 {duties_taken_away} 项任务"},
  };
}

std::vector<Form> DutyPolicyForms() {
  const Table card = {"", true, {{"范围", "parent"}, {"事项", "kind"}, {"版本", "version", Show::kVersion},
      {"补报宽限", "report_grace"}, {"算作迟报", "late_report_after"}}};
  return {
      {"duty-policy", "show", "pairing.v1.DutyService.GetDutyPolicy", "Show a county's policy for a kind of duty",
       "duty-policy show --kind 谈心 --county 520521",
       {Field{"kind", "--kind", "For which duties"}.Required()}, {card}},
      {"duty-policy", "put", "pairing.v1.DutyService.PutDutyPolicy",
       "Set it for duties made from now on; what is not said stays as it is",
       "duty-policy put --kind 谈心 --county 520521 --report-grace 48h",
       {Field{"policy.kind", "--kind", "For which duties"}.Required(),
        Field{"policy.report_grace", "--report-grace",
              "How long after the window's end a contact may be reported before the duty is missed"}.OneOf(),
        Field{"policy.late_report_after", "--late-after",
              "A report this long after the contact counts as late"}.OneOf()}, {card}, "",
       "say --report-grace or --late-after"},
  };
}

std::vector<Form> ContactForms() {
  const std::vector<Column> row = {
      {"编号", "name", Show::kId}, {"儿童", "child", Show::kId}, {"姓名", "child", Show::kNameOf},
      {"帮扶人", "helper", Show::kId}, {"帮扶人姓名", "helper", Show::kNameOf}, {"方式", "kind"},
      {"发生时间", "happen_time"}, {"报告时间", "report_time"}, {"完成任务", "closed_duty", Show::kId},
      {"内容", "note"}};
  return {
      {"contact", "log", "pairing.v1.ContactService.CreateContact", "Record a contact, or a file of them",
       "contact log --child 0193... --helper 52052100007 --at \"2026-09-04 15:30\" --kind 家访 --note "
       "谈学习 --county 520521\n         tonghuctl contact log --file contacts.csv --county 520521    "
       "(columns child,helper,kind,at,note;\n         a row sent twice is recorded once)",
       {{"contact.child", "--child", "The child", Input::kName, "children"},
        {"contact.helper", "--helper", "Staff number of who made it", Input::kName, "staffMembers"},
        Field{"contact.kind", "--kind", "What it was"}.Usual("talk"),
        {"contact.happen_time", "--at", "When it happened"}, {"contact.note", "--note", "What was found"}},
       {{"", false, row}}},
      {"contact", "get", "pairing.v1.ContactService.GetContact", "Show a contact",
       "contact get 0193... --county 520521",
       {{"name", "CONTACT", "Id or full name", Input::kName, "contacts", true}}, {{"", false, row}}},
      {"contact", "list", "pairing.v1.ContactService.ListContacts", "List contacts",
       "contact list --county 520521 --from 2026-09-01 --until 2026-09-30",
       {{"child", "--child", "Only this child's", Input::kName, "children"},
        {"happen_from", "--from", "Only those that happened on this day or later", Input::kDayStart},
        {"happen_before", "--until", "Only those that happened on this day or earlier", Input::kDayEnd}},
       {{"contacts", false, row}}, "列出 {#} 次"},
  };
}

std::vector<Form> DutyForms() {
  const std::vector<Column> row = {
      {"编号", "name", Show::kId}, {"儿童", "child", Show::kId}, {"姓名", "child", Show::kNameOf},
      {"帮扶人", "helper", Show::kId}, {"帮扶人姓名", "helper", Show::kNameOf}, {"事项", "kind"},
      {"从", "window_start"}, {"到", "window_end"}, {"判定时间", "due_time"},
      {"状态", "state", Show::kPlain, &StateOf}};
  const Field duty = {"name", "DUTY", "Id or full name", Input::kName, "duties", true};
  return {
      {"duty", "get", "pairing.v1.DutyService.GetDuty", "Show a duty", "duty get 0193... --county 520521",
       {duty}, {{"", false, row}}},
      {"duty", "list", "pairing.v1.DutyService.ListDuties", "List duties",
       "duty list --county 520521 --in-state 逾期未做 --from 2026-09-01 --until 2026-09-30",
       {{"child", "--child", "Only this child's", Input::kName, "children"},
        {"state", "--in-state", "Only this state"},
        {"due_before", "--due-before", "Only those due at or before this time"},
        {"window_from", "--from", "Only those whose window has not ended before this day", Input::kDayStart},
        {"window_before", "--until", "Only those whose window has begun by this day", Input::kDayEnd}},
       {{"duties", false, row}}, "列出 {#} 项"},
      {"duty", "excuse", "pairing.v1.DutyService.ExcuseDuty", "Excuse an open duty; it then raises no alert",
       "duty excuse 0193... --county 520521 --reason 住院",
       {duty, Field{"reason", "--reason", "Why, in the officer's words"}.Required()}, {{"", false, row}}},
  };
}

}  // namespace tonghu::forms
