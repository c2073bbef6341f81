// Cases of duties that people have met: each once on a real stack.
#include "libs/clock/timestamp.h"
#include "libs/refusal/refusal.h"
#include "tests/fault/ask.h"
#include "tests/system/pairing_fixture.h"

namespace tonghu::system_test {
namespace {

using testing::Each;
using testing::Ge;
using testing::SizeIs;

class CasesTest : public PairingTest {
 protected:
  // The child's alerts of missed duties.
  std::vector<alerts::v1::Alert> Missed(const fault::Paired& pair) {
    auto listed = fault::Alerts(clients(), "counties/" + pair.county, pair.child);
    EXPECT_TRUE(listed.ok()) << listed.status();
    auto alerts = listed.value_or(std::vector<alerts::v1::Alert>());
    std::erase_if(alerts, [](const auto& one) { return one.kind() != alerts::v1::ALERT_KIND_DUTY_MISSED; });
    return alerts;
  }
  // Why a talk of the helper with the first child is refused.
  std::string RefusalOfTalk(const std::string& helper, absl::Time happened) {
    v1::CreateContactRequest request;
    request.set_parent("counties/" + pair(0).county);
    request.mutable_contact()->set_child(pair(0).child);
    request.mutable_contact()->set_helper(helper);
    request.mutable_contact()->set_kind(v1::CONTACT_KIND_TALK);
    clock::SetTime(happened, request.mutable_contact()->mutable_happen_time());
    return refusal::Of(clients().Call(&v1::ContactService::Stub::CreateContact, request).status()).reason;
  }
  std::string NewTeacher(const std::string& id) {
    registry::v1::PutStaffMemberRequest put;
    put.mutable_staff_member()->set_name("counties/" + pair(0).county + "/staffMembers/" + id);
    put.mutable_staff_member()->set_display_name("接任老师");
    const auto made = clients().Call(&registry::v1::DirectoryService::Stub::PutStaffMember, put);
    EXPECT_TRUE(made.ok()) << made.status();
    EXPECT_TRUE(province_->Quiet().ok());
    return made.ok() ? made->name() : "";
  }
};

TEST_F(CasesTest, AHelperChangedAtTheMinuteOfTheDeadlineLeavesOneMissOfOneOfThem) {
  const std::string next = NewTeacher("next");
  const v1::Duty duty = Duties(pair(0)).front();
  const absl::Time due = clock::ToTime(duty.due_time());
  AdvanceTo(due - absl::Seconds(1));
  EXPECT_THAT(Missed(pair(0)), SizeIs(0));
  // Nobody waits for what the minute brings: hand-over and judging run against each other.
  ASSERT_TRUE(province_->stack().clock().AdvanceTo(due).ok());
  HandOver(Lasting(pair(0)).name(), next);
  ASSERT_TRUE(province_->Quiet().ok());
  ASSERT_THAT(Missed(pair(0)), SizeIs(1));
  EXPECT_EQ(Missed(pair(0)).front().duty(), duty.name());
  EXPECT_EQ(MissedAlerts(pair(0), pair(0).helper) + MissedAlerts(pair(0), next), 1);
  EXPECT_EQ(States(pair(0)).front(), v1::DUTY_STATE_MISSED);
  for (const v1::Duty& ahead : Duties(pair(0))) {
    if (ahead.name() != duty.name()) EXPECT_EQ(ahead.helper(), next);
  }
}

TEST_F(CasesTest, AfterThreeHandOversInAWeekWhatAFormerHelperDidInTheirTimeCounts) {
  const std::string second = NewTeacher("second"), third = NewTeacher("third"), fourth = NewTeacher("fourth");
  const std::vector<v1::Duty> before = Duties(pair(0));
  std::string pairing = Lasting(pair(0)).name();
  for (const auto& [day, helper] : {std::pair(1, second), std::pair(2, third), std::pair(3, fourth)}) {
    AdvanceTo(On(9, day, 10));
    pairing = HandOver(pairing, helper);
  }
  const std::vector<v1::Duty> after = Duties(pair(0));
  ASSERT_EQ(after.size(), before.size());
  for (size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].name(), before[i].name());
    EXPECT_EQ(after[i].helper(), fourth);
  }
  EXPECT_EQ(RefusalOfTalk(second, On(9, 3, 9)), "NOT_PAIRED") << "handed over the day before";
  EXPECT_EQ(Talk(pair(0), third, On(9, 2, 15)), after[0].name()) << "while the child was the third's";
  AdvanceTo(On(9, 9));
  EXPECT_THAT(Missed(pair(0)), SizeIs(0));
}

