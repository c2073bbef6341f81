#include "tests/fault/model/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonghu::fault::model {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kSchool[] = "counties/520324/schools/1";
constexpr char kChild[] = "counties/520324/children/a";
constexpr char kTeacher[] = "counties/520324/staffMembers/t";
constexpr char kOther[] = "counties/520324/staffMembers/o";
constexpr char kHeadOfSchool[] = "counties/520324/staffMembers/h";

absl::Time On(int month, int day, int hour = 8) {
  return absl::FromCivil(absl::CivilHour(2026, month, day, hour), absl::FixedTimeZone(8 * 60 * 60));
}

// A school from Tuesday 1 September 2026 on, one child paired with its teacher on Monday.
class ModelTest : public testing::Test {
 protected:
  void SetUp() override {
    Say(SchoolPut{kSchool, "520324104"});
    Say(ChildPlaced{kChild, kSchool, 3, 1});
    Say(PostPut{"counties/520324/posts/class_teacher-1-3-1", kTeacher, ""});
    Say(PostPut{"counties/520324/posts/school_head-1", kHeadOfSchool, ""});
    Say(CalendarPut{.school = kSchool,
                    .term = "autumn",
                    .first = absl::CivilDay(2026, 9, 1),
                    .last = absl::CivilDay(2026, 10, 16)});
    Say(PairingStarted{"counties/520324/pairings/p", kChild, kTeacher, 1});
  }

  void Say(What what, const std::string& refusal = "") { model_.Apply({now_, std::move(what), refusal}); }
  void MoveTo(absl::Time time) {
    now_ = time;
    Say(ClockMoved());
  }
  void Talk(const std::string& helper, absl::Time happened, const std::string& refusal = "") {
    Say(ContactLogged{absl::StrCat("counties/520324/contacts/", ++contacts_), kChild, helper, kTalk,
                      happened},
        refusal);
  }
  std::vector<int> States() const {
    std::vector<int> states;
    for (const Duty& duty : model_.duties()) {
      if (!duty.taken_away) states.push_back(duty.state());
    }
    return states;
  }
  std::vector<Alert> AlertsOf(int kind) const {
    std::vector<Alert> alerts;
    for (const Alert& alert : model_.alerts()) {
      if (alert.subject.kind == kind) alerts.push_back(alert);
    }
    return alerts;
  }
  Week WeekOf(absl::CivilDay monday) const {
    return model_.FiguresNow().by_division().at("520324").at(monday);
  }
  ~ModelTest() override { EXPECT_THAT(model_.surprises(), IsEmpty()); }

  Model model_;
  absl::Time now_ = On(8, 31);
  int contacts_ = 0;
};

TEST_F(ModelTest, ATalkInItsWeekClosesTheDutyAndTheNextOneIsMissed) {
  EXPECT_THAT(States(), ElementsAre(kOwed, kOwed, kOwed, kOwed, kOwed));
  MoveTo(On(9, 2));
  Talk(kTeacher, On(9, 1, 9));
  MoveTo(On(9, 17));
  EXPECT_THAT(States(), ElementsAre(kHeld, kNotHeld, kOwed, kOwed, kOwed, kOwed, kOwed));
  ASSERT_THAT(AlertsOf(kDutyMissed), SizeIs(1));
  const Alert alert = AlertsOf(kDutyMissed)[0];
  EXPECT_EQ(alert.subject.child, kChild);
  EXPECT_EQ(alert.raised, On(9, 17));
  EXPECT_EQ(alert.entries.back().staff, kTeacher);
  EXPECT_EQ(WeekOf(absl::CivilDay(2026, 8, 31))[kDone], 1);
  EXPECT_EQ(WeekOf(absl::CivilDay(2026, 9, 7))[kMissed], 1);
}

