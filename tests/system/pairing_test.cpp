// What becomes of the talks a child is owed when its pairing changes.
#include <set>

#include "libs/clock/timestamp.h"
#include "libs/refusal/refusal.h"
#include "tests/system/pairing_fixture.h"

namespace tonghu::system_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST_F(PairingTest, I4EndingExcusesWhatHasBegunAndTakesAwayTheRest) {
  const std::vector<v1::DutyState> others = States(pair(1));
  AdvanceTo(On(9, 1, 10));
  End(PairingOf(pair(0)));
  EXPECT_THAT(States(pair(0)), ElementsAre(v1::DUTY_STATE_EXCUSED));
  EXPECT_EQ(States(pair(1)), others) << "another child's";
  AdvanceTo(On(9, 17));
  EXPECT_THAT(States(pair(0)), ElementsAre(v1::DUTY_STATE_EXCUSED));
  EXPECT_EQ(MissedAlerts(pair(0), pair(0).helper), 0);
  EXPECT_EQ(MissedAlerts(pair(1), pair(1).helper), 2) << "weeks of 31 August and 7 September";
}

TEST_F(PairingTest, I4AHandOverTakesOpenDutiesAlongAndTheFormerHelpersTalksStillCount) {
  const fault::Paired& child = pair(0);
  const fault::Paired& other = OtherOf(child);
  const std::vector<v1::Duty> before = Duties(child), others = Duties(other);
  AdvanceTo(On(9, 1, 10));
  const std::string handed = HandOver(PairingOf(child), other.helper);
  const std::vector<v1::Duty> after = Duties(child);
  ASSERT_EQ(after.size(), before.size()) << "one a week";
  for (size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].name(), before[i].name());
    EXPECT_EQ(after[i].helper(), other.helper);
    EXPECT_EQ(after[i].pairing(), handed);
  }
  EXPECT_EQ(Duties(other).size(), others.size()) << "another child's";
  EXPECT_EQ(Talk(child, child.helper, On(8, 31, 9)), after[0].name()) << "the former helper's, before it";
  AdvanceTo(On(9, 8, 12));
  EXPECT_EQ(Talk(child, other.helper, On(9, 8, 11)), after[1].name());
  AdvanceTo(On(9, 24));
  EXPECT_THAT(States(child), testing::Contains(v1::DUTY_STATE_MISSED).Times(1)) << "week of 14 September";
  EXPECT_EQ(MissedAlerts(child, other.helper), 1);
  EXPECT_EQ(MissedAlerts(child, child.helper), 0);
}

TEST_F(PairingTest, I4AHandOverToWhoseOwnPairingEndedThisWeekIsOwedAllTheSame) {
  const fault::Paired& child = pair(0);
  const fault::Paired& other = OtherOf(child);
  const std::string first = PairingOf(child);
  const std::string second = PairWith(child, other.helper);
  AdvanceTo(On(9, 1, 10));
  End(second);
  const std::string handed = HandOver(first, other.helper);
  std::map<v1::DutyState, std::string> of_first_week;
  for (const v1::Duty& duty : Duties(child)) {
    EXPECT_EQ(duty.helper(), other.helper);
    if (clock::ToTime(duty.window_start()) == On(8, 31)) of_first_week[duty.state()] = duty.pairing();
  }
  EXPECT_THAT(of_first_week,
              UnorderedElementsAre(Pair(v1::DUTY_STATE_EXCUSED, second), Pair(v1::DUTY_STATE_OPEN, handed)));
}

// Tuesday, within the grace: end a pairing and make a new one.
TEST_F(PairingTest, I4EndingAPairingHidesNoMissAndTheNextOneOwesThisWeek) {
  const fault::Paired& child = pair(0);
  const fault::Paired& other = OtherOf(child);
  AdvanceTo(On(9, 8, 10));
  const std::vector<v1::Duty> before = Duties(child);
  End(PairingOf(child));
  EXPECT_THAT(States(child), ElementsAre(v1::DUTY_STATE_OPEN, v1::DUTY_STATE_EXCUSED));
  const std::string next = PairWith(child, other.helper);
  const std::vector<v1::Duty> after = Duties(child);
  ASSERT_EQ(after.size(), before.size());
  EXPECT_EQ(after[0].helper(), child.helper) << "last week's stays theirs";
  EXPECT_EQ(after[1].name(), before[1].name());
  EXPECT_EQ(after[1].state(), v1::DUTY_STATE_OPEN);
  EXPECT_EQ(after[1].pairing(), next);
  AdvanceTo(On(9, 17));
  EXPECT_THAT(States(child), testing::Contains(v1::DUTY_STATE_MISSED).Times(2));
  EXPECT_EQ(MissedAlerts(child, child.helper), 1) << "week of 31 August";
  EXPECT_EQ(MissedAlerts(child, other.helper), 1) << "week of 7 September";
  EXPECT_EQ(province_->Number("reporting", "SELECT sum(excused)::bigint FROM weekly_count").value_or(-1), 0);
}

