#include <fmt/format.h>

#include <iterator>
#include <sstream>
#include <utility>

#include "libs/calendar/calendar.h"
#include "libs/status/macros.h"

namespace tonghu::calendar {
namespace {

// What the lines of a text have said so far.
struct Entries {
  std::vector<Term> terms;
  std::vector<Holiday> holidays;
  std::vector<absl::CivilDay> make_up_days;
};

std::vector<std::string> Words(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

// Adds one line's entry; `words` is not empty.
absl::Status AddLine(const std::vector<std::string>& words, Entries& entries) {
  const bool is_range = words[0] == "term" || words[0] == "holiday";
  if (!is_range && words[0] != "makeup") return absl::InvalidArgumentError("应以term、holiday或makeup开头");
  if (words.size() != (is_range ? 3u : 2u)) return absl::InvalidArgumentError("日期个数不对");
  ASSIGN_OR_RETURN(const auto first, ParseDay(words[1]));
  if (!is_range) {
    entries.make_up_days.push_back(first);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const auto last, ParseDay(words[2]));
  (words[0] == "term" ? entries.terms : entries.holidays).push_back({first, last});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<absl::CivilDay> ParseDay(std::string_view text) {
  absl::CivilDay day;
  // The parser is lenient ("2026-9-1" passes); writing it back keeps one spelling for one day.
  if (!absl::ParseCivilTime(std::string(text), &day) || absl::FormatCivilTime(day) != text ||
      text.size() != 10) {
    return absl::InvalidArgumentError("日期应为真实的日子，写作2026-09-01的样式");
  }
  return day;
}

absl::StatusOr<SchoolCalendar> SchoolCalendar::Parse(std::string_view text) {
  Entries entries;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    // What follows "#" is a remark.
    const std::vector<std::string> words = Words(line.substr(0, line.find('#')));
    if (words.empty()) continue;
    if (const auto status = AddLine(words, entries); !status.ok()) {
      return absl::InvalidArgumentError(fmt::format("校历第{}行：{}", number, std::string(status.message())));
    }
  }
  return Make(std::move(entries.terms), std::move(entries.holidays), std::move(entries.make_up_days));
}

std::string SchoolCalendar::ToText() const {
  std::string text;
  const auto range = [&text](std::string_view word, const DayRange& days) {
    text +=
        fmt::format("{} {} {}\n", word, absl::FormatCivilTime(days.first), absl::FormatCivilTime(days.last));
  };
  for (const Term& term : terms_) range("term", term);
  for (const Holiday& holiday : holidays_) range("holiday", holiday);
  for (const absl::CivilDay day : make_up_days_)
    text += fmt::format("makeup {}\n", absl::FormatCivilTime(day));
  return text;
}

}  // namespace tonghu::calendar
