#include "services/pairing/domain/festival.h"

#include <array>

namespace tonghu::pairing {
namespace {

// Days of a year by the lunar calendar, as month * 100 + day.
struct LunarDays {
  int16_t spring, dragon_boat, mid_autumn, double_ninth;
};

// Source: the rules of GB/T 33661-2017 (a month begins on the day of its new moon at 120° east; the month of
// the winter solstice is the eleventh; of thirteen months from one to the next the first without a principal
// term is a leap month), worked out with new moons that are known to a minute, and found the same in a
// second, independent table of the lunar calendar. The closest new moon is 42 seconds from midnight (29
// September 2057). Four years a line.
constexpr std::array<LunarDays, kLastFestivalYear - kFirstFestivalYear + 1> kLunarDays = {{
    // clang-format off
    {125, 625, 1001, 1025}, {212, 614, 921, 1014}, {201, 603, 910, 1004}, {122, 622, 929, 1023},  // 2020
    {210, 610, 917, 1011}, {129, 531, 1006, 1029}, {217, 619, 925, 1018}, {206, 609, 915, 1008},  // 2024
    {126, 528, 1003, 1026}, {213, 616, 922, 1016}, {203, 605, 912, 1005}, {123, 624, 1001, 1024},  // 2028
    {211, 612, 919, 1012}, {131, 601, 908, 1001}, {219, 620, 927, 1020}, {208, 610, 916, 1009},  // 2032
    {128, 530, 1004, 1027}, {215, 618, 924, 1017}, {204, 607, 913, 1007}, {124, 527, 1002, 1026},  // 2036
    {212, 614, 920, 1014}, {201, 603, 910, 1003}, {122, 622, 928, 1022}, {210, 611, 917, 1011},  // 2040
    {130, 531, 1005, 1029}, {217, 619, 925, 1018}, {206, 608, 915, 1008}, {126, 529, 1004, 1027},  // 2044
    {214, 615, 922, 1016}, {202, 604, 911, 1005}, {123, 623, 930, 1024}, {211, 613, 919, 1013},  // 2048
    {201, 601, 907, 1030}, {219, 620, 926, 1020}, {208, 610, 916, 1009}, {128, 530, 1005, 1028},  // 2052
    {215, 617, 924, 1017}, {204, 606, 913, 1007}, {124, 625, 1002, 1025}, {212, 614, 921, 1014},  // 2056
    {202, 603, 909, 1002}, {121, 622, 928, 1021}, {209, 611, 917, 1011}, {129, 601, 1006, 1030},  // 2060
    {217, 619, 925, 1018}, {205, 608, 915, 1008}, {126, 528, 1003, 1027}, {214, 616, 923, 1016},  // 2064
    {203, 604, 911, 1004}, {123, 623, 929, 1023}, {211, 613, 919, 1012}, {131, 602, 908, 1031},  // 2068
    {219, 620, 926, 1020}, {207, 610, 916, 1009}, {127, 530, 1005, 1028}, {215, 617, 924, 1018},  // 2072
    {205, 606, 912, 1006}, {124, 624, 1001, 1025}, {212, 614, 920, 1014}, {202, 604, 910, 1003},  // 2076
    {122, 622, 928, 1021}, {209, 611, 917, 1011}, {129, 601, 1006, 1030}, {217, 619, 926, 1019},  // 2080
    {206, 607, 914, 1008}, {126, 527, 1003, 1027}, {214, 615, 922, 1016}, {203, 605, 911, 1005},  // 2084
    {124, 623, 929, 1022}, {210, 613, 918, 1012}, {130, 602, 908, 1031}, {218, 621, 927, 1021},  // 2088
    {207, 609, 916, 1009}, {127, 529, 1005, 1028}, {215, 617, 924, 1017}, {205, 606, 913, 1006},  // 2092
    {125, 624, 930, 1024}, {212, 614, 920, 1013}, {201, 604, 909, 1003}, {121, 623, 929, 1022},  // 2096
    // clang-format on
}};

absl::CivilDay In(absl::CivilYear year, int month_and_day) {
  return absl::CivilDay(year.year(), month_and_day / 100, month_and_day % 100);
}

// The day of the solar term Qingming, when the Sun is at 15°: 4 or 5 April. The formula is the one by which
// almanacs are made (寿星通用公式), with the constant of the 21st century; it was found right for every year
// of the table.
absl::CivilDay Qingming(absl::CivilYear year) {
  const int of_century = static_cast<int>(year.year() % 100);
  return absl::CivilDay(year.year(), 4, static_cast<int>(of_century * 0.2422 + 4.81) - of_century / 4);
}

}  // namespace

std::optional<absl::CivilDay> DayOf(Festival festival, absl::CivilYear year) {
  if (year.year() < kFirstFestivalYear || year.year() > kLastFestivalYear) return std::nullopt;
  const LunarDays& lunar = kLunarDays[static_cast<size_t>(year.year() - kFirstFestivalYear)];
  switch (festival) {
    case Festival::kNewYearsDay:
      return In(year, 101);
    case Festival::kSpring:
      return In(year, lunar.spring);
    case Festival::kLantern:
      return In(year, lunar.spring) + 14;
    case Festival::kTombSweeping:
      return Qingming(year);
    case Festival::kChildrensDay:
      return In(year, 601);
    case Festival::kDragonBoat:
      return In(year, lunar.dragon_boat);
    case Festival::kMidAutumn:
      return In(year, lunar.mid_autumn);
    case Festival::kDoubleNinth:
      return In(year, lunar.double_ninth);
    case Festival::kNationalDay:
      return In(year, 1001);
  }
  return std::nullopt;
}

}  // namespace tonghu::pairing