TEST_F(ModelTest, AnUnansweredAlertClimbsAndSkipsVacantPosts) {
  MoveTo(On(9, 9));
  MoveTo(On(9, 10));
  ASSERT_THAT(AlertsOf(kDutyMissed), SizeIs(1));
  EXPECT_EQ(AlertsOf(kDutyMissed)[0].entries.back().staff, kHeadOfSchool);
  MoveTo(On(9, 12));  // nobody supervises the township, nobody holds the county's and the province's posts
  const Alert alert = AlertsOf(kDutyMissed)[0];
  EXPECT_EQ(alert.level, kHead);
  EXPECT_EQ(alert.next_step, 5);
  EXPECT_EQ(alert.next_step_time, On(9, 15));
}

TEST_F(ModelTest, ALateReportSettlesTheAlertAndATalkMakesUp) {
  MoveTo(On(9, 9, 12));
  Talk(kTeacher, On(9, 3));
  EXPECT_EQ(States()[0], kHeldLate);
  EXPECT_EQ(AlertsOf(kDutyMissed)[0].state, kResolved);
  MoveTo(On(9, 16));
  ASSERT_EQ(States()[1], kNotHeld);
  Talk(kTeacher, On(9, 15));
  EXPECT_EQ(States()[2], kHeld) << "this week's comes first";
  Talk(kTeacher, On(9, 15, 9));
  EXPECT_EQ(States()[1], kHeldLate);
  EXPECT_EQ(WeekOf(absl::CivilDay(2026, 9, 7))[kDoneLate], 1);
}

TEST_F(ModelTest, ATalkOfItsOwnWeekFreesTheOneThatMadeUp) {
  MoveTo(On(9, 22));
  Talk(kTeacher, On(9, 21));  // this week's
  Talk(kTeacher, On(9, 22));  // makes up for the oldest
  EXPECT_THAT(States(), testing::Contains(kHeldLate).Times(1));
  EXPECT_EQ(States()[0], kHeldLate);
  Talk(kTeacher, On(9, 1));
  EXPECT_EQ(States()[0], kHeldLate);
  EXPECT_EQ(States()[1], kHeldLate) << "made up for by the freed one";
}

TEST_F(ModelTest, EndingExcusesThisWeekOnlyAndTheNextPairingOwesIt) {
  MoveTo(On(9, 8));
  Say(PairingEnded{"counties/520324/pairings/p", 4});
  EXPECT_THAT(States(), ElementsAre(kOwed, kExcusedDuty)) << "last week's is over, its report may come yet";
  Say(PairingStarted{"counties/520324/pairings/q", kChild, kOther, 3});
  EXPECT_EQ(States()[1], kOwed);
  MoveTo(On(9, 9));
  EXPECT_EQ(States()[0], kNotHeld);
  EXPECT_EQ(AlertsOf(kDutyMissed)[0].helper, kTeacher);
  MoveTo(On(9, 16));
  EXPECT_EQ(AlertsOf(kDutyMissed)[1].helper, kOther);
}

TEST_F(ModelTest, WhoeverWasPairedWithinTheWeekCounts) {
  MoveTo(On(9, 9));
  Say(PairingHandedOver{"counties/520324/pairings/p", "counties/520324/pairings/q", kOther});
  MoveTo(On(9, 10));
  Say(PairingHandedOver{"counties/520324/pairings/q", "counties/520324/pairings/r", kHeadOfSchool});
  MoveTo(On(9, 11));
  Talk(kTeacher, On(9, 8));
  EXPECT_EQ(States()[1], kHeld);
  Talk(kTeacher, On(9, 11), "NOT_PAIRED");
}

TEST_F(ModelTest, AnotherTermErasesNothingAndAShorterOneTakesAway) {
  const size_t before = States().size();
  Say(CalendarPut{.school = kSchool,
                  .term = "spring",
                  .first = absl::CivilDay(2027, 3, 1),
                  .last = absl::CivilDay(2027, 7, 9)});
  EXPECT_THAT(States(), SizeIs(before));
  Say(CalendarPut{.school = kSchool,
                  .term = "autumn",
                  .first = absl::CivilDay(2026, 9, 1),
                  .last = absl::CivilDay(2026, 9, 11)});
  EXPECT_THAT(States(), SizeIs(2));
  Say(CalendarPut{.school = kSchool,
                  .term = "autumn",
                  .first = absl::CivilDay(2026, 9, 1),
                  .last = absl::CivilDay(2026, 10, 16)});
  EXPECT_THAT(States(), SizeIs(before)) << "owed again";
}

