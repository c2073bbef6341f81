#include "services/alerts/rpc/signal_requests.h"

#include <fmt/format.h>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/timestamp.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::alerts {
namespace {

constexpr int kMostAbsences = 1000;

}  // namespace

absl::StatusOr<absl::CivilDay> DayIn(std::string_view text, std::string_view field) {
  auto day = calendar::ParseDay(text);
  if (day.ok()) return *day;
  return refusal::Invalid("DATE_MALFORMED", field, fmt::format("{} must be a date as YYYY-MM-DD", field),
                          "日期格式应为 YYYY-MM-DD，例如 2026-09-01");
}

absl::StatusOr<AttendanceReport> CommandOf(const v1::SubmitAttendanceRequest& request,
                                           const std::string& county) {
  ASSIGN_OR_RETURN(auto school, IdIn(county, request.school(), "schools", "school"));
  ASSIGN_OR_RETURN(auto day, DayIn(request.date(), "date"));
  if (request.absences_size() > kMostAbsences) {
    return refusal::Invalid("TOO_MANY_ABSENCES", "absences",
                            "a school reports at most 1000 absences a morning", "一次最多上报1000名缺勤儿童");
  }
  AttendanceReport report{.county = county, .school_id = std::move(school), .day = day};
  absl::flat_hash_set<std::string> told;
  for (int i = 0; i < request.absences_size(); ++i) {
    const std::string field = absl::StrCat("absences[", i, "]");
    auto child = IdIn(report.county, request.absences(i).child(), "children", absl::StrCat(field, ".child"));
    if (!child.ok()) return child.status();
    // A child twice in one report may contradict itself about leave.
    if (!told.insert(*child).second) {
      return refusal::Invalid("CHILD_TWICE", absl::StrCat(field, ".child"),
                              "a child is absent or on leave once a morning",
                              "同一名儿童在一次考勤中只能填写一次（缺勤或请假）");
    }
    report.absent.push_back({*std::move(child), day, request.absences(i).with_leave(), field});
  }
  return report;
}

absl::StatusOr<AttendanceReport> CommandOf(const v1::ReportAbsenceRequest& request,
                                           const std::string& county) {
  ASSIGN_OR_RETURN(auto child, IdIn(county, request.absence().child(), "children", "absence.child"));
  ASSIGN_OR_RETURN(auto day, DayIn(request.absence().date(), "absence.date"));
  // Without a school: a report of one child says nothing of the school's morning.
  AttendanceReport report{.county = county};
  report.absent.push_back({std::move(child), day, request.absence().with_leave(), "absence"});
  return report;
}

absl::StatusOr<EmergencyReport> CommandOf(const v1::ReportEmergencyRequest& request,
                                          const std::string& county) {
  ASSIGN_OR_RETURN(auto child, IdIn(county, request.child(), "children", "child"));
  if (request.kind() == v1::EMERGENCY_KIND_UNSPECIFIED || !v1::EmergencyKind_IsValid(request.kind())) {
    return refusal::Invalid("EMERGENCY_KIND_MISSING", "kind", "kind must be one of the emergency kinds",
                            "请选择突发事件的类型");
  }
  ASSIGN_OR_RETURN(auto reporter, OptionalIdIn(county, request.reporter(), "staffMembers", "reporter"));
  EmergencyReport report{.county = county,
                         .child_id = std::move(child),
                         .kind = request.kind(),
                         .description = request.description(),
                         .reporter_id = std::move(reporter)};
  if (request.has_happen_time()) report.happen_time = clock::ToTime(request.happen_time());
  return report;
}

}  // namespace tonghu::alerts