// A volunteer may record what was done, and the child still has nobody who owes it a talk.
TEST_F(PairingTest, WhoOwesNothingCoversNoChild) {
  const fault::Paired& child = pair(0);
  const std::string volunteer = OtherOf(child).helper;
  AdvanceTo(On(9, 8, 10));
  const size_t duties = Duties(child).size();
  End(PairingOf(child), v1::PAIRING_END_REASON_OTHER_PAIRING);
  const std::string beside = PairWith(child, volunteer, v1::PAIRING_ROLE_VOLUNTEER);
  EXPECT_THAT(States(child), ElementsAre(v1::DUTY_STATE_OPEN, v1::DUTY_STATE_EXCUSED)) << "as it was ended";
  EXPECT_EQ(Talk(child, volunteer, On(9, 8, 9)), "");
  EXPECT_EQ(Uncovered(child.county).at(child.child), v1::UNCOVERED_REASON_NOT_PAIRED);
  EXPECT_EQ(PairByClass(child.county).paired(), 1) << "the volunteer is in nobody's place";
  EXPECT_TRUE(province_->Quiet().ok());
  EXPECT_THAT(Uncovered(child.county), IsEmpty());
  EXPECT_EQ(Duties(child).size(), duties);
  EXPECT_THAT(States(child), testing::Each(v1::DUTY_STATE_OPEN)) << "this week's is owed again";
  for (const v1::Duty& duty : Duties(child)) EXPECT_NE(duty.pairing(), beside);
}

// Who is paired with the child in another role is not paired once more as the class teacher.
TEST_F(PairingTest, AClassTeacherWhoVolunteersIsLeftToTheWorklist) {
  const fault::Paired& child = pair(0);
  const std::string line = Lasting(child).line();
  AdvanceTo(On(9, 8, 9));
  End(Lasting(child).name(), v1::PAIRING_END_REASON_OTHER_PAIRING);
  const std::string beside = PairWith(child, child.helper, v1::PAIRING_ROLE_VOLUNTEER);
  EXPECT_EQ(PairByClass(child.county).paired(), 0);
  EXPECT_EQ(Uncovered(child.county).at(child.child), v1::UNCOVERED_REASON_NOT_PAIRED);
  AdvanceTo(On(9, 8, 10));
  End(beside, v1::PAIRING_END_REASON_OTHER_PAIRING);
  PairWith(child, child.helper, v1::PAIRING_ROLE_HELPER_TEACHER);
  EXPECT_EQ(Lasting(child).line(), line) << "what was owed goes on, though the volunteer left last";
}

// A worklist is of those who are in the class now, whatever their duties were made for.
TEST_F(PairingTest, DutiesAreListedOfASchoolAGradeAndAClass) {
  v1::ListDutiesRequest request;
  request.set_parent("counties/" + pair(0).county);
  request.set_page_size(5);
  const auto children = [&] {
    std::set<std::string> found;
    absl::Status read =
        clients().ForEachPage(&v1::DutyService::Stub::ListDuties, request, [&](const auto& page) {
          for (const v1::Duty& duty : page.duties()) found.insert(duty.child());
        });
    EXPECT_TRUE(read.ok()) << read;
    return found;
  };
  const auto expected = [&](auto matches) {
    std::set<std::string> wanted;
    for (const fault::Paired& one : province_->paired()) {
      if (matches(one)) wanted.insert(one.child);
    }
    return wanted;
  };
  const fault::Paired& child = pair(0);
  request.set_school(child.school);
  EXPECT_EQ(children(), expected([&](const auto& one) { return one.school == child.school; }));
  request.set_grade(child.grade);
  const auto same_grade = [&](const auto& one) {
    return one.school == child.school && one.grade == child.grade;
  };
  EXPECT_EQ(children(), expected(same_grade));
  request.set_class_number(child.class_number);
  const auto same_class = [&](const auto& one) {
    return same_grade(one) && one.class_number == child.class_number;
  };
  const std::set<std::string> before = expected(same_class);
  EXPECT_EQ(children(), before);
  EXPECT_LT(before.size(), province_->paired().size()) << "others are in other classes";
  MoveToClass(child, child.grade, child.class_number + 1);
  EXPECT_FALSE(children().contains(child.child));
  EXPECT_EQ(children().size(), before.size() - 1);
  request.set_class_number(child.class_number + 1);
  EXPECT_TRUE(children().contains(child.child));

  const auto refused = [&] {
    const auto listed = clients().Call(&v1::DutyService::Stub::ListDuties, request);
    return listed.ok()
               ? ""
               : absl::StrCat(refusal::Of(listed.status()).reason, " ", refusal::Of(listed.status()).field);
  };
  request.set_grade(0);
  EXPECT_EQ(refused(), "GRADE_MISSING grade");
  request.clear_class_number();
  request.set_grade(1);
  request.clear_school();
  EXPECT_EQ(refused(), "SCHOOL_MISSING school");
  request.set_school("counties/520203/staffMembers/x");
  EXPECT_EQ(refused(), "NAME_MALFORMED school");
}

