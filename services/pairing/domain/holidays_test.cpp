// The weeks of China's public holidays of 2025 and 2026 with their make-up days, as the State Council
// announced them (国办发明电〔2024〕12号, 〔2025〕7号): in which weeks a weekly duty is owed.
#include <gmock/gmock.h>

#include "services/pairing/domain/cadence.h"

namespace tonghu::pairing {
namespace {

using absl::CivilDay;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Weeks(const calendar::SchoolCalendar& calendar, CivilDay from, CivilDay to) {
  std::vector<std::string> names;
  for (const CadenceWindow& window : WindowsOf({Period::kWeek, 1, 1}, calendar, from, to))
    names.push_back(window.name);
  return names;
}

TEST(HolidaysTest, NationalDayAndMidAutumnOf2025LeaveTwoDaysToTheFirstWeekAndThreeToTheSecond) {
  const auto autumn = *calendar::SchoolCalendar::Make({{CivilDay(2025, 9, 1), CivilDay(2026, 1, 23)}},
                                                      {{CivilDay(2025, 10, 1), CivilDay(2025, 10, 8)}},
                                                      {CivilDay(2025, 9, 28), CivilDay(2025, 10, 11)});
  EXPECT_THAT(Weeks(autumn, CivilDay(2025, 9, 22), CivilDay(2025, 10, 19)),
              ElementsAre("2025-09-22", "2025-09-29", "2025-10-06", "2025-10-13"));
  const auto weeks = autumn.SchoolWeeks(CivilDay(2025, 9, 22), CivilDay(2025, 10, 12));
  ASSERT_EQ(weeks.size(), 3u);
  EXPECT_EQ(weeks[0].school_days.size(), 6u) << "with the Sunday";
  EXPECT_THAT(weeks[1].school_days, ElementsAre(CivilDay(2025, 9, 29), CivilDay(2025, 9, 30)));
  EXPECT_THAT(weeks[2].school_days,
              ElementsAre(CivilDay(2025, 10, 9), CivilDay(2025, 10, 10), CivilDay(2025, 10, 11)));
}

TEST(HolidaysTest, AHolidayThatTakesAWholeWeekOfATermOwesNothing) {
  // Spring Festival of 2026, 15 to 23 February, within a term that goes on: 14 and 28 February are made up.
  const auto term =
      *calendar::SchoolCalendar::Make({{CivilDay(2026, 2, 2), CivilDay(2026, 7, 3)}},
                                      {{CivilDay(2026, 2, 15), CivilDay(2026, 2, 23)},
                                       {CivilDay(2026, 4, 4), CivilDay(2026, 4, 6)},
                                       {CivilDay(2026, 5, 1), CivilDay(2026, 5, 5)},
                                       {CivilDay(2026, 6, 19), CivilDay(2026, 6, 21)}},
                                      {CivilDay(2026, 2, 14), CivilDay(2026, 2, 28), CivilDay(2026, 5, 9)});
  EXPECT_THAT(Weeks(term, CivilDay(2026, 2, 9), CivilDay(2026, 3, 1)),
              ElementsAre("2026-02-09", "2026-02-23"));
  EXPECT_THAT(Weeks(term, CivilDay(2026, 2, 16), CivilDay(2026, 2, 22)), IsEmpty());
  const auto labour = term.SchoolWeeks(CivilDay(2026, 5, 4), CivilDay(2026, 5, 10));
  ASSERT_EQ(labour.size(), 1u);
  EXPECT_THAT(labour.front().school_days, ElementsAre(CivilDay(2026, 5, 6), CivilDay(2026, 5, 7),
                                                      CivilDay(2026, 5, 8), CivilDay(2026, 5, 9)));
}

TEST(HolidaysTest, BetweenTermsNoWeekIsOwedAndNoneIsCountedTwice) {
  const auto year = *calendar::SchoolCalendar::Make(
      {{CivilDay(2025, 9, 1), CivilDay(2026, 1, 23)}, {CivilDay(2026, 3, 2), CivilDay(2026, 7, 3)}}, {}, {});
  EXPECT_THAT(Weeks(year, CivilDay(2026, 1, 12), CivilDay(2026, 3, 15)),
              ElementsAre("2026-01-12", "2026-01-19", "2026-03-02", "2026-03-09"));
}

}  // namespace
}  // namespace tonghu::pairing
