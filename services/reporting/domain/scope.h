// The scope of a query: a division and a span of weeks. Pure.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace tonghu::reporting {

// A whole county, or one of its townships or schools.
struct Division {
  std::string county;
  std::string township_code;  // empty: all
  std::string school_id;      // empty: all
};

// Weeks by their Mondays, both included.
struct Weeks {
  absl::CivilDay first;
  absl::CivilDay last;
};

// Which figures a caller asks for.
struct Scope {
  Division division;
  Weeks weeks;
};

// Reads "520521", "520521101" or "counties/520521/schools/{id}". Errors: INVALID_ARGUMENT, reason
// DIVISION_MALFORMED, field `division`.
absl::StatusOr<Division> ParseDivision(std::string_view text);

// The weeks in which the days `from` and `to` (YYYY-MM-DD; empty: no bound) lie. Errors: INVALID_ARGUMENT,
// reasons DATE_MALFORMED and DATES_REVERSED, fields `from_date` and `to_date`.
absl::StatusOr<Weeks> ParseWeeks(std::string_view from, std::string_view to);

}  // namespace tonghu::reporting
