// Attendance: which mornings are awaited, and which dates may be reported.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/alerts/domain/alert.h"

namespace tonghu::alerts {

// 10:00 in China on `day`: a school that has sent nothing by then raises an alert.
absl::Time AttendanceDueTime(absl::CivilDay day);

// How long after a morning its attendance may be reported.
inline constexpr int kOldestReportDays = 30;

// Errors: INVALID_ARGUMENT, reasons DATE_IN_FUTURE, DATE_TOO_OLD (more than kOldestReportDays), naming
// `field`.
absl::Status CheckDate(absl::CivilDay day, std::string_view field, absl::Time now);

// What a school's calendar says of a day. kUnknown: no term of the school has it.
enum class DayKind { kUnknown, kSchoolDay, kNoSchoolDay };

// A day of which no calendar is known passes: what a school reports is not thrown away. Errors:
// FAILED_PRECONDITION, reason NOT_A_SCHOOL_DAY.
absl::Status CheckSchoolDay(DayKind kind, std::string_view field);

// Whether a child at `place` is of that school. Errors: INVALID_ARGUMENT, reason CHILD_OF_ANOTHER_SCHOOL.
absl::Status CheckSchool(const Place& place, std::string_view school_id, std::string_view field);

}  // namespace tonghu::alerts
