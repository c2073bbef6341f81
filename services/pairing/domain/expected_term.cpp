#include "services/pairing/domain/expected_term.h"

#include <algorithm>

namespace tonghu::pairing {
namespace {

bool ShouldHaveTerm(absl::CivilDay day) {
  const absl::CivilYear year(day);
  const auto between = [&](int first_month, int first_day, int last_month, int last_day) {
    return absl::CivilDay(year.year(), first_month, first_day) <= day &&
           day <= absl::CivilDay(year.year(), last_month, last_day);
  };
  return between(9, 8, 12, 31) || between(3, 8, 6, 15);
}

}  // namespace

std::optional<absl::CivilDay> FirstDayWithoutTerm(absl::Span<const calendar::Term> terms,
                                                  absl::CivilDay today) {
  for (absl::CivilDay day = today; day <= today + kTermKnownAheadDays; ++day) {
    const bool known =
        std::any_of(terms.begin(), terms.end(), [day](const auto& term) { return term.Contains(day); });
    if (ShouldHaveTerm(day) && !known) return day;
  }
  return std::nullopt;
}

}  // namespace tonghu::pairing
