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

// What is planned of the talk at `now`, of a line that began at `owed_from`, and when to plan again.
struct Planned {
  std::vector<DutyPlan> duties;
  absl::Time again;
};
Planned PlanTalks(const calendar::SchoolCalendar& calendar, absl::Time owed_from, absl::Time now,
                  const DutyPolicy& policy = RuleOf(DutyKind::kTalk).built_in,
                  PairingRole role = PairingRole::kClassTeacher) {
  const auto windows = OwedWindows({&policy, 1}, calendar, clock::DayOf(now), clock::DayOf(now + kHorizon));
  return {PlanDuties(DutyKind::kTalk, windows, role, owed_from),
          PlanAgain(calendar, OwesBeforeFestivals({&policy, 1}), now)};
}

TEST(PlanDutiesTest, OneASchoolWeekAsFarAsTheHorizon) {
  const Planned planned = PlanTalks(Autumn(), At(2026, 8, 31), At(2026, 8, 31, 9));
  ASSERT_EQ(planned.duties.size(), 4u) << "31 August to 27 September; the holiday weeks owe nothing";
  EXPECT_EQ(planned.duties[0].window.start, At(2026, 8, 31));
  EXPECT_EQ(planned.duties[0].window.end, At(2026, 9, 7));
  EXPECT_EQ(planned.duties[0].due_time, At(2026, 9, 9)) << "two days' grace for the report";
  EXPECT_EQ(planned.duties[3].window.start, At(2026, 9, 21));
  EXPECT_GT(planned.again, At(2026, 8, 31, 9));
  EXPECT_LT(planned.again, planned.duties[3].window.start) << "planned again long before the plan ends";
}

TEST(PlanDutiesTest, AWeekThatHadBegunIsNotOwed) {
  const Planned planned = PlanTalks(Autumn(), At(2026, 9, 9, 10), At(2026, 9, 9, 10));
  ASSERT_FALSE(planned.duties.empty());
  EXPECT_EQ(planned.duties[0].window.start, At(2026, 9, 14));
}

TEST(PlanDutiesTest, AWeekWhoseFirstSchoolDayIsTodayIsOwed) {
  EXPECT_EQ(PlanTalks(Autumn(), At(2026, 9, 7, 15), At(2026, 9, 7, 15)).duties[0].window.start,
            At(2026, 9, 7));
}

TEST(PlanDutiesTest, PlanningOverAndOverLeavesNoWeekOut) {
  std::set<absl::Time> mondays;
  absl::Time now = At(2026, 8, 31, 9);
  while (now != absl::InfiniteFuture()) {
    const Planned planned = PlanTalks(Autumn(), At(2026, 8, 31), now);
    for (const DutyPlan& duty : planned.duties) mondays.insert(duty.window.start);
    now = planned.again;
  }
  EXPECT_EQ(mondays.size(), 20u - 2u) << "twenty weeks of term, two of them holidays";
}

TEST(PlanDutiesTest, SeveralTimesInAWindow) {
  DutyPolicy twice = RuleOf(DutyKind::kTalk).built_in;
  twice.cadence = {Period::kMonth, 1, 2};
  const auto planned = PlanTalks(Autumn(), At(2026, 8, 31), At(2026, 8, 31), twice).duties;
  ASSERT_EQ(planned.size(), 2u) << "September; October begins behind the horizon";
  EXPECT_EQ(planned[0].window, planned[1].window);
  EXPECT_EQ(planned[1].window.end, At(2026, 10, 1));
  EXPECT_EQ(planned[1].due_time, At(2026, 10, 3));
  EXPECT_NE(DutyId("520521", "p", planned[0]), DutyId("520521", "p", planned[1]));
}

TEST(PlanDutiesTest, ALineThatBeganAfterTheMiddleOfAMonthDoesNotOweIt) {
  DutyPolicy monthly = RuleOf(DutyKind::kTalk).built_in;
  monthly.cadence = {Period::kMonth, 1, 1};
  const auto first = [&](absl::Time began) {
    return PlanTalks(Autumn(), began, began, monthly).duties.front().window.start;
  };
  // Nineteen school days, until 25 September; the tenth is the 14th.
  EXPECT_EQ(first(At(2026, 9, 14, 15)), At(2026, 9, 1));
  EXPECT_EQ(first(At(2026, 9, 15)), At(2026, 10, 1));
}

