// Which mornings a school's attendance is awaited, and what happens when it does not come.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/office.h"
#include "services/alerts/postgres/attendance_rows.h"

namespace tonghu::alerts {

// A term's calendar was set: its days that are still to come are awaited, others of the term no more.
absl::Status AwaitAttendance(journal::ShardTransaction& transaction, const std::vector<AwaitedDays>& schools);

// Raises an alert for each school that sent nothing in time. Gives how many mornings it looked at.
absl::StatusOr<int> MissAttendance(journal::ShardTransaction& transaction, const Office& office, int limit);

// The alert about a school's morning.
std::string AttendanceAlertId(const std::string& county, const std::string& school_id, absl::CivilDay day);

}  // namespace tonghu::alerts
