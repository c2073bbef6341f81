// Signal requests about a county as commands. Errors: INVALID_ARGUMENT naming the field.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "libs/ids/references.h"
#include "services/alerts/app/attendance.h"
#include "services/alerts/app/report_emergency.h"
#include "tonghu/alerts/v1/signal_service.pb.h"

namespace tonghu::alerts {

using ids::IdIn;
using ids::OptionalIdIn;

absl::StatusOr<AttendanceReport> CommandOf(const v1::SubmitAttendanceRequest& request,
                                           const std::string& county);
absl::StatusOr<AttendanceReport> CommandOf(const v1::ReportAbsenceRequest& request,
                                           const std::string& county);
absl::StatusOr<EmergencyReport> CommandOf(const v1::ReportEmergencyRequest& request,
                                          const std::string& county);

// "2026-09-01".
absl::StatusOr<absl::CivilDay> DayIn(std::string_view text, std::string_view field);

}  // namespace tonghu::alerts
