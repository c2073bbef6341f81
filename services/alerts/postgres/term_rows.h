// The terms of schools, from their calendars. Errors of all functions: the connection's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/postgres/columns.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/attendance.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

struct TermKey {
  std::string county, school_id, term;
  friend auto operator<=>(const TermKey&, const TermKey&) = default;
};

// The three columns of a term's key. `at` are the members that lead to the key from the row that has it.
template <auto... at>
constexpr auto TermColumns() {
  return postgres::Columns{postgres::Field<at..., &TermKey::county>("county"),
                           postgres::Field<at..., &TermKey::school_id>("school_id"),
                           postgres::Field<at..., &TermKey::term>("term")};
}
inline constexpr auto kTerms = TermColumns<>();

// A term's calendar as it was set at `put_time`.
struct TermCalendar {
  TermKey key;
  absl::CivilDay first, last;
  std::vector<absl::CivilDay> school_days;  // in order, each once, from `first` to `last`
  bool withdrawn = false;                   // the term was taken away
  absl::Time put_time;
};

// Replaces what was known of these terms; each term at most once.
absl::Status StoreTerms(postgres::Connection& db, absl::Span<const TermCalendar> calendars);

// Loads what the calendars say of these schools' days; kUnknown is left out.
absl::StatusOr<std::map<DayKey, DayKind>> LoadDayKinds(postgres::Connection& db,
                                                       absl::Span<const DayKey> days);

// The condition that the term `t` has a day, which must lie in the term, as a school day.
#define TONGHU_SCHOOL_DAY(t, day) "(substr(" t ".days, " day " - " t ".first_day + 1, 1) = '1')"

}  // namespace tonghu::alerts
