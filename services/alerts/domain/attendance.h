// Attendance: which mornings are awaited, and which dates may be reported. Pure.
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

// Checks the date of a report. Errors: INVALID_ARGUMENT, reasons DATE_IN_FUTURE, DATE_TOO_OLD (more than
// kOldestReportDays), naming `field`.
absl::Status CheckDate(absl::CivilDay day, std::string_view field, absl::Time now);

// What a school's calendars say of a day. kUnknown: no term of the school has the day.
enum class DayKind { kUnknown, kSchoolDay, kNoSchoolDay };

// Checks that a day is a school day. A day of which no calendar is known passes, so that no school's report
// is thrown away. Errors: FAILED_PRECONDITION, reason NOT_A_SCHOOL_DAY.
absl::Status CheckSchoolDay(DayKind kind, std::string_view field);

// Checks that a child at `place` is of the school. Errors: INVALID_ARGUMENT, reason CHILD_OF_ANOTHER_SCHOOL.
absl::Status CheckSchool(const Place& place, std::string_view school_id, std::string_view field);

}  // namespace tonghu::alerts
