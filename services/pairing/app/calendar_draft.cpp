#include "services/pairing/app/calendar_draft.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/ids/names.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/domain/cadence.h"

namespace tonghu::pairing {
namespace {

absl::Status Malformed(std::string_view field, const absl::Status& cause) {
  // The library's sentences are Chinese: which day is wrong, and why.
  return refusal::Invalid("CALENDAR_MALFORMED", field,
                          "the calendar contradicts itself, or a day is not written YYYY-MM-DD",
                          absl::StrCat(cause.message(), "。请改正后重新提交，日期格式为 2026-09-01"));
}

// Reads days. The refusal of a malformed one names its place in the list.
absl::StatusOr<std::vector<absl::CivilDay>> Days(const google::protobuf::RepeatedPtrField<std::string>& given,
                                                 const std::string& field) {
  std::vector<absl::CivilDay> days;
  for (int i = 0; i < given.size(); ++i) {
    auto day = calendar::ParseDay(given[i]);
    if (!day.ok()) return Malformed(absl::StrCat(field, "[", i, "]"), day.status());
    days.push_back(*day);
  }
  return days;
}

template <class Message>
absl::StatusOr<TermCalendar> Parse(const Message& given) {
  auto first = calendar::ParseDay(given.first_day());
  if (!first.ok()) return Malformed("calendar.first_day", first.status());
  auto last = calendar::ParseDay(given.last_day());
  if (!last.ok()) return Malformed("calendar.last_day", last.status());
  ASSIGN_OR_RETURN(auto off, Days(given.holidays(), "calendar.holidays"));
  ASSIGN_OR_RETURN(auto makeup, Days(given.makeup_days(), "calendar.makeup_days"));
  // Holidays outside the term are left out: they belong to another term, and a school's terms are read as one
  // calendar.
  std::vector<calendar::Holiday> holidays;
  for (const absl::CivilDay day : off) {
    if (*first <= day && day <= *last) holidays.push_back({day, day});
  }
  auto made = calendar::SchoolCalendar::Make({{*first, *last}}, std::move(holidays), std::move(makeup));
  if (!made.ok()) return Malformed("calendar", made.status());
  if (!given.term().empty() && !ids::IsId(given.term())) {
    return refusal::Invalid("TERM_MALFORMED", "calendar.term",
                            "a term has up to 63 letters, digits, - and _; or leave it out",
                            "学期代号只能用字母、数字、减号和下划线，例如 2026-autumn；也可不填");
  }
  return TermCalendar{given.term().empty() ? TermOf(*first) : given.term(), *std::move(made)};
}

}  // namespace

absl::StatusOr<TermCalendar> ParseCalendar(const v1::SchoolCalendar& given) { return Parse(given); }
absl::StatusOr<TermCalendar> ParseCalendar(const v1::CountyCalendar& given) { return Parse(given); }

}  // namespace tonghu::pairing
