#include "libs/forms/typed.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/clock/duration.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/names.h"

namespace tonghu::forms {
namespace {

constexpr char kUsagePayload[] = "tonghu/usage";
constexpr std::string_view kParent = "counties/";
constexpr std::string_view kDigits = "0123456789";
constexpr int kMaxHolidayDays = 400;

struct Unit {
  std::string_view name;
  absl::Duration length;
};

// Largest first.
const std::array<Unit, 6>& Units() {
  static const auto& units = *new std::array<Unit, 6>{{{"w", absl::Hours(24 * 7)},
                                                       {"d", absl::Hours(24)},
                                                       {"h", absl::Hours(1)},
                                                       {"m", absl::Minutes(1)},
                                                       {"s", absl::Seconds(1)},
                                                       {"ms", absl::Milliseconds(1)}}};
  return units;
}

// Takes one part such as "36h" off the front of `text`; gives a negative duration when there is none.
absl::Duration TakePart(std::string_view& text) {
  // The number, then the unit, which ends where the next number begins.
  const size_t digits = std::min(text.find_first_not_of(kDigits), text.size());
  const size_t end = std::min(text.find_first_of(kDigits, digits), text.size());
  const std::string number(text.substr(0, digits));
  const std::string_view name = text.substr(digits, end - digits);
  text.remove_prefix(end);
  int32_t count = 0;
  for (const Unit& unit : Units()) {
    if (unit.name == name && absl::SimpleAtoi(number, &count)) return count * unit.length;
  }
  return -absl::InfiniteDuration();
}

}  // namespace

absl::Status UsageError(const std::string& what) {
  absl::Status status = absl::InvalidArgumentError(what);
  status.SetPayload(kUsagePayload, absl::Cord(""));
  return status;
}

bool IsUsageError(const absl::Status& status) { return status.GetPayload(kUsagePayload).has_value(); }

absl::StatusOr<absl::Time> ParseTime(std::string_view typed) {
  const std::string text(typed);
  absl::Time time;
  std::string error;
  const bool starts_with_year =
      !text.empty() && absl::ascii_isdigit(text[0]);  // absl also reads "infinite-future"
  // Times that say their zone are tried first; those below are China's.
  for (const char* form : {"%Y-%m-%d%ET%H:%M:%E*S%Ez", "%Y-%m-%d %H:%M:%E*S%Ez"}) {
    if (starts_with_year && absl::ParseTime(form, text, &time, &error)) return time;
  }
  for (const char* form : {"%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d%ET%H:%M",
                           "%Y-%m-%d%ET%H:%M:%E*S", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%E*S"}) {
    if (starts_with_year && absl::ParseTime(form, text, clock::China(), &time, &error)) return time;
  }
  return UsageError(
      "should be a time such as \"2026-09-04 15:30\" (China's time) or 2026-09-04T15:30:00+08:00");
}

absl::StatusOr<absl::Duration> ParseDuration(std::string_view text) {
  absl::Duration total = absl::ZeroDuration();
  bool good = !text.empty();
  while (good && !text.empty()) {
    const absl::Duration part = TakePart(text);
    good = part >= absl::ZeroDuration();
    total += part;
  }
  if (good) return total;
  return UsageError("should be a duration such as 90s, 30m, 36h, 7d or 1d12h");
}

absl::StatusOr<std::vector<std::string>> ParseHolidays(std::string_view text) {
  const size_t dots = text.find("..");
  const auto first = calendar::ParseDay(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : calendar::ParseDay(text.substr(dots + 2));
  if (!first.ok() || !last.ok() || *last < *first || *last - *first > kMaxHolidayDays) {
    return UsageError("should be a day, 2026-10-01, or a range, 2026-10-01..2026-10-07");
  }
  std::vector<std::string> days;
  for (absl::CivilDay day = *first; day <= *last; ++day) {
    const absl::Weekday weekday = absl::GetWeekday(day);
    // A range means school days, so weekends in it are left out; a single day is taken as typed, and the
    // service judges it.
    const bool weekend = weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
    if (!weekend || dots == std::string_view::npos) days.push_back(absl::FormatCivilTime(day));
  }
  return days;
}

std::string TimeText(absl::Time time) {
  const bool whole_minutes = clock::ToMicros(time) % 60'000'000 == 0;
  return absl::FormatTime(whole_minutes ? "%Y-%m-%d %H:%M" : "%Y-%m-%d %H:%M:%S", time, clock::China());
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  return time.seconds() == 0 && time.nanos() == 0 ? "" : TimeText(clock::ToTime(time));
}

std::string DurationText(const google::protobuf::Duration& duration) {
  absl::Duration left = clock::ToDuration(duration);
  std::string text;
  for (const Unit& unit : Units()) {
    if (unit.name == "w") continue;  // people read 14d more easily
    if (const int64_t count = absl::IDivDuration(left, unit.length, &left); count > 0)
      text += fmt::format("{}{}", count, unit.name);
  }
  return text.empty() ? "0s" : text;
}

std::string ShortName(std::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(slash == std::string_view::npos ? name : name.substr(slash + 1));
}

Typed::Typed(std::string_view county) {
  if (county.empty()) return;
  const std::string_view bare = county.starts_with(kParent) ? county.substr(kParent.size()) : county;
  if (ids::IsCounty(bare)) {
    county_ = bare;
  } else {
    Fail("--county", "should be a county's six digits, such as 520521");
  }
}

// The first error counts: later ones often follow from it.
void Typed::Fail(std::string_view option, std::string_view what) {
  if (status_.ok()) status_ = UsageError(fmt::format("{} {}", option, what));
}

void Typed::MeetCounty(std::string_view option, std::string_view county) {
  // The first full name says the county for the short ones.
  if (county_.empty()) county_ = county;
  // Two counties in one command are a slip, such as a name copied from another list.
  if (county_ != county)
    Fail(option,
         fmt::format("names something in county {}, but --county, TONGHU_COUNTY or an earlier name says {}",
                     county, county_));
}

std::string Typed::Name(std::string_view option, std::string_view collection, std::string_view text) {
  if (text.empty() || !ok()) return "";
  const std::string form =
      fmt::format("should be an id or a full name, counties/{{county}}/{}/{{id}}", collection);
  if (text.find('/') != std::string_view::npos) {
    const auto name = ids::ParseName(text, collection, option);
    if (!name.ok()) {
      Fail(option, form);
    } else {
      MeetCounty(option, name->county);
    }
    return ok() ? std::string(text) : "";
  }
  if (!ids::IsId(text)) {
    Fail(option, form);
  } else if (county_.empty()) {
    Fail(option, "is a short name: say --county too, or give the full name");
  }
  return ok() ? fmt::format("{}{}/{}/{}", kParent, county_, collection, text) : "";
}

std::string Typed::County() {
  if (ok() && county_.empty()) Fail("--county", "is needed (or set TONGHU_COUNTY)");
  return ok() ? county_ : "";
}

std::string Typed::Parent() {
  const std::string county = County();
  return county.empty() ? "" : fmt::format("{}{}", kParent, county);
}

}  // namespace tonghu::forms
