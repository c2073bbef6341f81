// The calendar of one term, as a request gives it.
#pragma once

#include "absl/status/statusor.h"
#include "services/pairing/domain/term_calendar.h"
#include "tonghu/pairing/v1/calendar_service.pb.h"

namespace tonghu::pairing {

// Reads a calendar to be put; its origin is left to the caller. Holidays outside the term are left out.
// Refusals: CALENDAR_MALFORMED, TERM_MALFORMED.
absl::StatusOr<TermCalendar> ParseCalendar(const v1::SchoolCalendar& given);
absl::StatusOr<TermCalendar> ParseCalendar(const v1::CountyCalendar& given);

}  // namespace tonghu::pairing