TEST_F(CasesTest, AReportOfFortyDaysLaterIsLatePaperworkAndNoMissedChild) {
  const std::string duty = Duties(pair(0)).front().name();
  AdvanceTo(On(10, 12, 9));
  ASSERT_THAT(Missed(pair(0)), SizeIs(Ge(4)));
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 2, 16)), duty);
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(States(pair(0)).front(), v1::DUTY_STATE_DONE_LATE);
  EXPECT_TRUE(Duties(pair(0)).front().reported_late());
  for (const alerts::v1::Alert& alert : Missed(pair(0))) {
    EXPECT_EQ(alert.state() == alerts::v1::ALERT_STATE_RESOLVED, alert.duty() == duty) << alert.duty();
  }
}

TEST_F(CasesTest, ATermThatBeginsOnAWednesdayOwesThatWeekToWhoeverIsPairedByThen) {
  const std::string school = NewSchool(pair(0));
  SetTerm(school, "2026-09-09", "2027-01-15");
  MoveTo(pair(0), school);
  MoveTo(pair(1), school);
  const std::string other = NewTeacher("other");
  AdvanceTo(On(9, 10, 9));
  PairWith(pair(1), other, v1::PAIRING_ROLE_HELPER_TEACHER);
  const auto first_week = [&](const fault::Paired& pair, const std::string& helper) {
    std::vector<absl::Time> weeks;
    for (const v1::Duty& duty : Duties(pair)) {
      if (duty.helper() == helper) weeks.push_back(clock::ToTime(duty.window_start()));
    }
    return weeks;
  };
  EXPECT_THAT(first_week(pair(0), pair(0).helper), testing::Contains(On(9, 7)));
  EXPECT_THAT(first_week(pair(1), other), Each(Ge(On(9, 14)))) << "paired on the second school day";
  EXPECT_THAT(first_week(pair(1), other), testing::Contains(On(9, 14)));
}

TEST_F(CasesTest, InAWeekOfHolidaysNothingIsOwedAndAMakeUpSundayMakesItOwed) {
  const std::string school = NewSchool(pair(0));
  v1::PutSchoolCalendarRequest put;
  put.mutable_calendar()->set_school(school);
  put.mutable_calendar()->set_first_day("2026-09-01");
  put.mutable_calendar()->set_last_day("2027-01-15");
  // The week from 14 September is a holiday; of the week from 21 September only the Sunday is a school day.
  for (int day = 14; day <= 25; ++day) {
    if (day != 19 && day != 20) put.mutable_calendar()->add_holidays(absl::StrCat("2026-09-", day));
  }
  put.mutable_calendar()->add_makeup_days("2026-09-27");
  const auto stored = clients().Call(&v1::CalendarService::Stub::PutSchoolCalendar, put);
  ASSERT_TRUE(stored.ok()) << stored.status();
  ASSERT_TRUE(province_->Quiet().ok());
  MoveTo(pair(0), school);
  std::vector<absl::Time> weeks;
  for (const v1::Duty& duty : Duties(pair(0))) weeks.push_back(clock::ToTime(duty.window_start()));
  EXPECT_THAT(weeks, testing::IsSupersetOf({On(8, 31), On(9, 7), On(9, 21)}));
  EXPECT_THAT(weeks, testing::Not(testing::Contains(On(9, 14))));
}

}  // namespace
}  // namespace tonghu::system_test
