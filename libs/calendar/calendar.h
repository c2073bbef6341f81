// School calendars: which days children are at school, and the weeks a weekly duty is owed in. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace tonghu::calendar {

// Days from `first` to `last`, both included.
struct DayRange {
  absl::CivilDay first, last;
  bool Contains(absl::CivilDay day) const { return first <= day && day <= last; }
  friend bool operator==(const DayRange&, const DayRange&) = default;
};

using Term = DayRange;
using Holiday = DayRange;

// A week that has at least one school day.
struct Week {
  absl::CivilDay monday;
  std::vector<absl::CivilDay> school_days;  // in order, never empty; a make-up Sunday comes last
  friend bool operator==(const Week&, const Week&) = default;
};

// School days are Monday to Friday of a term, without holidays, plus make-up days (调休补课). Immutable once
// made.
class SchoolCalendar {
 public:
  // Sorts terms, holidays and make-up days. Errors: INVALID_ARGUMENT for no term, a range that ends before it
  // begins or is longer than 400 days, terms that overlap, a make-up day that is outside every term, on a
  // holiday or a Monday to Friday.
  static absl::StatusOr<SchoolCalendar> Make(std::vector<Term> terms, std::vector<Holiday> holidays,
                                             std::vector<absl::CivilDay> make_up_days);

  // Reads what ToText writes: one entry a line, '#' begins a comment.
  //   term 2026-09-01 2027-01-15
  //   holiday 2026-10-01 2026-10-07
  //   makeup 2026-10-10
  // Errors: INVALID_ARGUMENT naming the line, or as Make.
  static absl::StatusOr<SchoolCalendar> Parse(std::string_view text);
  std::string ToText() const;

  bool IsSchoolDay(absl::CivilDay day) const;
  // Weeks that have school days from `from` to `to`, both included, with only those days; oldest first. Weeks
  // without any are left out. Empty when `to` is before `from`.
  std::vector<Week> SchoolWeeks(absl::CivilDay from, absl::CivilDay to) const;

  const std::vector<Term>& terms() const { return terms_; }
  const std::vector<Holiday>& holidays() const { return holidays_; }
  const std::vector<absl::CivilDay>& make_up_days() const { return make_up_days_; }

 private:
  SchoolCalendar() = default;
  std::vector<Term> terms_;
  std::vector<Holiday> holidays_;
  std::vector<absl::CivilDay> make_up_days_;
};

// The Monday on or before `day`.
absl::CivilDay MondayOf(absl::CivilDay day);

// "2026-09-01", a real day written exactly so. Errors: INVALID_ARGUMENT.
absl::StatusOr<absl::CivilDay> ParseDay(std::string_view text);

// The autumn term of 2026: 1 September 2026 to 15 January 2027, with the holidays and make-up days that the
// State Council announced for 2026 and New Year's Day 2027.
SchoolCalendar AutumnTerm2026();

}  // namespace tonghu::calendar
