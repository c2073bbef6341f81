// Signal requests about a county as commands. Errors: INVALID_ARGUMENT naming the field.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "services/alerts/app/attendance.h"
#include "services/alerts/app/report_emergency.h"
#include "tonghu/alerts/v1/signal_service.pb.h"

namespace tonghu::alerts {

absl::StatusOr<AttendanceReport> CommandOf(const v1::SubmitAttendanceRequest& request,
                                           const std::string& county);
absl::StatusOr<AttendanceReport> CommandOf(const v1::ReportAbsenceRequest& request,
                                           const std::string& county);
absl::StatusOr<EmergencyReport> CommandOf(const v1::ReportEmergencyRequest& request,
                                          const std::string& county);

// "2026-09-01".
absl::StatusOr<absl::CivilDay> DayIn(std::string_view text, std::string_view field);
// The id of a resource that must be of `county`. Errors also: COUNTY_MISMATCH.
absl::StatusOr<std::string> IdIn(const std::string& county, std::string_view name,
                                 std::string_view collection, std::string_view field);
// The same; empty for an empty name.
absl::StatusOr<std::string> OptionalIdIn(const std::string& county, std::string_view name,
                                         std::string_view collection, std::string_view field);

}  // namespace tonghu::alerts
