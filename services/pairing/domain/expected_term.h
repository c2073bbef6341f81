// Expected terms: on which days every school teaches, so that a school without a term there is found. Pure.
#pragma once

#include <optional>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/calendar/calendar.h"

namespace tonghu::pairing {

// How many days ahead a term must be known: its duties are to stand before they are due.
inline constexpr int kTermKnownAheadDays = 14;

// For how long a term may be missing before that is told: whoever enters a county's schools, or corrects a
// calendar, has a day for it.
inline constexpr absl::Duration kTermMissingFor = absl::Hours(24);

// The first day, from `today` to kTermKnownAheadDays later, that should lie in a term and lies in none of
// `terms`; nothing when there is none. A day should lie in a term from 8 September to 31 December and from 8
// March to 15 June. These bounds are a convention of this system: provinces begin the terms of compulsory
// education around 1 September and from the middle of February to the first days of March, and end them in
// January and from the end of June on.
std::optional<absl::CivilDay> FirstDayWithoutTerm(absl::Span<const calendar::Term> terms,
                                                  absl::CivilDay today);

}  // namespace tonghu::pairing
