// School calendars: on which days children are at school, and in which weeks a weekly duty is owed. Pure.
// Immutable values may be read from any thread.
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

// The school days of one or more terms: Monday to Friday of each term without holidays, plus make-up days
// (调休补课). Immutable once made.
class SchoolCalendar {
 public:
  // Takes the parts in any order and sorts them. Errors: INVALID_ARGUMENT, with a Chinese sentence, for no
  // term, a range that ends before it begins or is longer than 400 days, terms that overlap, and a make-up
  // day that lies outside every term, on a holiday, or on a Monday to Friday.
  static absl::StatusOr<SchoolCalendar> Make(std::vector<Term> terms, std::vector<Holiday> holidays,
                                             std::vector<absl::CivilDay> make_up_days);

  // Reads the text that ToText writes: one entry a line, '#' begins a comment.
  // term 2026-09-01 2027-01-15
  // holiday 2026-10-01 2026-10-07
  // makeup 2026-10-10
  // Errors: INVALID_ARGUMENT naming the line, or as Make.
  static absl::StatusOr<SchoolCalendar> Parse(std::string_view text);
  std::string ToText() const;

  bool IsSchoolDay(absl::CivilDay day) const;
  // The weeks that have school days from `from` to `to`, both included; of each week only those days. Oldest
  // first. Empty when `to` is before `from`.
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

// Reads a day written as "2026-09-01"; any other spelling and days that do not exist are refused. Errors:
// INVALID_ARGUMENT.
absl::StatusOr<absl::CivilDay> ParseDay(std::string_view text);

// The autumn term of 2026: 1 September 2026 to 15 January 2027, with the holidays and make-up days that the
// State Council announced for 2026 and New Year's Day 2027.
SchoolCalendar AutumnTerm2026();

}  // namespace tonghu::calendar
