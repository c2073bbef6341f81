// Attendance: what schools report, what they do not, and which mornings are awaited.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"
#include "services/alerts/postgres/term_rows.h"

namespace tonghu::alerts {

struct Absent {
  std::string child_id;
  absl::CivilDay day;
  bool with_leave = false;
  std::string field;  // where the request has it: "absences[3]"
};

struct AttendanceReport {
  std::string county;
  std::string school_id;  // set: this is the whole school's `day`
  absl::CivilDay day;
  std::vector<Absent> absent;
  // Set by ReportAttendance: alerts raised or added to, or a refusal.
  absl::StatusOr<std::vector<std::string>> alert_ids = absl::UnknownError("undecided");
};

// Decides each report whole or not at all. Without leave a child's open absence alert counts one morning
// more, or a new one is raised; the same morning again changes nothing. Leave stays, in whatever order it is
// reported: a morning counted before counts no more, and the alert is settled when none is left. A whole
// school's report closes its morning, and settles the alert that it was late for. Refusals: DATE_IN_FUTURE,
// DATE_TOO_OLD, NOT_A_SCHOOL_DAY, SCHOOL_NOT_FOUND, CHILD_NOT_FOUND, CHILD_OF_ANOTHER_SCHOOL.
absl::Status ReportAttendance(journal::ShardTransaction& transaction, const Context& context,
                              absl::Span<AttendanceReport> reports);

// Raises an alert for each morning whose time has come, the longest due first, at most `limit`. Gives how
// many mornings there were.
absl::StatusOr<int> MissAttendance(journal::ShardTransaction& transaction, const Context& context, int limit);

// School days that are still to come are awaited. Of days that are no school days now nothing is awaited,
// also not of today or earlier: an unresolved alert that attendance was not sent is settled, and absences do
// not count. A day that comes back within 30 days is awaited again, and its absences count again. What a
// person has settled stays. Other terms are left alone. A term at most once.
absl::Status KeepCalendars(journal::ShardTransaction& transaction, const Context& context,
                           const std::vector<TermCalendar>& calendars);

}  // namespace tonghu::alerts
