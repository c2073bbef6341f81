#include "libs/calendar/calendar.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tonghu::calendar {
namespace {

using Day = absl::CivilDay;

std::string ErrorOf(const absl::StatusOr<SchoolCalendar>& calendar) {
  return calendar.ok() ? "ok" : std::string(calendar.status().message());
}

TEST(AutumnTermTest, KnowsItsSchoolDays) {
  const SchoolCalendar autumn = AutumnTerm2026();
  EXPECT_FALSE(autumn.IsSchoolDay(Day(2026, 8, 31)));
  EXPECT_TRUE(autumn.IsSchoolDay(Day(2026, 9, 1)));
  EXPECT_FALSE(autumn.IsSchoolDay(Day(2026, 9, 5))) << "Saturday";
  EXPECT_TRUE(autumn.IsSchoolDay(Day(2026, 9, 20))) << "make-up Sunday";
  EXPECT_FALSE(autumn.IsSchoolDay(Day(2026, 9, 25))) << "Mid-Autumn";
  EXPECT_FALSE(autumn.IsSchoolDay(Day(2026, 10, 7)));
  EXPECT_TRUE(autumn.IsSchoolDay(Day(2026, 10, 8)));
  EXPECT_TRUE(autumn.IsSchoolDay(Day(2026, 10, 10))) << "make-up Saturday";
  EXPECT_FALSE(autumn.IsSchoolDay(Day(2027, 1, 1)));
  EXPECT_TRUE(autumn.IsSchoolDay(Day(2027, 1, 15)));
  EXPECT_FALSE(autumn.IsSchoolDay(Day(2027, 1, 18)));
}

TEST(AutumnTermTest, WeeksBeginOnMondayAndHoldOnlySchoolDays) {
  const auto weeks = AutumnTerm2026().SchoolWeeks(Day(2026, 9, 1), Day(2026, 10, 11));
  ASSERT_EQ(weeks.size(), 6u);
  EXPECT_EQ(weeks[0].monday, Day(2026, 8, 31)) << "the first week's Monday is before the term";
  EXPECT_EQ(weeks[0].school_days.size(), 4u);
  EXPECT_EQ(weeks[1].school_days.size(), 5u);
  EXPECT_EQ(weeks[2].school_days.back(), Day(2026, 9, 20))
      << "the make-up Sunday belongs to the week before it";
  EXPECT_EQ(weeks[3].school_days.size(), 4u) << "Mid-Autumn";
  EXPECT_EQ(weeks[4].school_days, (std::vector<Day>{Day(2026, 9, 28), Day(2026, 9, 29), Day(2026, 9, 30)}));
  EXPECT_EQ(weeks[5].school_days, (std::vector<Day>{Day(2026, 10, 8), Day(2026, 10, 9), Day(2026, 10, 10)}));
}

TEST(SchoolWeeksTest, LeavesOutWeeksWithoutSchool) {
  const auto calendar =
      SchoolCalendar::Make({{Day(2026, 9, 1), Day(2026, 9, 30)}}, {{Day(2026, 9, 14), Day(2026, 9, 20)}}, {});
  ASSERT_TRUE(calendar.ok());
  const auto weeks = calendar->SchoolWeeks(Day(2026, 9, 7), Day(2026, 9, 27));
  ASSERT_EQ(weeks.size(), 2u);
  EXPECT_EQ(weeks[0].monday, Day(2026, 9, 7));
  EXPECT_EQ(weeks[1].monday, Day(2026, 9, 21));
}

TEST(SchoolWeeksTest, EdgesOfTheRange) {
  const SchoolCalendar autumn = AutumnTerm2026();
  EXPECT_EQ(autumn.SchoolWeeks(Day(2026, 9, 9), Day(2026, 9, 9)),
            (std::vector<Week>{{Day(2026, 9, 7), {Day(2026, 9, 9)}}}));
  EXPECT_TRUE(autumn.SchoolWeeks(Day(2026, 9, 12), Day(2026, 9, 13)).empty()) << "a weekend";
  EXPECT_TRUE(autumn.SchoolWeeks(Day(2026, 9, 10), Day(2026, 9, 9)).empty());
  EXPECT_TRUE(autumn.SchoolWeeks(Day(2028, 1, 1), Day(2028, 2, 1)).empty());
  EXPECT_EQ(autumn.SchoolWeeks(Day(1, 1, 1), Day(9999, 1, 1)).size(), 20u) << "cut to the term, not walked";
}

TEST(MakeTest, TwoTermsOfOneYear) {
  const auto year =
      SchoolCalendar::Make({{Day(2027, 3, 1), Day(2027, 7, 9)}, {Day(2026, 9, 1), Day(2027, 1, 15)}}, {}, {});
  ASSERT_TRUE(year.ok());
  EXPECT_EQ(year->terms().front().first, Day(2026, 9, 1)) << "sorted";
  const auto weeks = year->SchoolWeeks(Day(2027, 1, 11), Day(2027, 3, 5));
  ASSERT_EQ(weeks.size(), 2u) << "no weeks owed in the winter holidays";
  EXPECT_EQ(weeks[1].monday, Day(2027, 3, 1));
}

TEST(MakeTest, RefusesWhatCannotBe) {
  const Term term{Day(2026, 9, 1), Day(2027, 1, 15)};
  EXPECT_EQ(ErrorOf(SchoolCalendar::Make({}, {}, {})), "校历：至少要有一个学期");
  EXPECT_EQ(ErrorOf(SchoolCalendar::Make({{term.last, term.first}}, {}, {})),
            "校历：学期的结束日早于开始日（2027-01-15）");
  EXPECT_EQ(ErrorOf(SchoolCalendar::Make({{Day(2026, 9, 1), Day(2062, 1, 15)}}, {}, {})),
            "校历：学期超过400天（2026-09-01）");
  EXPECT_EQ(ErrorOf(SchoolCalendar::Make({term, {term.last, term.last}}, {}, {})),
            "校历：两个学期重叠（2027-01-15）");
  EXPECT_EQ(ErrorOf(SchoolCalendar::Make({term}, {{Day(2026, 10, 7), Day(2026, 10, 1)}}, {})),
            "校历：假期的结束日早于开始日（2026-10-07）");
  EXPECT_EQ(ErrorOf(SchoolCalendar::Make({term}, {}, {Day(2026, 10, 9)})),
            "校历：补课日应为周六或周日（2026-10-09）");
  EXPECT_EQ(ErrorOf(SchoolCalendar::Make({term}, {}, {Day(2026, 8, 29)})),
            "校历：补课日不在任何学期内（2026-08-29）");
  EXPECT_EQ(ErrorOf(SchoolCalendar::Make({term}, {{Day(2026, 10, 1), Day(2026, 10, 7)}}, {Day(2026, 10, 3)})),
            "校历：补课日同时是假期（2026-10-03）");
}

TEST(ParseTest, ReadsWhatItWrites) {
  const SchoolCalendar autumn = AutumnTerm2026();
  const auto again = SchoolCalendar::Parse(autumn.ToText());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->terms(), autumn.terms());
  EXPECT_EQ(again->holidays(), autumn.holidays());
  EXPECT_EQ(again->make_up_days(), autumn.make_up_days());
}

