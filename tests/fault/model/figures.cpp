#include "tests/fault/model/figures.h"

namespace tonghu::fault::model {
namespace {

constexpr size_t kCountyDigits = 6;

const absl::TimeZone& China() {
  static const absl::TimeZone kChina = absl::FixedTimeZone(8 * 60 * 60);
  return kChina;
}

}  // namespace

const std::array<const char*, kFigures> kFigureNames = {
    "contacts",  "done",          "done, reported late", "excused",         "missed",
    "done late", "alerts raised", "alerts acknowledged", "alerts resolved", "pairings"};

absl::CivilDay MondayOf(absl::CivilDay day) { return absl::PrevWeekday(day + 1, absl::Weekday::monday); }

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, China()); }

absl::Time StartOf(absl::CivilDay day) { return absl::FromCivil(day, China()); }

void Figures::Add(const std::string& school, const std::string& township, absl::CivilDay monday,
                  Figure figure, int64_t by) {
  for (const std::string& division : {school, township, township.substr(0, kCountyDigits)}) {
    auto [week, fresh] = by_division_[division].try_emplace(monday);
    if (fresh) week->second.fill(0);
    week->second[figure] += by;
  }
}

}  // namespace tonghu::fault::model
