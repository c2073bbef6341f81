#include "services/pairing/domain/cadence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {
namespace {

using absl::CivilDay;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr CivilDay kAutumnFirst(2026, 9, 1), kAutumnLast(2027, 1, 15), kSpringFirst(2027, 2, 24),
    kSpringLast(2027, 7, 9);

// A year of school, with the holidays and make-up days of 2026 and a week off in May.
calendar::SchoolCalendar Year() {
  const calendar::SchoolCalendar autumn = calendar::AutumnTerm2026();
  std::vector<calendar::Holiday> holidays = autumn.holidays();
  holidays.push_back({CivilDay(2027, 5, 3), CivilDay(2027, 5, 7)});
  return *calendar::SchoolCalendar::Make({{kAutumnFirst, kAutumnLast}, {kSpringFirst, kSpringLast}}, holidays,
                                         autumn.make_up_days());
}

std::vector<std::string> Names(const std::vector<CadenceWindow>& windows) {
  std::vector<std::string> names;
  for (const CadenceWindow& one : windows) names.push_back(one.name);
  return names;
}

std::vector<CadenceWindow> InTheYear(const Cadence& cadence) {
  return WindowsOf(cadence, Year(), CivilDay(2026, 8, 1), CivilDay(2027, 8, 31));
}

Window Days(CivilDay first, CivilDay last) { return {clock::StartOf(first), clock::StartOf(last + 1)}; }

TEST(WindowsOfTest, AWeekGoesFromMondayToSundayAndItsFirstSchoolDayDecides) {
  const auto windows = WindowsOf({Period::kWeek, 1, 1}, Year(), CivilDay(2026, 9, 1), CivilDay(2026, 9, 20));
  EXPECT_THAT(Names(windows), ElementsAre("2026-08-31", "2026-09-07", "2026-09-14"));
  EXPECT_EQ(windows[0].owed_until, CivilDay(2026, 9, 1)) << "the term begins on a Tuesday";
  EXPECT_EQ(windows[1].window, Days(CivilDay(2026, 9, 7), CivilDay(2026, 9, 13)));
}

TEST(WindowsOfTest, TwoWeeksAreCountedAlikeEverywhere) {
  const Cadence cadence{Period::kWeek, 2, 1};
  const auto windows = WindowsOf(cadence, Year(), CivilDay(2026, 9, 14), CivilDay(2026, 10, 11));
  EXPECT_THAT(Names(windows), ElementsAre("2026-09-07", "2026-09-21", "2026-10-05"));
  const auto late = *calendar::SchoolCalendar::Make({{CivilDay(2026, 9, 16), kAutumnLast}}, {}, {});
  EXPECT_EQ(WindowsOf(cadence, late, CivilDay(2026, 9, 1), CivilDay(2026, 9, 30))[0].window,
            windows[0].window)
      << "a school that begins in the second of the two weeks";
}

TEST(WindowsOfTest, AMonthWithAFewSchoolDaysOwesNothing) {
  const auto windows = InTheYear({Period::kMonth, 1, 1});
  EXPECT_THAT(Names(windows),
              ElementsAre("2026-09-01", "2026-10-01", "2026-11-01", "2026-12-01", "2027-01-01", "2027-03-01",
                          "2027-04-01", "2027-05-01", "2027-06-01", "2027-07-01"))
      << "February has three school days";
  EXPECT_EQ(windows[1].window, Days(CivilDay(2026, 10, 1), CivilDay(2026, 10, 31)));
  EXPECT_EQ(windows[2].owed_until, CivilDay(2026, 11, 16)) << "the middle one of 21 school days";
}

TEST(WindowsOfTest, SeveralMonthsAreCountedFromSeptember) {
  EXPECT_THAT(
      Names(InTheYear({Period::kMonth, 2, 1})),
      ElementsAre("2026-09-01", "2026-11-01", "2027-01-01", "2027-03-01", "2027-05-01", "2027-07-01"));
  EXPECT_THAT(Names(InTheYear({Period::kMonth, 6, 1})), ElementsAre("2026-09-01", "2027-03-01"));
  EXPECT_THAT(Names(InTheYear({Period::kYear, 1, 1})), ElementsAre("2026-09-01"));
  EXPECT_EQ(InTheYear({Period::kYear, 1, 1})[0].window, Days(CivilDay(2026, 9, 1), CivilDay(2027, 8, 31)));
}

TEST(WindowsOfTest, ATermAndItsThirds) {
  const auto terms = InTheYear({Period::kTerm, 1, 1});
  EXPECT_THAT(Names(terms), ElementsAre("2026-autumn", "2027-spring"));
  EXPECT_EQ(terms[0].window, Days(kAutumnFirst, kAutumnLast));

  const auto thirds = InTheYear({Period::kTermThird, 1, 1});
  EXPECT_THAT(Names(thirds), ElementsAre("2026-autumn-1", "2026-autumn-2", "2026-autumn-3", "2027-spring-1",
                                         "2027-spring-2", "2027-spring-3"));
  EXPECT_EQ(thirds[0].window.start, clock::StartOf(kAutumnFirst));
  EXPECT_EQ(thirds[0].window.end, thirds[1].window.start);
  EXPECT_EQ(thirds[1].window.end, thirds[2].window.start);
  EXPECT_EQ(thirds[2].window.end, clock::StartOf(kAutumnLast + 1));
}

TEST(WindowsOfTest, TermsOfOneHalfYearAreOne) {
  const auto calendar = *calendar::SchoolCalendar::Make(
      {{kSpringFirst, CivilDay(2027, 6, 25)}, {CivilDay(2027, 7, 1), kSpringLast}}, {}, {});
  const auto terms = WindowsOf({Period::kTerm, 1, 1}, calendar, kSpringFirst, kSpringLast);
  ASSERT_THAT(Names(terms), ElementsAre("2027-spring"));
  EXPECT_EQ(terms[0].window, Days(kSpringFirst, kSpringLast));
}

TEST(WindowsOfTest, LeapDay) {
  const auto calendar =
      *calendar::SchoolCalendar::Make({{CivilDay(2028, 2, 21), CivilDay(2028, 7, 7)}}, {}, {});
  const auto windows =
      WindowsOf({Period::kMonth, 1, 1}, calendar, CivilDay(2028, 2, 1), CivilDay(2028, 3, 31));
  ASSERT_THAT(Names(windows), ElementsAre("2028-02-01", "2028-03-01"));
  EXPECT_EQ(windows[0].window, Days(CivilDay(2028, 2, 1), CivilDay(2028, 2, 29)));
}

constexpr Festivals kAllFestivals = (1 << (kFestivalCount + 1)) - 2;

Cadence Before(Festivals festivals, int days, int times = 1) {
  return {Period::kFestival, 1, times, festivals, days};
}

TEST(WindowsOfTest, BeforeFestivalsInTermAndInTheHolidays) {
  const auto windows = InTheYear(Before(
      FestivalBit(Festival::kSpring) | FestivalBit(Festival::kMidAutumn) | FestivalBit(Festival::kDragonBoat),
      7));
  EXPECT_THAT(Names(windows),
              ElementsAre("festival-2026-09-25", "festival-2027-02-06", "festival-2027-06-09"));
  EXPECT_EQ(windows[0].window, Days(CivilDay(2026, 9, 19), CivilDay(2026, 9, 25)));
  EXPECT_EQ(windows[0].owed_until, CivilDay(2026, 9, 22)) << "the middle of seven days";
  EXPECT_EQ(windows[1].window, Days(CivilDay(2027, 1, 31), CivilDay(2027, 2, 6)))
      << "between the terms, without a school day";
}

TEST(WindowsOfTest, AFestivalNeedsNoLaterTerm) {
  const auto spring = Before(FestivalBit(Festival::kSpring) | FestivalBit(Festival::kNewYearsDay), 14);
  EXPECT_THAT(
      Names(WindowsOf(spring, calendar::AutumnTerm2026(), CivilDay(2026, 12, 1), CivilDay(2027, 2, 28))),
      ElementsAre("festival-2027-01-01", "festival-2027-02-06"));
  const auto first = WindowsOf(spring, Year(), CivilDay(2026, 12, 31), CivilDay(2026, 12, 31));
  ASSERT_THAT(Names(first), ElementsAre("festival-2027-01-01")) << "looked for from the year before";
  EXPECT_EQ(first[0].window, Days(CivilDay(2026, 12, 19), CivilDay(2027, 1, 1)));
}

// In 2025 the Dragon Boat Festival is the day before Children's Day; in 2033 both are on 1 June.
TEST(WindowsOfTest, FestivalsCloseTogetherOverlapAndThoseOfOneDayAreOne) {
  const auto june = Before(FestivalBit(Festival::kDragonBoat) | FestivalBit(Festival::kChildrensDay), 10);
  const auto close = WindowsOf(june, Year(), CivilDay(2025, 5, 1), CivilDay(2025, 6, 30));
  ASSERT_EQ(close.size(), 2u);
  EXPECT_EQ(close[0].window, Days(CivilDay(2025, 5, 22), CivilDay(2025, 5, 31)));
  EXPECT_EQ(close[1].window, Days(CivilDay(2025, 5, 23), CivilDay(2025, 6, 1)));
  EXPECT_THAT(Names(WindowsOf(june, Year(), CivilDay(2033, 5, 1), CivilDay(2033, 6, 30))),
              ElementsAre("festival-2033-06-01"));
  EXPECT_FALSE(AreApart(june));
}

TEST(WindowsOfTest, NothingIsOwedNoTimes) { EXPECT_THAT(InTheYear({Period::kWeek, 1, 0}), IsEmpty()); }

// Of any cadence, in any part of the year: windows are apart and have school days, but for those before
// festivals, and the same window is found from wherever one looks.
TEST(WindowsOfTest, AnyCadence) {
  const auto year = Year();
  EXPECT_TRUE(rc::check([&] {
    const auto period = *rc::gen::element(Period::kWeek, Period::kMonth, Period::kTerm, Period::kTermThird,
                                          Period::kYear, Period::kFestival);
    const int every = period == Period::kWeek    ? *rc::gen::inRange(1, 5)
                      : period == Period::kMonth ? *rc::gen::element(1, 2, 3, 4, 6)
                                                 : 1;
    const bool before = period == Period::kFestival;
    const Cadence cadence{period, every, 1, before ? 2 * *rc::gen::inRange(1, 512) : 0,
                          before ? *rc::gen::inRange(1, kMostFestivalDays + 1) : 0};
    RC_ASSERT(CheckCadence(cadence, "cadence").ok());
    const CivilDay from = CivilDay(2026, 8, 1) + *rc::gen::inRange(0, 365);
    const CivilDay to = from + *rc::gen::inRange(0, 60);
    const auto all = WindowsOf(cadence, year, CivilDay(2026, 7, 1), CivilDay(2027, 9, 30));
    std::vector<std::string> expected;
    absl::Time last = absl::InfinitePast();
    std::set<std::string> names;
    for (const CadenceWindow& one : all) {
      RC_ASSERT(names.insert(one.name).second);
      RC_ASSERT((before ? last < one.window.start : last <= one.window.start));
      RC_ASSERT(one.window.end - one.window.start <= absl::Hours(24) * LongestWindowOf(cadence));
      RC_ASSERT(before || year.IsSchoolDay(one.owed_until));
      RC_ASSERT(one.window.Has(clock::StartOf(one.owed_until)));
      last = before ? one.window.start : one.window.end;
      if (one.window.end > clock::StartOf(from) && one.window.start < clock::StartOf(to + 1))
        expected.push_back(one.name);
    }
    RC_ASSERT(Names(WindowsOf(cadence, year, from, to)) == expected);
  }));
}

// Day by day: a day lies in a window exactly when a festival falls on it or on one of the days after it.
TEST(WindowsOfTest, ADayIsInAWindowWhenAFestivalIsNear) {
  EXPECT_TRUE(rc::check([] {
    const Cadence cadence =
        Before(2 * *rc::gen::inRange(1, 512), *rc::gen::inRange(1, kMostFestivalDays + 1));
    const CivilDay from = CivilDay(2025, 1, 1) + *rc::gen::inRange(0, 3650);
    const auto windows = WindowsOf(cadence, Year(), from, from + 100);
    for (CivilDay day = from; day <= from + 100; ++day) {
      std::set<CivilDay> expected, seen;
      for (int n = 1; n <= kFestivalCount; ++n) {
        if ((cadence.festivals & FestivalBit(Festival{n})) == 0) continue;
        for (CivilDay on = day; on < day + cadence.days; ++on) {
          if (DayOf(Festival{n}, absl::CivilYear(on)) == on) expected.insert(on);
        }
      }
      for (const CadenceWindow& one : windows) {
        if (!one.window.Has(clock::StartOf(day))) continue;
        RC_ASSERT(seen.insert(clock::DayOf(one.window.end) - 1).second);
      }
      RC_ASSERT(seen == expected);
    }
  }));
}

TEST(CheckCadenceTest, WhatIsRefusedBeforeFestivals) {
  const auto field = [](Cadence cadence) {
    const absl::Status status = CheckCadence(cadence, "policy.cadence");
    return status.ok() ? std::string() : refusal::Of(status).field;
  };
  EXPECT_EQ(field(Before(kAllFestivals, 30)), "");
  EXPECT_EQ(field(Before(FestivalBit(Festival::kSpring), 1, 7)), "");
  EXPECT_EQ(field(Before(0, 7)), "policy.cadence.festivals");
  EXPECT_EQ(field(Before(kAllFestivals, 0)), "policy.cadence.days");
  EXPECT_EQ(field(Before(kAllFestivals, 31)), "policy.cadence.days");
  EXPECT_EQ(field({Period::kFestival, 2, 1, kAllFestivals, 7}), "policy.cadence.every");
  EXPECT_EQ(field({Period::kWeek, 1, 1, kAllFestivals, 0}), "policy.cadence.festivals");
  EXPECT_EQ(field({Period::kWeek, 1, 1, 0, 7}), "policy.cadence.days");
  EXPECT_EQ(field({Period{7}, 1, 1}), "policy.cadence.period");
}

TEST(CheckCadenceTest, WhatIsRefused) {
  const auto refused = [](Cadence cadence) { return !CheckCadence(cadence, "policy.cadence").ok(); };
  EXPECT_FALSE(refused({Period::kWeek, 4, 7}));
  EXPECT_FALSE(refused({Period::kMonth, 6, 0})) << "nothing owed";
  EXPECT_TRUE(refused({Period{0}, 1, 1})) << "no period";
  EXPECT_TRUE(refused({Period::kWeek, 5, 1}));
  EXPECT_TRUE(refused({Period::kWeek, 0, 1}));
  EXPECT_TRUE(refused({Period::kMonth, 5, 1})) << "would begin in another month each year";
  EXPECT_TRUE(refused({Period::kTerm, 2, 1}));
  EXPECT_TRUE(refused({Period::kWeek, 1, 8}));
  EXPECT_TRUE(refused({Period::kWeek, 1, -1}));
}

TEST(AsksForMoreTest, AsThePeriodsUsuallyAre) {
  const std::vector<Cadence> rising = {
      {Period::kYear, 1, 0},      {Period::kYear, 1, 1},  {Period::kMonth, 6, 1}, {Period::kTerm, 1, 1},
      {Period::kMonth, 4, 1},     Before(0b111110, 7),    {Period::kTerm, 1, 2},  {Period::kMonth, 2, 1},
      {Period::kTermThird, 1, 1}, {Period::kMonth, 1, 1}, {Period::kWeek, 4, 1},  {Period::kWeek, 2, 1},
      {Period::kMonth, 1, 3},     {Period::kWeek, 1, 1},  {Period::kWeek, 1, 2}};
  for (size_t i = 0; i < rising.size(); ++i) {
    for (size_t j = 0; j < rising.size(); ++j) EXPECT_EQ(AsksForMore(rising[i], rising[j]), i > j) << i << j;
  }
}

TEST(TermOfTest, ByTheHalfYearOfItsFirstDay) {
  EXPECT_EQ(TermOf(CivilDay(2026, 8, 1)), "2026-autumn");
  EXPECT_EQ(TermOf(CivilDay(2026, 9, 1)), "2026-autumn");
  EXPECT_EQ(TermOf(CivilDay(2027, 1, 31)), "2026-autumn");
  EXPECT_EQ(TermOf(CivilDay(2027, 2, 1)), "2027-spring");
  EXPECT_EQ(TermOf(CivilDay(2027, 7, 31)), "2027-spring");
}

TEST(SchoolYearOfTest, FromSeptember) {
  EXPECT_EQ(SchoolYearOf(CivilDay(2026, 9, 1)), absl::CivilMonth(2026, 9));
  EXPECT_EQ(SchoolYearOf(CivilDay(2027, 8, 31)), absl::CivilMonth(2026, 9));
}

}  // namespace
}  // namespace tonghu::pairing
