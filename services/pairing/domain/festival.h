// Festivals of China: on which days they fall. Pure.
//
// The days of the lunar calendar are a table, not a computation of ICU's, whose new moons are some minutes
// off: for 2027 and 2030 ICU 72 puts the Spring Festival a day beside the true one, since the new moon is
// within minutes of midnight.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/time/civil_time.h"

namespace tonghu::pairing {

// A festival. The numbers are stored and those of tonghu.pairing.v1.Festival.
enum class Festival {
  kNewYearsDay = 1,   // 元旦
  kSpring = 2,        // 春节
  kLantern = 3,       // 元宵
  kTombSweeping = 4,  // 清明
  kChildrensDay = 5,  // 儿童节
  kDragonBoat = 6,    // 端午
  kMidAutumn = 7,     // 中秋
  kDoubleNinth = 8,   // 重阳
  kNationalDay = 9,   // 国庆
};
inline constexpr int kFestivalCount = 9;

// Festivals as one number, in which bit n stands for the festival n.
using Festivals = int;
constexpr Festivals FestivalBit(Festival festival) { return 1 << static_cast<int>(festival); }

inline constexpr int kFirstFestivalYear = 2020, kLastFestivalYear = 2099;
// The day of the festival in the year, in China; every festival is once in each year from kFirstFestivalYear
// to kLastFestivalYear. None for other years.
std::optional<absl::CivilDay> DayOf(Festival festival, absl::CivilYear year);

}  // namespace tonghu::pairing
