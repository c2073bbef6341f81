// What becomes of the talks a child is owed when its school or the school's calendar changes.
#include "libs/clock/timestamp.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "tests/system/pairing_fixture.h"

namespace tonghu::system_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TermsTest : public PairingTest {};

TEST_F(TermsTest, AShorterTermTakesAwayWhatIsBehindItsEnd) {
  const fault::Paired& here = pair(0);
  const auto elsewhere = std::find_if(province_->paired().begin(), province_->paired().end(),
                                      [&](const fault::Paired& one) { return one.county != here.county; });
  const size_t others = Duties(*elsewhere).size();
  ASSERT_GT(Duties(here).size(), 2u);
  SetTerm(ChildOf(here).school(), "2026-09-01", "2026-09-11");
  const std::vector<v1::Duty> left = Duties(here);
  ASSERT_EQ(left.size(), 2u);
  EXPECT_EQ(clock::ToTime(left[0].window_start()), On(8, 31));
  EXPECT_EQ(clock::ToTime(left[1].window_start()), On(9, 7));
  EXPECT_EQ(Duties(*elsewhere).size(), others) << "another school's";
}

TEST_F(TermsTest, AChildWhoMovesIsOwedTheWeeksOfTheNewSchool) {
  const std::string school = NewSchool(pair(0));
  SetTerm(school, "2026-09-07", "2026-09-18");
  const size_t others = Duties(pair(1)).size();
  MoveTo(pair(0), school);
  std::vector<absl::Time> weeks;
  for (const v1::Duty& duty : Duties(pair(0))) weeks.push_back(clock::ToTime(duty.window_start()));
  EXPECT_THAT(weeks, ElementsAre(On(8, 31), On(9, 7), On(9, 14))) << "the first has begun";
  EXPECT_EQ(Duties(pair(1)).size(), others) << "another child's";
}

TEST_F(TermsTest, ChildrenNobodyWillTalkWithAreNamed) {
  EXPECT_THAT(Uncovered("-"), IsEmpty());
  const std::string county = pair(0).county, school = ChildOf(pair(0)).school();
  AdvanceTo(On(9, 1, 10));
  End(PairingOf(pair(0)), v1::PAIRING_END_REASON_OTHER_PAIRING);
  End(PairingOf(pair(1)), v1::PAIRING_END_REASON_PARENT_RETURNED);
  MoveTo(pair(2), NewSchool(pair(2)));
  const std::string first = PairingOf(pair(3));
  PairWith(pair(3), OtherOf(pair(3)).helper);
  End(first, v1::PAIRING_END_REASON_PARENT_RETURNED);  // the other one lasts
  SetTerm(school, "2026-09-01", "2026-09-11");
  std::map<std::string, v1::UncoveredReason> expected = {{pair(0).child, v1::UNCOVERED_REASON_NOT_PAIRED}};
  EXPECT_EQ(Uncovered(county), expected) << "the others are owed this week's";
  AdvanceTo(On(9, 14));
  for (const fault::Paired& one : province_->paired()) {
    if (one.county == county) expected.emplace(one.child, v1::UNCOVERED_REASON_CALENDAR_OVER);
  }
  expected.erase(pair(1).child);
  expected[pair(2).child] = v1::UNCOVERED_REASON_NO_CALENDAR;
  EXPECT_EQ(Uncovered(county), expected);
  EXPECT_EQ(Uncovered("-"), expected) << "nobody in the other county";
}

