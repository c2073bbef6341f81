#include "services/pairing/domain/duty.h"

#include <gtest/gtest.h>

#include <set>

#include "libs/clock/clock.h"

namespace tonghu::pairing {
namespace {

absl::Time At(int year, int month, int day, int hour = 0) {
  return absl::FromCivil(absl::CivilHour(year, month, day, hour), clock::China());
}

calendar::SchoolCalendar Autumn() {
  return *calendar::SchoolCalendar::Make({{absl::CivilDay(2026, 9, 1), absl::CivilDay(2027, 1, 15)}},
                                         {{absl::CivilDay(2026, 9, 28), absl::CivilDay(2026, 10, 9)}}, {});
}

const DutyPolicy& Built() { return RuleOf(DutyKind::kTalk).built_in; }

TEST(PlanDutiesTest, OneASchoolWeekAsFarAsTheHorizon) {
  const Planned planned = PlanDuties(DutyKind::kTalk, Autumn(), At(2026, 8, 31), At(2026, 8, 31, 9), Built());
  ASSERT_EQ(planned.duties.size(), 4u) << "31 August to 27 September; the holiday weeks owe nothing";
  EXPECT_EQ(planned.duties[0].window.start, At(2026, 8, 31));
  EXPECT_EQ(planned.duties[0].window.end, At(2026, 9, 7));
  EXPECT_EQ(planned.duties[0].due_time, At(2026, 9, 9)) << "two days' grace for the report";
  EXPECT_EQ(planned.duties[3].window.start, At(2026, 9, 21));
  EXPECT_GT(planned.make_time, At(2026, 8, 31, 9));
  EXPECT_LT(planned.make_time, planned.duties[3].window.start) << "planned again long before the plan ends";
}

TEST(PlanDutiesTest, AWeekThatHadBegunIsNotOwed) {
  const Planned planned =
      PlanDuties(DutyKind::kTalk, Autumn(), At(2026, 9, 9, 10), At(2026, 9, 9, 10), Built());
  ASSERT_FALSE(planned.duties.empty());
  EXPECT_EQ(planned.duties[0].window.start, At(2026, 9, 14));
}

TEST(PlanDutiesTest, AWeekWhoseFirstSchoolDayIsTodayIsOwed) {
  EXPECT_EQ(PlanDuties(DutyKind::kTalk, Autumn(), At(2026, 9, 7, 15), At(2026, 9, 7, 15), Built())
                .duties[0]
                .window.start,
            At(2026, 9, 7));
}

TEST(PlanDutiesTest, PlanningOverAndOverLeavesNoWeekOut) {
  std::set<absl::Time> mondays;
  absl::Time now = At(2026, 8, 31, 9);
  while (now != absl::InfiniteFuture()) {
    const Planned planned = PlanDuties(DutyKind::kTalk, Autumn(), At(2026, 8, 31), now, Built());
    for (const DutyPlan& duty : planned.duties) mondays.insert(duty.window.start);
    now = planned.make_time;
  }
  EXPECT_EQ(mondays.size(), 20u - 2u) << "twenty weeks of term, two of them holidays";
}

TEST(PlanDutiesTest, IdsAreTheSameEachTime) {
  EXPECT_EQ(DutyId("520521", "p", DutyKind::kTalk, At(2026, 9, 7)),
            DutyId("520521", "p", DutyKind::kTalk, At(2026, 9, 7)));
  EXPECT_NE(DutyId("520521", "p", DutyKind::kTalk, At(2026, 9, 7)),
            DutyId("520521", "p", DutyKind::kTalk, At(2026, 9, 14)));
  EXPECT_NE(DutyId("520521", "p", DutyKind::kTalk, At(2026, 9, 7)),
            DutyId("520522", "p", DutyKind::kTalk, At(2026, 9, 7)));
  const std::string pairing = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  EXPECT_EQ(DutyId("520521", pairing, DutyKind::kTalk, At(2026, 9, 7)).substr(0, 13), pairing.substr(0, 13))
      << "so that they sort beside it";
}

TEST(PlanDutiesTest, ANextTermThatIsKnownIsPlannedAcrossTheHolidays) {
  const calendar::Term autumn{absl::CivilDay(2026, 9, 1), absl::CivilDay(2027, 1, 15)};
  const calendar::Term spring{absl::CivilDay(2027, 3, 1), absl::CivilDay(2027, 7, 9)};
  const auto both = *calendar::SchoolCalendar::Make({autumn, spring}, {}, {});
  const Planned in_winter = PlanDuties(DutyKind::kTalk, both, At(2026, 8, 31), At(2027, 1, 20), Built());
  EXPECT_TRUE(in_winter.duties.empty());
  EXPECT_EQ(in_winter.make_time, At(2027, 1, 27)) << "again in a week";
  EXPECT_EQ(
      PlanDuties(DutyKind::kTalk, both, At(2026, 8, 31), At(2027, 2, 3), Built()).duties.front().window.start,
      clock::StartOf(spring.first));
  EXPECT_EQ(PlanDuties(DutyKind::kTalk, Autumn(), At(2026, 8, 31), At(2027, 1, 20), Built()).make_time,
            absl::InfiniteFuture());
}

TEST(PlanDutiesTest, TermsThatMeetInAWeekOweOneTalk) {
  const auto both =
      *calendar::SchoolCalendar::Make({{absl::CivilDay(2026, 9, 1), absl::CivilDay(2026, 9, 8)},
                                       {absl::CivilDay(2026, 9, 9), absl::CivilDay(2026, 9, 18)}},
                                      {}, {});
  EXPECT_EQ(PlanDuties(DutyKind::kTalk, both, At(2026, 8, 31), At(2026, 8, 31), Built()).duties.size(), 3u);
}

TEST(TermOfTest, ByTheHalfYearOfItsFirstDay) {
  EXPECT_EQ(TermOf(absl::CivilDay(2026, 8, 1)), "2026-autumn");
  EXPECT_EQ(TermOf(absl::CivilDay(2026, 9, 1)), "2026-autumn");
  EXPECT_EQ(TermOf(absl::CivilDay(2027, 1, 31)), "2026-autumn");
  EXPECT_EQ(TermOf(absl::CivilDay(2027, 2, 1)), "2027-spring");
  EXPECT_EQ(TermOf(absl::CivilDay(2027, 7, 31)), "2027-spring");
}

}  // namespace
}  // namespace tonghu::pairing
