#include "services/pairing/domain/cadence.h"

#include <algorithm>
#include <bit>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {
namespace {

constexpr int kDaysOfWeek = 7, kMonthsOfYear = 12, kFirstMonth = 9;  // September

using Days = std::vector<absl::CivilDay>;

// The school days from `first` to `last`, in order.
Days SchoolDays(const calendar::SchoolCalendar& calendar, absl::CivilDay first, absl::CivilDay last) {
  Days days;
  for (const calendar::Week& week : calendar.SchoolWeeks(first, last))
    days.insert(days.end(), week.school_days.begin(), week.school_days.end());
  return days;
}

absl::CivilDay Middle(const Days& days) { return days[(days.size() - 1) / 2]; }

Window FromTo(absl::CivilDay first, absl::CivilDay end) {
  return {clock::StartOf(first), clock::StartOf(end)};
}

// The largest multiple of `step` that is not above `n`, which may be negative.
int64_t FloorTo(int64_t n, int64_t step) { return n - ((n % step) + step) % step; }

// Windows that the calendar year gives: the first day of the one that has `day`, and of the next.
class YearWindows {
 public:
  explicit YearWindows(const Cadence& cadence)
      : weeks_(cadence.period == Period::kWeek ? cadence.every : 0),
        months_(cadence.period == Period::kYear ? kMonthsOfYear : cadence.every) {}

  absl::CivilDay FirstOf(absl::CivilDay day) const {
    if (weeks_ > 0) return kFirstMonday + FloorTo(day - kFirstMonday, weeks_ * kDaysOfWeek);
    const absl::CivilMonth anchor(2020, kFirstMonth);
    return absl::CivilDay(anchor + FloorTo(absl::CivilMonth(day) - anchor, months_));
  }
  absl::CivilDay Next(absl::CivilDay first) const {
    return weeks_ > 0 ? first + weeks_ * kDaysOfWeek : absl::CivilDay(absl::CivilMonth(first) + months_);
  }
  // The day until which a line may begin that owes the window; its days are in order.
  absl::CivilDay OwedUntil(const Days& days) const { return weeks_ == 1 ? days.front() : Middle(days); }
  size_t FewestDays() const { return weeks_ > 0 ? 1 : kFewestMonthDays; }