TEST(ParseTest, NamesTheLine) {
  EXPECT_TRUE(SchoolCalendar::Parse("# 秋季\r\nterm 2026-09-01 2027-01-15 # 全省\r\n\r\n").ok());
  EXPECT_EQ(ErrorOf(SchoolCalendar::Parse("term 2026-09-01 2027-01-15\nholidays 2026-10-01 2026-10-07")),
            "校历第2行：应以term、holiday或makeup开头");
  EXPECT_EQ(ErrorOf(SchoolCalendar::Parse("term 2026-09-01")), "校历第1行：日期个数不对");
  EXPECT_EQ(ErrorOf(SchoolCalendar::Parse("\nterm 2026-02-30 2026-07-01")),
            "校历第2行：日期应为真实的日子，写作2026-09-01的样式");
}

TEST(ParseDayTest, OneSpellingForOneDay) {
  EXPECT_EQ(*ParseDay("2028-02-29"), Day(2028, 2, 29));
  for (const char* text :
       {"", "2026-9-1", "2026-02-29", "2026-13-01", "20260901", "2026-09-01 ", "12026-09-01", "2026/09/01"}) {
    EXPECT_FALSE(ParseDay(text).ok()) << text;
  }
}

TEST(SchoolWeeksTest, HoldsEachSchoolDayExactlyOnce) {
  EXPECT_TRUE(rc::check("the weeks of any range are its school days, split by Monday", [] {
    const SchoolCalendar autumn = AutumnTerm2026();
    const Day from = Day(2026, 8, 1) + *rc::gen::inRange(0, 200);
    const Day to = from + *rc::gen::inRange(0, 200);
    std::vector<Day> listed;
    for (const Week& week : autumn.SchoolWeeks(from, to)) {
      RC_ASSERT(absl::GetWeekday(week.monday) == absl::Weekday::monday);
      for (const Day day : week.school_days) {
        RC_ASSERT(MondayOf(day) == week.monday);
        listed.push_back(day);
      }
    }
    std::vector<Day> expected;
    for (Day day = from; day <= to; ++day) {
      if (autumn.IsSchoolDay(day)) expected.push_back(day);
    }
    RC_ASSERT(listed == expected);
  }));
}

}  // namespace
}  // namespace tonghu::calendar