TEST_F(ModelTest, ASilentSchoolAndAnAbsentChildAreToldOf) {
  MoveTo(On(9, 1, 10));
  ASSERT_THAT(AlertsOf(kAttendanceNotSent), SizeIs(1));
  Say(AttendanceReported{kSchool, absl::CivilDay(2026, 9, 1), {{kChild, false}}});
  EXPECT_EQ(AlertsOf(kAttendanceNotSent)[0].state, kResolved);
  ASSERT_THAT(AlertsOf(kAbsence), SizeIs(1));
  EXPECT_EQ(AlertsOf(kAbsence)[0].entries.back().staff, kTeacher);
  Say(AttendanceReported{kSchool, absl::CivilDay(2026, 9, 2), {}}, "DATE_IN_FUTURE");
}

TEST_F(ModelTest, LeaveStaysAndTakesBackWhatTheMorningRaised) {
  MoveTo(On(9, 2));
  const absl::CivilDay today(2026, 9, 2), yesterday(2026, 9, 1);
  Say(AttendanceReported{kSchool, yesterday, {{kChild, false}}});
  Say(AttendanceReported{kSchool, today, {{kChild, false}}});
  Say(AttendanceReported{"", today, {{kChild, true}}});
  EXPECT_EQ(AlertsOf(kAbsence)[0].occurrences, 1);
  Say(AttendanceReported{kSchool, today, {{kChild, false}}});
  EXPECT_EQ(AlertsOf(kAbsence)[0].occurrences, 1);
  Say(AttendanceReported{"", yesterday, {{kChild, true}}});
  ASSERT_THAT(AlertsOf(kAbsence), SizeIs(1));
  EXPECT_EQ(AlertsOf(kAbsence)[0].state, kResolved);
}

TEST_F(ModelTest, ADayWithoutSchoolRaisesNothingAndAClosureSettles) {
  MoveTo(On(9, 3, 8));
  Say(AttendanceReported{"", absl::CivilDay(2026, 9, 3), {{kChild, false}}});
  MoveTo(On(9, 3, 12));
  ASSERT_EQ(AlertsOf(kAttendanceNotSent).back().state, kOpen);
  Say(CalendarPut{.school = kSchool,
                  .term = "autumn",
                  .first = absl::CivilDay(2026, 9, 1),
                  .last = absl::CivilDay(2026, 10, 16),
                  .holidays = {absl::CivilDay(2026, 9, 3)}});
  EXPECT_EQ(AlertsOf(kAttendanceNotSent).back().state, kResolved);
  EXPECT_EQ(AlertsOf(kAbsence)[0].state, kResolved);
  MoveTo(On(9, 6));
  Say(AttendanceReported{kSchool, absl::CivilDay(2026, 9, 6), {{kChild, false}}}, "NOT_A_SCHOOL_DAY");
}

TEST_F(ModelTest, AnAnswerHoldsTheClimbForAWhile) {
  Say(EmergencyReported{"counties/520324/alerts/e", kChild, 1, kTeacher});
  const Subject subject{.kind = kEmergency, .child = kChild, .alert = "counties/520324/alerts/e"};
  Say(AlertAnswered{subject, kTeacher, ""});
  Say(AlertAnswered{subject, kOther, ""}, "ALREADY_ACKNOWLEDGED");
  MoveTo(On(8, 31, 20));
  EXPECT_EQ(model_.alerts()[0].state, kAcknowledged);
  MoveTo(On(9, 1, 9));
  EXPECT_EQ(model_.alerts()[0].state, kOpen);
  Say(AlertAnswered{subject, kOther, "已回家"});
  Say(AlertAnswered{subject, kOther, "已回家"}, "ALREADY_RESOLVED");
}

