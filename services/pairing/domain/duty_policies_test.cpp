#include "services/pairing/domain/duty_policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "libs/clock/clock.h"

namespace tonghu::pairing {
namespace {

using absl::CivilDay;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kCounty[] = "520521";

DutyPolicy From(CivilDay day, Cadence cadence) {
  DutyPolicy policy = RuleOf(DutyKind::kTalk).built_in;
  policy.effective_from = day;
  policy.cadence = cadence;
  return policy;
}

constexpr Cadence kWeekly{Period::kWeek, 1, 1}, kMonthly{Period::kMonth, 1, 1}, kTermly{Period::kTerm, 1, 1},
    kNone{};

Cadence Before(std::vector<Festival> festivals, int days) {
  Cadence cadence{Period::kFestival, 1, 1, 0, days};
  for (const Festival one : festivals) cadence.festivals |= FestivalBit(one);
  return cadence;
}

// What is owed under the versions, in the autumn of 2026, by the windows' first and last days: "9-07..9-13".
std::vector<std::string> Owed(const std::vector<DutyPolicy>& versions, CivilDay from = CivilDay(2026, 8, 25),
                              CivilDay to = CivilDay(2027, 1, 31)) {
  std::vector<std::string> windows;
  for (const OwedWindow& one : OwedWindows(versions, calendar::AutumnTerm2026(), from, to)) {
    const CivilDay first = clock::DayOf(one.at.window.start), last = clock::DayOf(one.at.window.end) - 1;
    windows.push_back(absl::StrCat(first.month(), "-", first.day(), "..", last.month(), "-", last.day()));
  }
  return windows;
}

TEST(PoliciesTest, TheBuiltInOneWhereACountyHasSetNone) {
  Policies policies;
  DutyPolicy set = From(CivilDay(2026, 9, 7), kWeekly);
  set.report_grace = absl::Hours(1);
  set.version = 3;
  policies.Add(kCounty, DutyKind::kTalk, set);
  const auto at = [&](const char* county, CivilDay day) {
    return VersionAt(policies.Of(county, DutyKind::kTalk), clock::StartOf(day));
  };
  EXPECT_EQ(at(kCounty, CivilDay(2026, 9, 7)).version, 3);
  EXPECT_EQ(at(kCounty, CivilDay(2026, 9, 6)).version, 0) << "before its first day";
  EXPECT_EQ(at("520522", CivilDay(2026, 9, 7)).report_grace, absl::Hours(48));
}

TEST(PoliciesTest, WhatCountsIsTheCountysForAllChildren) {
  using enum ContactKind;
  Policies policies;
  EXPECT_THAT(policies.CountsFor(kCounty, kHomeVisit), ElementsAre(DutyKind::kHomeVisit));
  EXPECT_THAT(policies.CountsFor(kCounty, kWhisperAnswer), IsEmpty());
  DutyPolicy refined = From(CivilDay(2026, 9, 7), kMonthly);
  refined.scope = {"s", CareLevel::kUnspecified};
  refined.version = 1;
  refined.fulfilled_by = {kLetter};
  policies.Add(kCounty, DutyKind::kTalk, refined);
  DutyPolicy county = From(CivilDay(2026, 9, 14), kWeekly);
  county.version = 1;
  county.fulfilled_by = {kTalk, kHomeVisit, kWhisperAnswer};
  policies.Add(kCounty, DutyKind::kTalk, county);
  EXPECT_THAT(policies.CountsFor(kCounty, kHomeVisit), ElementsAre(DutyKind::kHomeVisit, DutyKind::kTalk));
  EXPECT_THAT(policies.CountsFor(kCounty, kWhisperAnswer), ElementsAre(DutyKind::kTalk));
  EXPECT_THAT(policies.CountsFor(kCounty, kLetter), ElementsAre(DutyKind::kLetter))
      << "a refinement says nothing";
  EXPECT_THAT(policies.CountsFor("520522", kHomeVisit), ElementsAre(DutyKind::kHomeVisit));
  const Standing at_school{CivilDay::min(), "s"};
  const auto versions = policies.For(kCounty, DutyKind::kTalk, {&at_school, 1});
  const auto at = [&](int day) { return VersionAt(versions, clock::StartOf(CivilDay(2026, 9, day))); };
  EXPECT_EQ(at(8).cadence.period, Period::kMonth);
  EXPECT_EQ(at(8).fulfilled_by, std::vector{kTalk});
  EXPECT_EQ(at(14).cadence.period, Period::kMonth);
  EXPECT_EQ(at(14).fulfilled_by, county.fulfilled_by)
      << "also from a day on which the refinement does not change";
}

TEST(PoliciesTest, AVersionTakesThePlaceOfThoseThatBeginLater) {
  Policies policies;
  for (const auto& [version, day] : {std::pair(1, 7), std::pair(2, 21), std::pair(3, 28), std::pair(4, 21)}) {
    DutyPolicy policy = From(CivilDay(2026, 9, day), kWeekly);
    policy.version = version;
    policies.Add(kCounty, DutyKind::kTalk, policy);
  }
  std::vector<int> versions;
  for (const DutyPolicy& one : policies.Of(kCounty, DutyKind::kTalk)) versions.push_back(one.version);
  EXPECT_THAT(versions, ElementsAre(0, 1, 4));
}

TEST(PoliciesTest, TheLongestWindowAndWhetherWindowsMayOverlap) {
  Policies policies;
  EXPECT_EQ(policies.LongestWindow(kCounty, DutyKind::kTalk), absl::Hours(24 * 7));
  policies.Add(kCounty, DutyKind::kTalk, From(CivilDay(2026, 9, 7), kMonthly));
  EXPECT_EQ(policies.LongestWindow(kCounty, DutyKind::kTalk), absl::Hours(24 * 31));
  EXPECT_FALSE(policies.MayOverlap(kCounty, DutyKind::kTalk));
  policies.Add(kCounty, DutyKind::kTalk, From(CivilDay(2026, 10, 7), kTermly));
  policies.Add(kCounty, DutyKind::kTalk, From(CivilDay(2026, 11, 7), kWeekly));
  EXPECT_TRUE(policies.MayOverlap(kCounty, DutyKind::kTalk)) << "windows of the term may last";
  policies.Add(kCounty, DutyKind::kLetter, From(CivilDay(2026, 9, 7), Before({Festival::kSpring}, 14)));
  EXPECT_EQ(policies.LongestWindow(kCounty, DutyKind::kLetter), absl::Hours(24 * 14));
  EXPECT_TRUE(policies.MayOverlap(kCounty, DutyKind::kLetter)) << "festivals may lie close together";
}

TEST(OwedWindowsTest, MonthsHoldFromTheFirstWholeMonth) {
  EXPECT_THAT(Owed({From(CivilDay::min(), kWeekly), From(CivilDay(2026, 9, 15), kMonthly)}),
              ElementsAre("8-31..9-6", "9-7..9-13", "9-14..9-20", "9-21..9-27", "10-1..10-31", "11-1..11-30",
                          "12-1..12-31", "1-1..1-31"))
      << "weeks go on until then; the week that reaches into October is not owed besides";
}

TEST(OwedWindowsTest, AMonthThatHasBegunRunsToItsEnd) {
  EXPECT_THAT(Owed({From(CivilDay::min(), kMonthly), From(CivilDay(2026, 9, 15), kWeekly)},
                   CivilDay(2026, 9, 1), CivilDay(2026, 10, 20)),
              ElementsAre("9-1..9-30", "10-5..10-11", "10-12..10-18", "10-19..10-25"));
}

TEST(OwedWindowsTest, NothingIsOwedFromTheDayOnWhichAVersionSaysSo) {
  EXPECT_THAT(Owed({From(CivilDay::min(), kWeekly), From(CivilDay(2026, 9, 9), kNone)}),
              ElementsAre("8-31..9-6", "9-7..9-13"));
  EXPECT_THAT(Owed({From(CivilDay::min(), kNone), From(CivilDay(2027, 1, 4), kWeekly)}),
              ElementsAre("1-4..1-10", "1-11..1-17"));
}

TEST(OwedWindowsTest, TheLastOfThreeVersionsIsNotHeldUpByTheSecond) {
  EXPECT_THAT(Owed({From(CivilDay::min(), kWeekly), From(CivilDay(2026, 9, 10), kTermly),
                    From(CivilDay(2026, 9, 24), kMonthly)},
                   CivilDay(2026, 9, 7), CivilDay(2026, 10, 31)),
              ElementsAre("9-7..9-13", "9-14..9-20", "10-1..10-31"))
      << "no further term is known, and weeks are owed in the meantime";
}

// Mid-Autumn is on 25 September 2026, National Day on 1 October, Spring Festival on 6 February 2027.
TEST(OwedWindowsTest, BeforeFestivalsAVersionBeginsAndEndsOnItsFirstDay) {
  using enum Festival;
  EXPECT_THAT(
      Owed({From(CivilDay::min(), kWeekly), From(CivilDay(2026, 9, 16), Before({kMidAutumn, kSpring}, 5))},
           CivilDay(2026, 9, 7), CivilDay(2027, 2, 28)),
      ElementsAre("9-7..9-13", "9-14..9-20", "9-21..9-25", "2-2..2-6"))
      << "no weeks until the first festival";
  EXPECT_THAT(
      Owed({From(CivilDay::min(), Before({kMidAutumn, kSpring}, 5)), From(CivilDay(2026, 9, 22), kWeekly)},
           CivilDay(2026, 9, 7), CivilDay(2026, 10, 17)),
      ElementsAre("9-21..9-25", "9-28..10-4", "10-5..10-11", "10-12..10-18"));
}

TEST(OwedWindowsTest, AFestivalIsOwedBesideAMonthThatHasBegun) {
  using enum Festival;
  EXPECT_THAT(Owed({From(CivilDay::min(), kMonthly), From(CivilDay(2026, 9, 16), Before({kMidAutumn}, 10))},
                   CivilDay(2026, 9, 1), CivilDay(2026, 10, 31)),
              ElementsAre("9-1..9-30", "9-16..9-25"));
  EXPECT_THAT(Owed({From(CivilDay::min(), Before({kNationalDay}, 30)), From(CivilDay(2026, 9, 14), kWeekly)},
                   CivilDay(2026, 9, 1), CivilDay(2026, 9, 30)),
              ElementsAre("9-2..10-1", "9-14..9-20", "9-21..9-27", "9-28..10-4"))
      << "nor do weeks wait for a festival";
}

TEST(OwedWindowsTest, AFestivalIsOwedOnceWhenItsWindowBecomesLongerOrShorter) {
  using enum Festival;
  const auto owed = [](int days_before, int days, CivilDay from) {
    return Owed({From(CivilDay::min(), Before({kMidAutumn, kNationalDay}, days_before)),
                 From(from, Before({kMidAutumn, kNationalDay}, days))},
                CivilDay(2026, 9, 1), CivilDay(2026, 10, 31));
  };
  EXPECT_THAT(owed(10, 5, CivilDay(2026, 9, 18)), ElementsAre("9-16..9-25", "9-27..10-1"));
  EXPECT_THAT(owed(5, 10, CivilDay(2026, 9, 18)), ElementsAre("9-21..9-25", "9-22..10-1"))
      << "ten days before Mid-Autumn lie before the version: the former one holds for it";
}

TEST(OwedWindowsTest, AFestivalThatIsAddedOrDroppedIsNotHeldUp) {
  using enum Festival;
  EXPECT_THAT(Owed({From(CivilDay::min(), Before({kNationalDay}, 30)),
                    From(CivilDay(2026, 9, 10), Before({kMidAutumn, kNationalDay}, 7))},
                   CivilDay(2026, 9, 1), CivilDay(2026, 10, 31)),
              ElementsAre("9-2..10-1", "9-19..9-25"));
  EXPECT_THAT(Owed({From(CivilDay::min(), Before({kMidAutumn, kSpring}, 7)),
                    From(CivilDay(2026, 9, 10), Before({kSpring}, 7))},
                   CivilDay(2026, 9, 1), CivilDay(2027, 2, 28)),
              ElementsAre("1-31..2-6"));
}

// Whatever versions there are: windows are apart but before festivals, no festival is owed twice, and looking
// from another day shows the same ones.
TEST(OwedWindowsTest, AnyVersions) {
  const auto calendar = calendar::AutumnTerm2026();
  EXPECT_TRUE(rc::check([&] {
    std::vector<DutyPolicy> versions = {From(CivilDay::min(), kWeekly)};
    CivilDay day(2026, 9, 1);
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
      day += *rc::gen::inRange(1, 40);
      versions.push_back(
          From(day, *rc::gen::element(kWeekly, kMonthly, kTermly, kNone, Cadence{Period::kWeek, 2, 1},
                                      Cadence{Period::kTermThird, 1, 1},
                                      Before({Festival::kMidAutumn, Festival::kNationalDay}, 10),
                                      Before({Festival::kMidAutumn, Festival::kSpring}, 21))));
    }
    const auto all = OwedWindows(versions, calendar, CivilDay(2026, 8, 1), CivilDay(2027, 2, 28));
    const CivilDay from = CivilDay(2026, 8, 20) + *rc::gen::inRange(0, 150), to = from + 28;
    std::vector<Window> expected, seen;
    absl::Time before = absl::InfinitePast(), others = before;
    std::set<std::string> names;
    for (const OwedWindow& one : all) {
      const bool festival = one.policy->cadence.period == Period::kFestival;
      RC_ASSERT((festival ? before : others) <= one.at.window.start);
      RC_ASSERT(one.policy->cadence.times > 0);
      RC_ASSERT(names.insert(one.at.name).second);
      before = one.at.window.start;
      if (!festival) others = one.at.window.end;
      if (one.at.window.end > clock::StartOf(from) && one.at.window.start < clock::StartOf(to + 1))
        expected.push_back(one.at.window);
    }
    for (const OwedWindow& one : OwedWindows(versions, calendar, from, to)) seen.push_back(one.at.window);
    RC_ASSERT(seen == expected);
  }));
}

// A version that is put later changes nothing of what has begun before its first day.
TEST(OwedWindowsTest, WhatHasBegunStays) {
  const auto calendar = calendar::AutumnTerm2026();
  EXPECT_TRUE(rc::check([&] {
    const std::vector<Cadence> cadences = {kWeekly,
                                           kMonthly,
                                           kTermly,
                                           {Period::kTermThird, 1, 1},
                                           {Period::kWeek, 3, 2},
                                           Before({Festival::kMidAutumn, Festival::kNationalDay}, 10)};
    const auto any = rc::gen::elementOf(cadences);
    const CivilDay day = CivilDay(2026, 9, 2) + *rc::gen::inRange(0, 120);
    const std::vector<DutyPolicy> one = {From(CivilDay::min(), *any)};
    std::vector<DutyPolicy> two = {one[0], From(day, *any)};
    const auto begun = [&](const std::vector<DutyPolicy>& versions) {
      std::vector<Window> windows;
      for (const OwedWindow& each :
           OwedWindows(versions, calendar, CivilDay(2026, 8, 1), CivilDay(2027, 2, 1))) {
        if (each.at.window.start < clock::StartOf(day)) windows.push_back(each.at.window);
      }
      return windows;
    };
    RC_ASSERT(begun(one) == begun(two));
  }));
}

// A refinement of the talk: so many talks a week for a school (empty: any) and a level (0: any).
DutyPolicy Refined(CivilDay day, const std::string& school, int level, int times, int version = 1) {
  DutyPolicy policy = From(day, {Period::kWeek, 1, times});
  policy.scope = {school, CareLevel{level}};
  policy.version = version;
  return policy;
}
DutyPolicy Withdrawn(DutyPolicy policy, CivilDay day) {
  policy.withdrawn = true;
  policy.effective_from = day;
  return policy;
}

// How many talks a week are owed on a day to a child who has always been at the school with the level and the
// guardianship (0: not known).
int TimesFor(const Policies& policies, CivilDay day, const std::string& school, int level,
             int guardianship = 0) {
  const Standing standing{CivilDay::min(), school, CareLevel{level}, Guardianship{guardianship}};
  const auto versions = policies.For(kCounty, DutyKind::kTalk, {&standing, 1});
  return VersionAt(versions, clock::StartOf(day)).cadence.times;
}

TEST(RefinedPoliciesTest, TheLevelGoesBeforeTheSchoolAndBothBeforeTheCounty) {
  Policies policies;
  const CivilDay day(2026, 9, 7);
  policies.Add(kCounty, DutyKind::kTalk, Refined(day, "s", 0, 2));
  EXPECT_TRUE(policies.Refines(kCounty));
  EXPECT_FALSE(policies.Refines("520522"));
  EXPECT_EQ(TimesFor(policies, day, "s", 2), 2);
  policies.Add(kCounty, DutyKind::kTalk, Refined(day, "", 2, 3));
  EXPECT_EQ(TimesFor(policies, day, "s", 2), 3) << "the school can't loosen it";
  policies.Add(kCounty, DutyKind::kTalk, Refined(day, "s", 2, 4));
  EXPECT_EQ(TimesFor(policies, day, "s", 2), 4);
  EXPECT_EQ(TimesFor(policies, day, "s", 1), 2);
  EXPECT_EQ(TimesFor(policies, day, "t", 2), 3);
  EXPECT_EQ(TimesFor(policies, day, "t", 1), 1);
  EXPECT_EQ(TimesFor(policies, day - 1, "s", 2), 1) << "before the refinements' first day";
}

DutyPolicy Guarded(DutyPolicy policy, int guardianship) {
  policy.scope.guardianship = Guardianship{guardianship};
  return policy;
}

TEST(RefinedPoliciesTest, OfLevelAndGuardianshipWhatAsksForMoreCounts) {
  Policies policies;
  const CivilDay day(2026, 9, 7);
  constexpr int kFocus = 2, kNobody = 4, kGrandparents = 1;
  policies.Add(kCounty, DutyKind::kTalk, Guarded(Refined(day, "", 0, 3), kNobody));
  policies.Add(kCounty, DutyKind::kTalk, Refined(day, "s", 0, 1));
  EXPECT_EQ(TimesFor(policies, day, "s", 1, kNobody), 3) << "the school can't loosen it";
  EXPECT_EQ(TimesFor(policies, day, "s", 1, kGrandparents), 1);
  EXPECT_EQ(TimesFor(policies, day, "s", 1), 1) << "a guardianship that is not known is not nobody's";
  policies.Add(kCounty, DutyKind::kTalk, Refined(day, "", kFocus, 2));
  EXPECT_EQ(TimesFor(policies, day, "t", kFocus, kNobody), 3) << "the level loosens nothing";
  policies.Add(kCounty, DutyKind::kTalk, Refined(day, "t", kFocus, 4));
  EXPECT_EQ(TimesFor(policies, day, "t", kFocus, kNobody), 4);
  EXPECT_EQ(TimesFor(policies, day, "s", kFocus, kNobody), 3);
  policies.Add(kCounty, DutyKind::kTalk, Guarded(Refined(day, "", kFocus, 1), kNobody));
  EXPECT_EQ(TimesFor(policies, day, "t", kFocus, kNobody), 1) << "said of both, by the county";
  EXPECT_EQ(TimesFor(policies, day, "t", kFocus, kGrandparents), 4);
}

TEST(RefinedPoliciesTest, OneThatIsWithdrawnLeavesWhatHoldsForMore) {
  Policies policies;
  const DutyPolicy both = Refined(CivilDay(2026, 9, 7), "s", 2, 4);
  policies.Add(kCounty, DutyKind::kTalk, both);
  policies.Add(kCounty, DutyKind::kTalk, Refined(CivilDay(2026, 9, 7), "", 2, 3));
  policies.Add(kCounty, DutyKind::kTalk, Withdrawn(both, CivilDay(2026, 10, 1)));
  EXPECT_EQ(TimesFor(policies, CivilDay(2026, 9, 30), "s", 2), 4);
  EXPECT_EQ(TimesFor(policies, CivilDay(2026, 10, 1), "s", 2), 3);
  const Versions versions = policies.OfScope(kCounty, DutyKind::kTalk, both.scope);
  EXPECT_EQ(FromNowOn(versions, clock::StartOf(CivilDay(2026, 9, 8))).size(), 2);
  EXPECT_TRUE(FromNowOn(versions, clock::StartOf(CivilDay(2026, 10, 2))).empty());
  EXPECT_EQ(FromNowOn(versions, clock::StartOf(CivilDay(2026, 9, 1))).size(), 2) << "both are to come";
}

TEST(RefinedPoliciesTest, ARisenLevelBeginsBesideTheMonthThatRuns) {
  Policies policies;
  DutyPolicy monthly = From(CivilDay(2026, 8, 1), kMonthly);
  monthly.version = 1;
  policies.Add(kCounty, DutyKind::kTalk, monthly);
  policies.Add(kCounty, DutyKind::kTalk, Refined(CivilDay(2026, 8, 1), "", 2, 1));
  const std::vector<Standing> risen = {{CivilDay::min(), "s", CareLevel::kGeneral},
                                       {CivilDay(2026, 9, 16), "s", CareLevel::kFocus}};
  EXPECT_THAT(
      Owed(policies.For(kCounty, DutyKind::kTalk, risen), CivilDay(2026, 9, 1), CivilDay(2026, 10, 4)),
      ElementsAre("9-1..9-30", "9-21..9-27", "9-28..10-4"))
      << "September stays owed; the weeks do not wait for its end";
  const std::vector<Standing> fallen = {{CivilDay::min(), "s", CareLevel::kFocus},
                                        {CivilDay(2026, 9, 16), "s", CareLevel::kGeneral}};
  EXPECT_THAT(
      Owed(policies.For(kCounty, DutyKind::kTalk, fallen), CivilDay(2026, 9, 7), CivilDay(2026, 10, 31)),
      ElementsAre("9-7..9-13", "9-14..9-20", "9-21..9-27", "10-1..10-31"))
      << "weeks go on until the first whole month";
}

TEST(ProvincePoliciesTest, TheProvincesHoldsUntilTheCountyPutsItsOwnAndAgainWhenThatIsWithdrawn) {
  Policies policies;
  const CivilDay day(2026, 9, 7);
  const auto times = [&](CivilDay on, int level = 1) { return TimesFor(policies, on, "s", level); };
  policies.Add(kOfProvince, DutyKind::kTalk, Refined(day, "", 0, 2));
  policies.Add(kOfProvince, DutyKind::kTalk, Refined(day, "", 2, 3));
  policies.Add(kOfProvince, DutyKind::kTalk, Refined(day + 40, "", 0, 5, 2));
  EXPECT_EQ(times(day - 1), 1);
  EXPECT_EQ(times(day), 2);
  EXPECT_EQ(times(day + 40), 5);
  EXPECT_EQ(policies.Of(kCounty, DutyKind::kTalk).back().origin, PolicyOrigin::kProvince);
  const DutyPolicy own = Refined(day + 10, "", 0, 4);
  policies.Add(kCounty, DutyKind::kTalk, own);
  EXPECT_EQ(times(day + 9), 2);
  EXPECT_EQ(times(day + 10), 4);
  EXPECT_EQ(times(day + 40), 4) << "a later version of the province changes nothing here";
  EXPECT_EQ(times(day + 10, 2), 3) << "what the province asks for children in need is not loosened";
  EXPECT_EQ(policies.Of(kCounty, DutyKind::kTalk).back().origin, PolicyOrigin::kCounty);
  EXPECT_EQ(VersionAt(policies.Of("520522", DutyKind::kTalk), clock::StartOf(day + 40)).cadence.times, 5);
  policies.Add(kCounty, DutyKind::kTalk, Withdrawn(own, day + 20));
  EXPECT_EQ(times(day + 19), 4);
  EXPECT_EQ(times(day + 20), 2);
  EXPECT_EQ(times(day + 40), 5);
  policies.Add(kCounty, DutyKind::kTalk, Refined(day + 30, "", 2, 0));
  EXPECT_EQ(times(day + 30, 2), 0) << "the county answers for what it switches off";
}

TEST(ProvincePoliciesTest, ContactsThatCountByTheProvincesPolicyCountInEveryCounty) {
  Policies policies;
  DutyPolicy put = Refined(CivilDay(2026, 9, 7), "", 0, 1);
  put.fulfilled_by = {ContactKind::kTalk, ContactKind::kHomeVisit};
  policies.Add(kOfProvince, DutyKind::kTalk, put);
  EXPECT_THAT(policies.CountsFor(kCounty, ContactKind::kHomeVisit),
              ElementsAre(DutyKind::kHomeVisit, DutyKind::kTalk));
  policies.Add(kCounty, DutyKind::kTalk, put);
  EXPECT_THAT(policies.CountsFor(kCounty, ContactKind::kHomeVisit),
              ElementsAre(DutyKind::kHomeVisit, DutyKind::kTalk));
}

// What holds on a day is the newest version put for the narrowest scope that has one, by the county or else
// by the province, or of two needs the greater number, asked of each day and child by itself.
TEST(RefinedPoliciesTest, AnyPoliciesOnAnyDay) {
  EXPECT_TRUE(rc::check([] {
    Policies policies;
    std::vector<DutyPolicy> puts;
    const CivilDay first(2026, 9, 1);
    const int of_province = *rc::gen::inRange(0, 8);
    for (int i = of_province + *rc::gen::inRange(0, 12); i > 0; --i) {
      DutyPolicy put = Refined(first + *rc::gen::inRange(0, 40), *rc::gen::element<std::string>("", "s", "t"),
                               *rc::gen::inRange(0, 3), 1 + static_cast<int>(puts.size()),
                               1 + static_cast<int>(puts.size()));
      put.scope.guardianship = Guardianship{*rc::gen::inRange(0, 3)};
      put.withdrawn = *rc::gen::inRange(0, 4) == 0;
      policies.Add(static_cast<int>(puts.size()) < of_province ? kOfProvince : kCounty, DutyKind::kTalk, put);
      puts.push_back(put);
    }
    std::vector<Standing> standings = {{CivilDay::min(), "s", CareLevel::kGeneral}};
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
      standings.push_back({std::max(first, standings.back().from) + *rc::gen::inRange(1, 15),
                           *rc::gen::element<std::string>("s", "t", "u"), CareLevel{*rc::gen::inRange(1, 4)},
                           Guardianship{*rc::gen::inRange(0, 3)}});
    }
    const auto versions = policies.For(kCounty, DutyKind::kTalk, standings);
    for (CivilDay day = first - 1; day < first + 60; ++day) {
      Standing at;
      for (const Standing& one : standings) {
        if (one.from <= day) at = one;
      }
      // Of the versions of one scope the last one put that has begun holds, unless one put after it was to
      // begin no later: then that one stands in its place.
      const auto holding = [&](const PolicyScope& scope) -> const DutyPolicy* {
        const DutyPolicy* found[2] = {nullptr, nullptr};  // the province's, the county's
        for (size_t i = 0; i < puts.size(); ++i) {
          if (puts[i].scope == scope && puts[i].effective_from <= day)
            found[static_cast<int>(i) < of_province ? 0 : 1] = &puts[i];
        }
        for (const DutyPolicy* one : {found[1], found[0]}) {
          if (one != nullptr && !one->withdrawn) return one;
        }
        return nullptr;
      };
      // The times of the narrowest policy among the scopes, given from the widest on; `otherwise` without
      // one.
      const auto times = [&](std::initializer_list<PolicyScope> scopes, int otherwise) {
        for (const PolicyScope& scope : scopes) {
          if (const DutyPolicy* one = holding(scope); one != nullptr) otherwise = one->cadence.times;
        }
        return otherwise;
      };
      int expected = times({{}, {at.school_id}}, 1);  // the built-in policy's is 1
      const int level = times({{"", at.care_level}, {at.school_id, at.care_level}}, 0);
      const bool known = at.guardianship != Guardianship::kUnspecified;
      const int guarded =
          known ? times({{"", {}, at.guardianship}, {at.school_id, {}, at.guardianship}}, 0) : 0;
      if (level > 0 || guarded > 0) expected = std::max(level, guarded);
      if (known) {
        expected = times(
            {{"", at.care_level, at.guardianship}, {at.school_id, at.care_level, at.guardianship}}, expected);
      }
      RC_ASSERT(VersionAt(versions, clock::StartOf(day)).cadence.times == expected);
    }
  }));
}

TEST(CheckPolicyTest, Bounds) {
  constexpr CivilDay kToday(2026, 9, 1);
  const DutyPolicy good = From(kToday + 1, kWeekly);
  const auto with = [&](auto member, auto value) {
    DutyPolicy policy = good;
    policy.*member = value;
    return CheckPolicy(policy, kToday).ok();
  };
  EXPECT_TRUE(CheckPolicy(good, kToday).ok());
  EXPECT_FALSE(with(&DutyPolicy::report_grace, -absl::Seconds(1)));
  EXPECT_FALSE(with(&DutyPolicy::report_grace, absl::Hours(24 * 15)));
  EXPECT_FALSE(with(&DutyPolicy::late_report_after, absl::Minutes(59)));
  EXPECT_FALSE(with(&DutyPolicy::cadence, Cadence{Period::kWeek, 9, 1}));
  EXPECT_FALSE(with(&DutyPolicy::owed_by, std::vector<PairingRole>()));
  EXPECT_FALSE(with(&DutyPolicy::effective_from, kToday)) << "windows of today have begun";
  EXPECT_FALSE(with(&DutyPolicy::effective_from, kToday + 401));
}

}  // namespace
}  // namespace tonghu::pairing
