#include "services/pairing/domain/festival.h"

#include <gmock/gmock.h>
#include <unicode/calendar.h>

#include <memory>
#include <set>
#include <vector>

namespace tonghu::pairing {
namespace {

using absl::CivilDay;
using absl::CivilYear;

absl::CivilDay Of(Festival festival, int year) {
  const auto day = DayOf(festival, CivilYear(year));
  EXPECT_TRUE(day.has_value()) << year;
  return day.value_or(CivilDay());
}

// The days of the notices on holidays of the State Council's General Office for 2020 to 2026 (国办发明电
// 〔2019〕16号, 〔2020〕27号, 〔2021〕11号, 〔2022〕16号, 〔2023〕7号, 〔2024〕12号, 〔2025〕7号), and those
// of almanacs.
TEST(FestivalTest, PublishedDays) {
  struct Year {
    int year;
    CivilDay spring, tomb_sweeping, dragon_boat, mid_autumn;
  };
  const auto year = [](int year, std::pair<int, int> spring, int qingming, std::pair<int, int> boat,
                       std::pair<int, int> autumn) {
    const auto in = [year](std::pair<int, int> day) { return CivilDay(year, day.first, day.second); };
    return Year{year, in(spring), in({4, qingming}), in(boat), in(autumn)};
  };
  for (const Year& one :
       {year(2020, {1, 25}, 4, {6, 25}, {10, 1}), year(2021, {2, 12}, 4, {6, 14}, {9, 21}),
        year(2022, {2, 1}, 5, {6, 3}, {9, 10}), year(2023, {1, 22}, 5, {6, 22}, {9, 29}),
        year(2024, {2, 10}, 4, {6, 10}, {9, 17}), year(2025, {1, 29}, 4, {5, 31}, {10, 6}),
        year(2026, {2, 17}, 5, {6, 19}, {9, 25}), year(2027, {2, 6}, 5, {6, 9}, {9, 15}),
        year(2028, {1, 26}, 4, {5, 28}, {10, 3}), year(2029, {2, 13}, 4, {6, 16}, {9, 22}),
        year(2030, {2, 3}, 5, {6, 5}, {9, 12}), year(2031, {1, 23}, 5, {6, 24}, {10, 1}),
        year(2032, {2, 11}, 4, {6, 12}, {9, 19}), year(2033, {1, 31}, 4, {6, 1}, {9, 8}),
        year(2034, {2, 19}, 5, {6, 20}, {9, 27}), year(2035, {2, 8}, 5, {6, 10}, {9, 16})}) {
    EXPECT_EQ(Of(Festival::kSpring, one.year), one.spring);
    EXPECT_EQ(Of(Festival::kTombSweeping, one.year), one.tomb_sweeping);
    EXPECT_EQ(Of(Festival::kDragonBoat, one.year), one.dragon_boat);
    EXPECT_EQ(Of(Festival::kMidAutumn, one.year), one.mid_autumn);
  }
}

TEST(FestivalTest, FixedDaysLanternAndDoubleNinth) {
  EXPECT_EQ(Of(Festival::kNewYearsDay, 2027), CivilDay(2027, 1, 1));
  EXPECT_EQ(Of(Festival::kChildrensDay, 2027), CivilDay(2027, 6, 1));
  EXPECT_EQ(Of(Festival::kNationalDay, 2027), CivilDay(2027, 10, 1));
  EXPECT_EQ(Of(Festival::kLantern, 2025), CivilDay(2025, 2, 12));
  EXPECT_EQ(Of(Festival::kLantern, 2026), CivilDay(2026, 3, 3));
  EXPECT_EQ(Of(Festival::kLantern, 2027), CivilDay(2027, 2, 20));
  EXPECT_EQ(Of(Festival::kDoubleNinth, 2025), CivilDay(2025, 10, 29));
  EXPECT_EQ(Of(Festival::kDoubleNinth, 2026), CivilDay(2026, 10, 18));
  EXPECT_EQ(Of(Festival::kDoubleNinth, 2027), CivilDay(2027, 10, 8));
}

// 2025 has a second sixth month, 2033 a second eleventh one, which calendars once took for a second seventh;
// then all later festivals would be a month late. 2028 has a second fifth month, 2052 a second eighth one.
TEST(FestivalTest, ALeapMonthGivesNoFestivalTwice) {
  EXPECT_EQ(Of(Festival::kMidAutumn, 2033), CivilDay(2033, 9, 8));
  EXPECT_EQ(Of(Festival::kDoubleNinth, 2033), CivilDay(2033, 10, 1));
  EXPECT_EQ(Of(Festival::kSpring, 2034), CivilDay(2034, 2, 19));
  EXPECT_EQ(Of(Festival::kDragonBoat, 2028), CivilDay(2028, 5, 28)) << "not 26 June";
  EXPECT_EQ(Of(Festival::kMidAutumn, 2052), CivilDay(2052, 9, 7)) << "not 7 October";
}

TEST(FestivalTest, NoneBesideTheTable) {
  EXPECT_FALSE(DayOf(Festival::kSpring, CivilYear(kFirstFestivalYear - 1)).has_value());
  EXPECT_FALSE(DayOf(Festival::kNationalDay, CivilYear(kLastFestivalYear + 1)).has_value());
  EXPECT_TRUE(DayOf(Festival::kSpring, CivilYear(kLastFestivalYear)).has_value());
}

// The day by ICU's calendar.
CivilDay ByIcu(int year, int month, int day) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::TimeZone> china(icu::TimeZone::createTimeZone("GMT+08:00"));
  const std::unique_ptr<icu::Calendar> calendar(
      icu::Calendar::createInstance(*china, icu::Locale("zh@calendar=chinese"), error));
  if (U_FAILURE(error)) return CivilDay::min();
  calendar->clear();
  constexpr int kIcuYears = 2637;  // the lunar year that begins in year 1
  calendar->set(UCAL_EXTENDED_YEAR, year + kIcuYears);
  calendar->set(UCAL_MONTH, month - 1);
  calendar->set(UCAL_IS_LEAP_MONTH, 0);
  calendar->set(UCAL_DATE, day);
  const double ms = calendar->getTime(error) + 8.0 * 3600e3;
  return CivilDay(1970, 1, 1) + static_cast<int64_t>(ms / 86400e3);
}

// ICU finds the same days but where a new moon is within minutes of midnight: there it may be a day off.
TEST(FestivalTest, IcuDiffersWhereANewMoonIsCloseToMidnightOnly) {
  std::set<int> years;
  for (int year = kFirstFestivalYear; year <= 2050; ++year) {
    const std::vector<std::pair<CivilDay, CivilDay>> days = {
        {Of(Festival::kSpring, year), ByIcu(year, 1, 1)},
        {Of(Festival::kLantern, year), ByIcu(year, 1, 15)},
        {Of(Festival::kDragonBoat, year), ByIcu(year, 5, 5)},
        {Of(Festival::kMidAutumn, year), ByIcu(year, 8, 15)},
        {Of(Festival::kDoubleNinth, year), ByIcu(year, 9, 9)}};
    for (const auto& [ours, icus] : days) {
      EXPECT_LE(std::abs(ours - icus), 1) << ours << " " << icus;
      if (ours != icus) years.insert(year);
    }
  }
  for (const int year : years) EXPECT_THAT(year, testing::AnyOf(2027, 2030));
}

}  // namespace
}  // namespace tonghu::pairing