TEST(ModelAlone, SaysWhenAnAnswerShouldHaveBeenAnother) {
  Model model;
  model.Apply({On(9, 1), SchoolPut{kSchool, "520324104"}});
  model.Apply({On(9, 1), ChildPlaced{kChild, kSchool, 3, 1}});
  model.Apply({On(9, 1), ContactLogged{"counties/520324/contacts/1", kChild, kTeacher, kTalk, On(9, 1)}});
  EXPECT_THAT(model.surprises(), ElementsAre(testing::HasSubstr("should have been refused: NOT_PAIRED")));
}

TEST_F(ModelTest, AFloodWeekIsExcusedWheneverItIsAnnounced) {
  MoveTo(On(9, 9, 14));
  Say(SchoolClosed{"c", kSchool, absl::CivilDay(2026, 9, 9), absl::CivilDay(2026, 9, 11)});
  EXPECT_EQ(States()[1], kExcusedDuty);
  Talk(kTeacher, On(9, 8));
  EXPECT_EQ(States()[1], kHeld) << "a talk beats it";
  MoveTo(On(9, 23));
  Say(AttendanceReported{.school = kSchool, .day = absl::CivilDay(2026, 9, 10)}, "NOT_A_SCHOOL_DAY");
  EXPECT_EQ(States()[2], kNotHeld);
  // Two days of five are not enough, three are.
  Say(SchoolClosed{"d", kSchool, absl::CivilDay(2026, 9, 14), absl::CivilDay(2026, 9, 15)});
  EXPECT_EQ(States()[2], kNotHeld);
  Say(SchoolClosed{"e", kSchool, absl::CivilDay(2026, 9, 18), absl::CivilDay(2026, 9, 18)});
  EXPECT_EQ(States()[2], kExcusedDuty);
  EXPECT_EQ(AlertsOf(kDutyMissed).back().state, kResolved);
  const size_t alerts = AlertsOf(kDutyMissed).size();
  Say(ClosureWithdrawn{"e"});
  EXPECT_EQ(States()[2], kNotHeld);
  EXPECT_EQ(AlertsOf(kDutyMissed).size(), alerts + 1) << "raised again";
  EXPECT_EQ(AlertsOf(kDutyMissed).back().state, kOpen);
  Say(ClosureWithdrawn{"e"}, "CLOSURE_NOT_FOUND");
  EXPECT_THAT(model_.surprises(), IsEmpty());
}

TEST_F(ModelTest, WhoIsLeftAloneIsToldOfAfterAWeekAndAgainWhenNothingChanged) {
  MoveTo(On(9, 8));
  Say(PairingEnded{"counties/520324/pairings/p", 4});
  MoveTo(On(9, 15, 7));
  EXPECT_THAT(AlertsOf(kUncovered), IsEmpty());
  MoveTo(On(9, 15));
  ASSERT_THAT(AlertsOf(kUncovered), SizeIs(1));
  EXPECT_EQ(AlertsOf(kUncovered)[0].entries.at(1).staff, kHeadOfSchool);
  Say(AlertAnswered{
      .subject = {.kind = kUncovered, .child = kChild}, .staff = kHeadOfSchool, .resolution = "已安排"});
  MoveTo(On(9, 22));
  ASSERT_THAT(AlertsOf(kUncovered), SizeIs(2));
  Say(PairingStarted{"counties/520324/pairings/q", kChild, kOther, 3});
  EXPECT_EQ(AlertsOf(kUncovered)[1].state, kResolved);
  Say(PairingEnded{"counties/520324/pairings/q", 1});
  MoveTo(On(10, 10));
  EXPECT_THAT(AlertsOf(kUncovered), SizeIs(2)) << "its parents are back";
}

}  // namespace
}  // namespace tonghu::fault::model