 private:
  int weeks_, months_;
};

std::vector<CadenceWindow> InYears(const Cadence& cadence, const calendar::SchoolCalendar& calendar,
                                   absl::CivilDay from, absl::CivilDay to) {
  const YearWindows years(cadence);
  std::vector<CadenceWindow> windows;
  // Outside the terms there is no school day, so windows before and after them are left out at once.
  from = std::max(from, calendar.terms().front().first);
  to = std::min(to, calendar.terms().back().last);
  for (absl::CivilDay first = years.FirstOf(from); first <= to; first = years.Next(first)) {
    const absl::CivilDay end = years.Next(first);
    const Days days = SchoolDays(calendar, first, end - 1);
    if (days.size() < years.FewestDays()) continue;
    windows.push_back({absl::FormatCivilTime(first), FromTo(first, end), years.OwedUntil(days)});
  }
  return windows;
}

// The terms, those of one half-year joined.
std::vector<calendar::Term> HalfYears(const calendar::SchoolCalendar& calendar) {
  std::vector<calendar::Term> joined;
  for (const calendar::Term& term : calendar.terms()) {
    if (!joined.empty() && TermOf(joined.back().first) == TermOf(term.first))
      joined.back().last = term.last;
    else
      joined.push_back(term);
  }
  return joined;
}

std::vector<CadenceWindow> InTerms(Period period, const calendar::SchoolCalendar& calendar,
                                   absl::CivilDay from, absl::CivilDay to) {
  std::vector<CadenceWindow> windows;
  const auto add = [&](std::string name, absl::CivilDay first, absl::CivilDay end, const Days& days) {
    if (end > from && first <= to) windows.push_back({std::move(name), FromTo(first, end), Middle(days)});
  };
  for (const calendar::Term& term : HalfYears(calendar)) {
    const Days days = SchoolDays(calendar, term.first, term.last);
    const size_t parts = period == Period::kTerm ? 1 : 3;
    if (days.size() < parts) continue;
    for (size_t part = 0; part < parts; ++part) {
      const Days own(days.begin() + part * days.size() / parts,
                     days.begin() + (part + 1) * days.size() / parts);
      const bool last = part + 1 == parts;
      add(parts == 1 ? TermOf(term.first) : absl::StrCat(TermOf(term.first), "-", part + 1),
          part == 0 ? term.first : own.front(), last ? term.last + 1 : days[(part + 1) * days.size() / parts],
          own);
    }
  }
  return windows;
}

// The days of the festivals of the cadence in the years from `from` to `to`.
std::set<absl::CivilDay> FestivalDays(Festivals festivals, absl::CivilYear from, absl::CivilYear to) {
  std::set<absl::CivilDay> days;
  for (absl::CivilYear year = from; year <= to; ++year) {
    for (int n = 1; n <= kFestivalCount; ++n) {
      if ((festivals & FestivalBit(Festival{n})) == 0) continue;
      if (const auto day = DayOf(Festival{n}, year); day.has_value()) days.insert(*day);
    }
  }
  return days;
}

// Errors: as CheckCadence.
absl::Status CheckFestivals(const Cadence& cadence, const std::string& field) {
  const bool before = cadence.period == Period::kFestival;
  if (before && cadence.festivals == 0) {
    return refusal::Invalid("CADENCE_OUT_OF_RANGE", absl::StrCat(field, ".festivals"),
                            "festivals must name at least one festival",
                            "请至少选择一个节日，例如春节、中秋");
  }
  if (before && (cadence.days < 1 || cadence.days > kMostFestivalDays)) {
    return refusal::Invalid("CADENCE_OUT_OF_RANGE", absl::StrCat(field, ".days"),
                            "days must be 1 to 30, with the festival's day",
                            "节前天数应为1至30天，含节日当天");
  }
  if (!before && (cadence.festivals != 0 || cadence.days != 0)) {
    return refusal::Invalid("CADENCE_OUT_OF_RANGE",
                            absl::StrCat(field, cadence.festivals != 0 ? ".festivals" : ".days"),
                            "festivals and days belong to the period FESTIVAL only",
                            "只有周期为节前时才能选择节日和节前天数，请把周期改为节前或去掉节日和天数");
  }
  return absl::OkStatus();
}

// A child is not forgotten in the holidays: neither terms nor school days matter.
std::vector<CadenceWindow> BeforeFestivals(const Cadence& cadence, absl::CivilDay from, absl::CivilDay to) {
  std::vector<CadenceWindow> windows;
  const int before = cadence.days - 1;
  for (const absl::CivilDay day :
       FestivalDays(cadence.festivals, absl::CivilYear(from), absl::CivilYear(to + before))) {
    const absl::CivilDay first = day - before;
    if (day < from || first > to) continue;
    windows.push_back(
        {absl::StrCat("festival-", absl::FormatCivilTime(day)), FromTo(first, day + 1), first + before / 2});
  }
  return windows;
}

}  // namespace

std::vector<CadenceWindow> WindowsOf(const Cadence& cadence, const calendar::SchoolCalendar& calendar,
                                     absl::CivilDay from, absl::CivilDay to) {
  if (cadence.times == 0) return {};
  switch (cadence.period) {
    case Period::kWeek:
    case Period::kMonth:
    case Period::kYear:
      return InYears(cadence, calendar, from, to);
    case Period::kTerm:
    case Period::kTermThird:
      return InTerms(cadence.period, calendar, from, to);
    case Period::kFestival:
      return BeforeFestivals(cadence, from, to);
  }
  return {};
}

