#include "services/pairing/domain/cadence.h"

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

TEST(WindowsOfTest, NothingIsOwedNoTimes) { EXPECT_THAT(InTheYear({Period::kWeek, 1, 0}), IsEmpty()); }

// Of any cadence, in any part of the year: windows are apart, have school days, and the same window is found
// from wherever one looks.
TEST(WindowsOfTest, AnyCadence) {
  const auto year = Year();
  EXPECT_TRUE(rc::check([&] {
    const auto period =
        *rc::gen::element(Period::kWeek, Period::kMonth, Period::kTerm, Period::kTermThird, Period::kYear);
    const int every = period == Period::kWeek    ? *rc::gen::inRange(1, 5)
                      : period == Period::kMonth ? *rc::gen::element(1, 2, 3, 4, 6)
                                                 : 1;
    const Cadence cadence{period, every, 1};
    RC_ASSERT(CheckCadence(cadence, "cadence").ok());
    const CivilDay from = CivilDay(2026, 8, 1) + *rc::gen::inRange(0, 365);
    const CivilDay to = from + *rc::gen::inRange(0, 60);
    const auto all = WindowsOf(cadence, year, CivilDay(2026, 7, 1), CivilDay(2027, 9, 30));
    std::vector<std::string> expected;
    absl::Time before = absl::InfinitePast();
    std::set<std::string> names;
    for (const CadenceWindow& one : all) {
      RC_ASSERT(names.insert(one.name).second);
      RC_ASSERT(before <= one.window.start);
      RC_ASSERT(one.window.end - one.window.start <= absl::Hours(24) * LongestWindowOf(cadence));
      RC_ASSERT(year.IsSchoolDay(one.owed_until));
      RC_ASSERT(one.window.Has(clock::StartOf(one.owed_until)));
      before = one.window.end;
      if (one.window.end > clock::StartOf(from) && one.window.start < clock::StartOf(to + 1))
        expected.push_back(one.name);
    }
    RC_ASSERT(Names(WindowsOf(cadence, year, from, to)) == expected);
  }));
}

TEST(CheckCadenceTest, WhatIsRefused) {
  const auto refused = [](Cadence cadence) { return !CheckCadence(cadence, "policy.cadence").ok(); };
  EXPECT_FALSE(refused({Period::kWeek, 4, 7}));
  EXPECT_FALSE(refused({Period::kMonth, 6, 0})) << "nothing owed";
  EXPECT_TRUE(refused({Period{0}, 1, 1})) << "no period";
  EXPECT_TRUE(refused({Period{6}, 1, 1}));
  EXPECT_TRUE(refused({Period::kWeek, 5, 1}));
  EXPECT_TRUE(refused({Period::kWeek, 0, 1}));
  EXPECT_TRUE(refused({Period::kMonth, 5, 1})) << "would begin in another month each year";
  EXPECT_TRUE(refused({Period::kTerm, 2, 1}));
  EXPECT_TRUE(refused({Period::kWeek, 1, 8}));
  EXPECT_TRUE(refused({Period::kWeek, 1, -1}));
}

TEST(AsksForMoreTest, AsThePeriodsUsuallyAre) {
  const std::vector<Cadence> rising = {
      {Period::kYear, 1, 0},  {Period::kYear, 1, 1}, {Period::kMonth, 6, 1}, {Period::kTerm, 1, 1},
      {Period::kMonth, 4, 1}, {Period::kTerm, 1, 2}, {Period::kMonth, 2, 1}, {Period::kTermThird, 1, 1},
      {Period::kMonth, 1, 1}, {Period::kWeek, 4, 1}, {Period::kWeek, 2, 1},  {Period::kMonth, 1, 3},
      {Period::kWeek, 1, 1},  {Period::kWeek, 1, 2}};
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
