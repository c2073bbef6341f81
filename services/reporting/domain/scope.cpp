#include "services/reporting/domain/scope.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "libs/calendar/calendar.h"
#include "libs/ids/names.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::reporting {
namespace {

constexpr size_t kCountyDigits = 6;
constexpr size_t kTownshipDigits = 9;

// Bounds beyond what Count lets into the figures.
constexpr absl::CivilDay kEarliest(1900, 1, 1);
constexpr absl::CivilDay kLatest(2300, 1, 1);

absl::Status Malformed() {
  return refusal::Invalid(
      "DIVISION_MALFORMED", "division",
      "division must be a county (six digits, such as 520521), a township (nine digits, such as "
      "520521101) or a school (counties/520521/schools/{id})",
      "统计范围应为6位县级代码（如520521）、9位乡镇代码（如520521101）或学校名称"
      "（counties/520521/schools/{id}），请核对后重新查询");
}

// The day in `text`, or `unbounded` when it is empty.
absl::StatusOr<absl::CivilDay> ParseBound(std::string_view text, std::string_view field,
                                          absl::CivilDay unbounded) {
  if (text.empty()) return unbounded;
  const auto day = calendar::ParseDay(text);
  if (day.ok() && *day >= kEarliest && *day <= kLatest) return *day;
  return refusal::Invalid(
      "DATE_MALFORMED", field,
      fmt::format("{} must be a day written YYYY-MM-DD, such as 2026-09-01, or empty", field),
      "日期应写作年-月-日（如2026-09-01），或留空表示不限");
}

}  // namespace

absl::StatusOr<Division> ParseDivision(std::string_view text) {
  const bool digits =
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  if (digits && text.size() == kCountyDigits) return Division{std::string(text), "", ""};
  if (digits && text.size() == kTownshipDigits) {
    return Division{std::string(text.substr(0, kCountyDigits)), std::string(text), ""};
  }
  const auto school = ids::ParseName(text, "schools", "division");
  if (!school.ok()) return Malformed();
  return Division{school->county, "", school->id};
}

absl::StatusOr<Weeks> ParseWeeks(std::string_view from, std::string_view to) {
  ASSIGN_OR_RETURN(const auto first, ParseBound(from, "from_date", kEarliest));
  ASSIGN_OR_RETURN(const auto last, ParseBound(to, "to_date", kLatest));
  if (first > last) {
    return refusal::Invalid("DATES_REVERSED", "to_date", "to_date must not be before from_date",
                            "截止日期不能早于起始日期，请调换或修改");
  }
  // Figures are of whole weeks: those in which the two days lie are both counted.
  return Weeks{calendar::MondayOf(first), calendar::MondayOf(last)};
}

}  // namespace tonghu::reporting
