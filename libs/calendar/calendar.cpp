#include "libs/calendar/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tonghu::calendar {
namespace {

constexpr int kLongestRange = 400;  // days; a slip of the year ("2062") must not make a term of decades

bool IsWeekend(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
}

bool AnyContains(const std::vector<DayRange>& ranges, absl::CivilDay day) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [day](const DayRange& range) { return range.Contains(day); });
}

absl::Status Refuse(std::string_view what, absl::CivilDay day) {
  return absl::InvalidArgumentError(fmt::format("校历：{}（{}）", what, absl::FormatCivilTime(day)));
}

// Sorts the ranges and checks each; `name` is for the sentence.
absl::Status CheckRanges(std::vector<DayRange>& ranges, std::string_view name) {
  std::sort(ranges.begin(), ranges.end(),
            [](const DayRange& a, const DayRange& b) { return a.first < b.first; });
  for (const DayRange& range : ranges) {
    if (range.last < range.first) return Refuse(fmt::format("{}的结束日早于开始日", name), range.first);
    if (range.last - range.first >= kLongestRange)
      return Refuse(fmt::format("{}超过400天", name), range.first);
  }
  return absl::OkStatus();
}

}  // namespace

// PrevWeekday gives a day strictly before its argument: asked with day + 1, a Monday gives itself.
absl::CivilDay MondayOf(absl::CivilDay day) { return absl::PrevWeekday(day + 1, absl::Weekday::monday); }

absl::StatusOr<SchoolCalendar> SchoolCalendar::Make(std::vector<Term> terms, std::vector<Holiday> holidays,
                                                    std::vector<absl::CivilDay> make_up_days) {
  if (terms.empty()) return absl::InvalidArgumentError("校历：至少要有一个学期");
  if (const auto status = CheckRanges(terms, "学期"); !status.ok()) return status;
  if (const auto status = CheckRanges(holidays, "假期"); !status.ok()) return status;
  for (size_t i = 1; i < terms.size(); ++i) {
    // The terms are sorted, so an overlap shows between neighbours.
    if (terms[i].first <= terms[i - 1].last) return Refuse("两个学期重叠", terms[i].first);
  }
  std::sort(make_up_days.begin(), make_up_days.end());
  make_up_days.erase(std::unique(make_up_days.begin(), make_up_days.end()), make_up_days.end());
  for (const absl::CivilDay day : make_up_days) {
    if (!IsWeekend(day)) return Refuse("补课日应为周六或周日", day);
    if (!AnyContains(terms, day)) return Refuse("补课日不在任何学期内", day);
    if (AnyContains(holidays, day)) return Refuse("补课日同时是假期", day);
  }
  SchoolCalendar calendar;
  calendar.terms_ = std::move(terms);
  calendar.holidays_ = std::move(holidays);
  calendar.make_up_days_ = std::move(make_up_days);
  return calendar;
}

bool SchoolCalendar::IsSchoolDay(absl::CivilDay day) const {
  // On a weekend there is school on make-up days only (调休).
  if (IsWeekend(day)) return std::binary_search(make_up_days_.begin(), make_up_days_.end(), day);
  return AnyContains(terms_, day) && !AnyContains(holidays_, day);
}

std::vector<Week> SchoolCalendar::SchoolWeeks(absl::CivilDay from, absl::CivilDay to) const {
  // The range is cut to the terms, outside which there is no school day: a range of centuries costs nothing.
  from = std::max(from, terms_.front().first);
  to = std::min(to, terms_.back().last);
  std::vector<Week> weeks;
  for (absl::CivilDay day = from; day <= to; ++day) {
    if (!IsSchoolDay(day)) continue;
    const absl::CivilDay monday = MondayOf(day);
    if (weeks.empty() || weeks.back().monday != monday) weeks.push_back({monday, {}});
    weeks.back().school_days.push_back(day);
  }
  return weeks;
}

// Source: the State Council's notices on the arrangement of holidays in 2026 and 2027.
SchoolCalendar AutumnTerm2026() {
  return *SchoolCalendar::Make({{absl::CivilDay(2026, 9, 1), absl::CivilDay(2027, 1, 15)}},
                               {{absl::CivilDay(2026, 9, 25), absl::CivilDay(2026, 9, 27)},   // 中秋节
                                {absl::CivilDay(2026, 10, 1), absl::CivilDay(2026, 10, 7)},   // 国庆节
                                {absl::CivilDay(2027, 1, 1), absl::CivilDay(2027, 1, 1)}},    // 元旦
                               {absl::CivilDay(2026, 9, 20), absl::CivilDay(2026, 10, 10)});  // 国庆调休
}

}  // namespace tonghu::calendar