TEST_F(TermsTest, NextTermsCalendarLeavesThisTermAlone) {
  const std::string school = ChildOf(pair(0)).school();
  AdvanceTo(On(9, 15, 10));
  const std::vector<v1::DutyState> before = States(pair(0));
  const absl::CivilDay first(2026, 9, 1), last(2027, 1, 15), next_first(2027, 3, 1), next_last(2027, 7, 9);
  const int64_t awaited = AwaitedMornings(school, first, last);
  ASSERT_GT(awaited, 80);
  const v1::SchoolCalendar put = SetTerm(school, "2027-03-01", "2027-07-09");
  EXPECT_EQ(put.term(), "2027-spring");
  EXPECT_EQ(put.duties_made(), 0);
  EXPECT_EQ(put.duties_taken_away(), 0);
  EXPECT_EQ(States(pair(0)), before);
  EXPECT_EQ(AwaitedMornings(school, first, last), awaited);
  EXPECT_EQ(AwaitedMornings(school, next_first, next_last), 95);
  EXPECT_THAT(Terms(school),
              ElementsAre("2026-autumn 2026-09-01 2027-01-15", "2027-spring 2027-03-01 2027-07-09"));
  EXPECT_THAT(Uncovered("-"), IsEmpty());
}

TEST_F(TermsTest, TermsOfASchoolDontOverlapAndAreTakenAwayOneByOne) {
  const std::string school = ChildOf(pair(0)).school();
  const auto reason = [&](const std::string& first, const std::string& last) {
    const absl::Status status = PutTerm(school, first, last).status();
    return refusal::Of(rpc::FromGrpc(rpc::ToGrpc(status))).reason;
  };
  EXPECT_EQ(reason("2027-02-01", "2027-07-09"), "");
  EXPECT_EQ(reason("2026-07-01", "2026-09-01"), "TERMS_OVERLAP") << "2026-spring";
  EXPECT_EQ(reason("2026-08-01", "2026-08-31"), "TERM_MOVED") << "2026-autumn, with none of its days";
  ASSERT_TRUE(province_->Quiet().ok());
  v1::DeleteSchoolCalendarRequest remove;
  remove.set_school(school);
  remove.set_term("2027-spring");
  const auto call = [&] { return clients().Call(&v1::CalendarService::Stub::DeleteSchoolCalendar, remove); };
  const size_t owed = Duties(pair(0)).size();
  ASSERT_TRUE(call().ok());
  EXPECT_EQ(Duties(pair(0)).size(), owed);
  EXPECT_TRUE(absl::IsNotFound(call().status()));
  remove.set_term("2026-autumn");
  auto deleted = call();
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_GT(deleted->duties_taken_away(), 0);
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(Duties(pair(0)).size(), 1u) << "the week that has begun";
  EXPECT_EQ(AwaitedMornings(school, absl::CivilDay(2026, 9, 1), absl::CivilDay(2027, 7, 9)), 0);
}

TEST_F(TermsTest, WhatAMistakeTookAwayIsOwedAgainWhileItsWeekLasts) {
  const std::string school = ChildOf(pair(0)).school();
  AdvanceTo(On(9, 1, 10));
  const std::vector<v1::Duty> before = Duties(pair(0));
  const v1::SchoolCalendar mistaken = SetTerm(school, "2026-09-01", "2026-09-02");
  ASSERT_EQ(Duties(pair(0)).size(), 1u);
  EXPECT_EQ(mistaken.duties_taken_away() % static_cast<int>(before.size() - 1), 0);
  EXPECT_GT(mistaken.duties_taken_away(), 0);
  AdvanceTo(On(9, 9, 10));  // Wednesday of the second week
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 8, 9)), Duties(pair(0))[0].name()) << "made up for";
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 9, 9)), "") << "nothing else is owed";
  const v1::SchoolCalendar corrected = SetTerm(school, "2026-09-01", "2027-01-15");
  EXPECT_GE(corrected.duties_made(), mistaken.duties_taken_away());
  const std::vector<v1::Duty> after = Duties(pair(0));
  ASSERT_GE(after.size(), before.size());
  for (size_t i = 0; i < before.size(); ++i) EXPECT_EQ(after[i].name(), before[i].name());
  EXPECT_EQ(after[1].state(), v1::DUTY_STATE_DONE) << "by this week's talk that closed nothing";
  EXPECT_EQ(Duties(pair(1))[1].state(), v1::DUTY_STATE_OPEN);
}

}  // namespace
}  // namespace tonghu::system_test