TEST_F(PairingTest, AFirstPairingInMidWeekOwesFromTheNextWeekOn) {
  AdvanceTo(On(9, 8, 10));
  const std::string second = PairWith(pair(0), OtherOf(pair(0)).helper);
  std::vector<absl::Time> weeks;
  for (const v1::Duty& duty : Duties(pair(0))) {
    if (duty.pairing() == second) weeks.push_back(clock::ToTime(duty.window_start()));
  }
  ASSERT_FALSE(weeks.empty());
  EXPECT_EQ(weeks.front(), On(9, 14)) << "the child's other pairing lasts";
}

TEST_F(PairingTest, APairingByClassFollowsTheChildAndThePost) {
  const fault::Paired& child = pair(0);
  const fault::Paired& other = OtherOf(child);
  End(PairingOf(child), v1::PAIRING_END_REASON_OTHER_PAIRING);
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(PairByClass(child.county).paired(), 1);
  const v1::Pairing first = Lasting(child);
  EXPECT_EQ(first.helper(), child.helper);
  EXPECT_EQ(first.basis(), v1::PAIRING_BASIS_CLASS_TEACHER);

  const registry::v1::Child of_child = ChildOf(child), of_other = ChildOf(other);
  ASSERT_EQ(of_child.school(), of_other.school());
  AdvanceTo(On(9, 8, 10));
  MoveToClass(child, of_other.grade(), of_other.class_number());
  EXPECT_EQ(Lasting(child).helper(), other.helper) << "the child changed its class";
  EXPECT_EQ(Lasting(child).line(), first.line());
  for (const v1::Duty& duty : Duties(child)) EXPECT_EQ(duty.helper(), other.helper);

  SetClassTeacher(of_other, child.helper);
  EXPECT_EQ(Lasting(child).helper(), child.helper) << "the post changed its holder";
  EXPECT_EQ(Lasting(other).helper(), other.helper) << "made by CreatePairing";

  SetClassTeacher(of_other, "");
  EXPECT_EQ(Lasting(child).helper(), child.helper);
  const auto uncovered = Uncovered(child.county);
  EXPECT_EQ(uncovered.at(child.child), v1::UNCOVERED_REASON_NOT_MOVED);
  SetClassTeacher(of_other, child.helper);
  EXPECT_THAT(Uncovered(child.county), IsEmpty());
  AdvanceTo(On(9, 9, 10));
  EXPECT_EQ(MissedAlerts(child, child.helper), 1) << "told who is the class teacher now";
}

TEST_F(PairingTest, WhatWasEndedOnPurposeIsNotPairedAgainByClass) {
  const fault::Paired& child = pair(0);
  End(PairingOf(child), v1::PAIRING_END_REASON_CHILD_MOVED);
  const v1::PairByClassResponse paired = PairByClass(child.county);
  EXPECT_EQ(paired.paired(), 0);
  EXPECT_EQ(paired.ended_on_purpose(), 1);
  EXPECT_EQ(paired.left(), 0);
  EXPECT_THAT(Uncovered(child.county), IsEmpty());
  PairWith(child, child.helper);
  EXPECT_EQ(PairByClass(child.county).ended_on_purpose(), 0);
  EXPECT_EQ(Lasting(child).helper(), child.helper);
}

}  // namespace
}  // namespace tonghu::system_test