int LongestWindowOf(const Cadence& cadence) {
  switch (cadence.period) {
    case Period::kWeek:
      return kDaysOfWeek * cadence.every;
    case Period::kMonth:
      return 31 * cadence.every;
    case Period::kYear:
      return 366;
    case Period::kTerm:
    case Period::kTermThird:
      return kLongestWindowDays;
    case Period::kFestival:
      return cadence.days;
  }
  return kLongestWindowDays;
}

bool AsksForMore(const Cadence& one, const Cadence& other) {
  const auto a_day = [](const Cadence& cadence) {
    constexpr double kTermDays = 140, kYearDays = 365;
    switch (cadence.period) {
      case Period::kWeek:
        return cadence.times / (1.0 * kDaysOfWeek * cadence.every);
      case Period::kMonth:
        return cadence.times / (kYearDays / kMonthsOfYear * cadence.every);
      case Period::kYear:
        return cadence.times / kYearDays;
      case Period::kTerm:
        return cadence.times / kTermDays;
      case Period::kTermThird:
        return 3 * cadence.times / kTermDays;
      case Period::kFestival:
        return cadence.times * std::popcount(static_cast<unsigned>(cadence.festivals)) / kYearDays;
    }
    return 0.0;
  };
  return a_day(one) > a_day(other);
}

bool AreApart(const Cadence& cadence) {
  return cadence.period == Period::kWeek || cadence.period == Period::kMonth ||
         cadence.period == Period::kYear;
}

absl::Status CheckCadence(const Cadence& cadence, const std::string& field) {
  const auto at = [&](const char* member) { return absl::StrCat(field, ".", member); };
  if (cadence.period < Period::kWeek || cadence.period > Period::kFestival) {
    return refusal::Invalid("CADENCE_OUT_OF_RANGE", at("period"), "period must be given",
                            "请选择周期：周、月、学期、学期初中末、学年或节前");
  }
  absl::Status festivals = CheckFestivals(cadence, field);
  if (!festivals.ok()) return festivals;
  if (cadence.period == Period::kWeek && (cadence.every < 1 || cadence.every > 4)) {
    return refusal::Invalid("CADENCE_OUT_OF_RANGE", at("every"), "every must be 1 to 4 weeks",
                            "按周计时，应为每1至4周");
  }
  // Other numbers do not divide a year, and windows would begin in another month each year.
  const bool divides = cadence.every >= 1 && cadence.every <= 6 && kMonthsOfYear % cadence.every == 0;
  if (cadence.period == Period::kMonth && !divides) {
    return refusal::Invalid("CADENCE_OUT_OF_RANGE", at("every"), "every must be 1, 2, 3, 4 or 6 months",
                            "按月计时，应为每1、2、3、4或6个月");
  }
  if (cadence.period > Period::kMonth && cadence.every != 1) {
    return refusal::Invalid("CADENCE_OUT_OF_RANGE", at("every"),
                            "every must be 1 for terms, years and festivals",
                            "按学期、学年或节日计时，只能为每1个");
  }
  if (cadence.times < 0 || cadence.times > 7) {
    return refusal::Invalid("CADENCE_OUT_OF_RANGE", at("times"), "times must be 0 to 7; 0 means not owed",
                            "次数应为0至7，0表示不要求");
  }
  return absl::OkStatus();
}

absl::CivilMonth SchoolYearOf(absl::CivilDay day) {
  return absl::CivilMonth(YearWindows({.period = Period::kYear, .every = 1}).FirstOf(day));
}

std::string TermOf(absl::CivilDay first_day) {
  // A first day in January counts as the autumn's, which lasts until then.
  const absl::CivilYear year(first_day.month() == 1 ? first_day.year() - 1 : first_day.year());
  return absl::StrCat(year.year(), first_day.month() >= 8 || first_day.month() == 1 ? "-autumn" : "-spring");
}

}  // namespace tonghu::pairing