TEST(PlanDutiesTest, ARoleThatDoesNotOweTheKind) {
  EXPECT_TRUE(PlanTalks(Autumn(), At(2026, 8, 31), At(2026, 8, 31), RuleOf(DutyKind::kTalk).built_in,
                        PairingRole::kVolunteer)
                  .duties.empty());
}

TEST(DutyIdTest, TheSameEachTime) {
  const auto id = [](const char* county, const char* line, DutyKind kind, const char* window,
                     int ordinal = 1) {
    return DutyId(county, line, {kind, window, ordinal, {}, {}});
  };
  const std::string talk = id("520521", "p", DutyKind::kTalk, "2026-09-07");
  EXPECT_EQ(talk, id("520521", "p", DutyKind::kTalk, "2026-09-07"));
  EXPECT_NE(talk, id("520521", "p", DutyKind::kTalk, "2026-09-14"));
  EXPECT_NE(talk, id("520522", "p", DutyKind::kTalk, "2026-09-07"));
  EXPECT_NE(talk, id("520521", "p", DutyKind::kHomeVisit, "2026-09-07"));
  EXPECT_NE(talk, id("520521", "p", DutyKind::kTalk, "2026-09-07", 2));
  const std::string pairing = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  EXPECT_EQ(id("520521", pairing.c_str(), DutyKind::kTalk, "2026-09-07").substr(0, 13), pairing.substr(0, 13))
      << "so that they sort beside it";
}

TEST(PlanDutiesTest, ANextTermThatIsKnownIsPlannedAcrossTheHolidays) {
  const calendar::Term autumn{absl::CivilDay(2026, 9, 1), absl::CivilDay(2027, 1, 15)};
  const calendar::Term spring{absl::CivilDay(2027, 3, 1), absl::CivilDay(2027, 7, 9)};
  const auto both = *calendar::SchoolCalendar::Make({autumn, spring}, {}, {});
  const Planned in_winter = PlanTalks(both, At(2026, 8, 31), At(2027, 1, 20));
  EXPECT_TRUE(in_winter.duties.empty());
  EXPECT_EQ(in_winter.again, At(2027, 1, 27)) << "again in a week";
  EXPECT_EQ(PlanTalks(both, At(2026, 8, 31), At(2027, 2, 3)).duties.front().window.start,
            clock::StartOf(spring.first));
  EXPECT_EQ(PlanTalks(Autumn(), At(2026, 8, 31), At(2027, 1, 20)).again, absl::InfiniteFuture());
}

// Planned week after week through the winter holidays, while the spring's calendar is not known.
TEST(PlanDutiesTest, AFestivalBetweenTwoTermsIsPlannedOnceAheadOfItsWindow) {
  DutyPolicy before = RuleOf(DutyKind::kTalk).built_in;
  before.cadence = {Period::kFestival, 1, 1, FestivalBit(Festival::kSpring) | FestivalBit(Festival::kLantern),
                    7};
  std::set<std::string> ids;
  std::vector<absl::Time> seen;
  absl::Time now = At(2026, 12, 20);
  while (now < At(2027, 3, 1)) {
    const Planned planned = PlanTalks(Autumn(), At(2026, 8, 31), now, before);
    for (const DutyPlan& duty : planned.duties) {
      if (!ids.insert(DutyId("520521", "p", duty)).second) continue;
      EXPECT_LT(now + absl::Hours(24 * 14), duty.window.start) << "two weeks ahead at least";
      EXPECT_EQ(duty.due_time, duty.window.end + absl::Hours(48));
      seen.push_back(duty.window.end);
    }
    ASSERT_EQ(planned.again, now + absl::Hours(24 * 7));
    now = planned.again;
  }
  EXPECT_EQ(seen, (std::vector{At(2027, 2, 7), At(2027, 2, 21)}));
}

TEST(PlanDutiesTest, TermsThatMeetInAWeekOweOneTalk) {
  const auto both =
      *calendar::SchoolCalendar::Make({{absl::CivilDay(2026, 9, 1), absl::CivilDay(2026, 9, 8)},
                                       {absl::CivilDay(2026, 9, 9), absl::CivilDay(2026, 9, 18)}},
                                      {}, {});
  EXPECT_EQ(PlanTalks(both, At(2026, 8, 31), At(2026, 8, 31)).duties.size(), 3u);
}

}  // namespace
}  // namespace tonghu::pairing
