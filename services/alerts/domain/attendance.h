// Attendance: which mornings are awaited, and which dates may be reported.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

// 10:00 in China on `day`: a school that has sent nothing by then raises an alert.
absl::Time AttendanceDueTime(absl::CivilDay day);

// Errors: INVALID_ARGUMENT, reasons DATE_IN_FUTURE, DATE_TOO_OLD (more than 30 days), naming `field`.
absl::Status CheckDate(absl::CivilDay day, std::string_view field, absl::Time now);

// A child as the registry last said it.
struct Child {
  std::string county, id;
  Place place;
};

// Errors: INVALID_ARGUMENT, reason CHILD_OF_ANOTHER_SCHOOL.
absl::Status CheckSchool(const Child& child, std::string_view school_id, std::string_view field);

}  // namespace tonghu::alerts
