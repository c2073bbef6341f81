#include "libs/forms/show.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/forms/texts.h"
#include "tonghu/alerts/v1/alert_service.pb.h"
#include "tonghu/alerts/v1/signal_service.pb.h"
#include "tonghu/pairing/v1/calendar_service.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"
#include "tonghu/registry/v1/child_service.pb.h"

namespace tonghu::forms {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

const Form& FormOf(const char* group, const char* verb) { return *FindForm(group, verb); }

TEST(ShowTest, ARowHasNamesBesideIds) {
  const Form& form = FormOf("duty", "list");
  pairing::v1::ListDutiesResponse answer;
  auto& duty = *answer.add_duties();
  duty.set_name("counties/520521/duties/d1");
  duty.set_child("counties/520521/children/c1");
  duty.set_helper("counties/520521/staffMembers/t1");
  duty.set_kind(pairing::v1::DUTY_KIND_TALK);
  duty.set_state(pairing::v1::DUTY_STATE_DONE);
  duty.set_reported_late(true);
  duty.mutable_due_time()->set_seconds(1'788'000'000);
  std::set<std::string> names;
  AddNamesIn(form, answer, &names);
  EXPECT_THAT(names, ElementsAre(duty.child(), duty.helper()));
  const Cells cells = CellsOf(form.tables(0), answer, {{duty.child(), "王小明"}});
  ASSERT_EQ(cells.size(), 2u);
  EXPECT_THAT(cells[1], ElementsAre("d1", "c1", "王小明", "t1", "", "谈心", "", "", "2026-08-29 18:40",
                                    "已完成（迟报）"));
  EXPECT_EQ(SummaryOf(form, answer), "列出 1 项");
}

TEST(ShowTest, AnAlertHasItsChildsLastContact) {
  const Form& form = FormOf("alerts", "show");
  alerts::v1::Alert alert;
  alert.set_child("counties/520521/children/c1");
  std::set<std::string> names;
  AddNamesIn(form, alert, &names);
  EXPECT_THAT(names, ElementsAre(alert.child(), LastContactOf(alert.child())));
  EXPECT_EQ(ChildOfLastContact(LastContactOf(alert.child())), alert.child());
  EXPECT_EQ(ChildOfLastContact(alert.child()), "");
  const auto with = [&](const Names& known) { return CellsOf(form.tables(0), alert, known); };
  EXPECT_THAT(with({{LastContactOf(alert.child()), "2026-08-29 18:40"}}),
              Contains(ElementsAre("最近联系", "2026-08-29 18:40")));
  EXPECT_THAT(with({}), Not(Contains(Contains("最近联系"))));
}

TEST(ShowTest, TheKindOfDutySaysWhatWasMissed) {
  alerts::v1::Alert alert;
  alert.set_kind(alerts::v1::ALERT_KIND_DUTY_MISSED);
  const auto card = [&] { return CellsOf(FormOf("alerts", "show").tables(0), alert, {}); };
  EXPECT_THAT(card(), Contains(ElementsAre("种类", "任务逾期")));
  alert.set_duty_kind(pairing::v1::DUTY_KIND_TALK);
  EXPECT_THAT(card(), Contains(ElementsAre("种类", "谈心逾期")));
  alert.Clear();
  alert.set_kind(alerts::v1::ALERT_KIND_ABSENCE);
  EXPECT_THAT(card(), Contains(ElementsAre("种类", "无故缺勤")));
}

TEST(ShowTest, AnAlertSaysTheDaysInWhichTheDutyWasOwed) {
  alerts::v1::Alert alert;
  const auto card = [&] { return CellsOf(FormOf("alerts", "show").tables(0), alert, {}); };
  EXPECT_THAT(card(), Not(Contains(Contains("日期"))));
  alert.set_date("2026-09-07");
  EXPECT_THAT(card(), Contains(ElementsAre("日期", "2026-09-07"))) << "a morning without attendance";
  alert.set_last_day("2026-09-20");
  EXPECT_THAT(card(), Contains(ElementsAre("日期", "2026-09-07 至 2026-09-20")));
}

TEST(ShowTest, ACardLeavesOutWhatIsEmpty) {
  registry::v1::Child child;
  child.set_name("counties/520521/children/c1");
  child.set_display_name("王小明");
  child.set_identity_number("520299201911042304");
  child.set_grade(3);
  child.set_class_number(1);
  child.mutable_guardian()->set_display_name("王秀英");
  child.mutable_guardian()->set_relation("奶奶");
  child.add_parents()->set_display_name("王强");
  child.add_parents()->set_display_name("李花");
  const Cells cells = CellsOf(FormOf("child", "get").tables(0), child, {});
  EXPECT_THAT(cells, Contains(ElementsAre("身份证号", "**************2304")));
  EXPECT_THAT(cells, Contains(ElementsAre("班级", "3年级1班")));
  EXPECT_THAT(cells, Contains(ElementsAre("监护人", "王秀英，奶奶")));
  EXPECT_THAT(cells, Contains(ElementsAre("父母", "李花")));
  EXPECT_THAT(cells, Contains(ElementsAre("寄宿", "否")));
  EXPECT_THAT(cells, Not(Contains(Contains("民族"))));
}

TEST(ShowTest, IdentityNumbersAreMaskedAtAnyDepth) {
  registry::v1::ListChildrenResponse answer;
  answer.add_children()->set_identity_number("520299201911042304");
  answer.add_children()->set_identity_number("2304");
  Mask(&answer);
  EXPECT_EQ(answer.children(0).identity_number(), "**************2304");
  EXPECT_EQ(answer.children(1).identity_number(), "2304");
}

TEST(ShowTest, TheFirstThatIsNotEmptyAndSeveral) {
  alerts::v1::ListAlertsResponse answer;
  answer.add_alerts()->set_child("counties/520521/children/c1");
  answer.add_alerts()->set_school("counties/520521/schools/s1");
  const Cells cells = CellsOf(FormOf("alerts", "list").tables(0), answer, {});
  EXPECT_EQ(cells[1][3], "c1");
  EXPECT_EQ(cells[2][3], "s1");
  alerts::v1::EscalationPolicy policy;
  auto& step = *policy.add_steps();
  step.mutable_delay()->set_seconds(36 * 3600);
  step.add_levels(alerts::v1::LEVEL_COUNTY_OFFICE);
  step.add_levels(alerts::v1::LEVEL_PROVINCE_OFFICE);
  const Form& form = FormOf("policy", "show");
  EXPECT_THAT(CellsOf(form.tables(1), policy, {})[1], ElementsAre("1", "1d12h", "县级、省级"));
  EXPECT_THAT(CellsOf(form.tables(0), policy, {}), Contains(ElementsAre("版本", "内置")));
  pairing::v1::SchoolCalendar calendar;
  calendar.set_duties_made(4);
  EXPECT_EQ(SummaryOf(FormOf("calendar", "put"), calendar), "今后四周新增 4 项任务，取消 0 项");
}

TEST(ShowTest, SentencesTakeMoreThanTables) {
  alerts::v1::SubmitAttendanceRequest request;
  request.add_absences();
  request.add_absences()->set_with_leave(true);
  alerts::v1::SubmitAttendanceResponse answer;
  answer.add_alerts("counties/520521/alerts/a1");
  EXPECT_EQ(FindAnswerText(FormOf("attendance", "submit").text())(request, answer),
            "已收到考勤：缺勤 1 人，请假 1 人\n预警 counties/520521/alerts/a1\n");
}

}  // namespace
}  // namespace tonghu::forms
