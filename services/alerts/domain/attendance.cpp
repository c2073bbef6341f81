#include "services/alerts/domain/attendance.h"

#include <fmt/format.h>

#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"

namespace tonghu::alerts {
namespace {

constexpr absl::Duration kDue = absl::Hours(10);  // after the beginning of the day in China

}  // namespace

absl::Time AttendanceDueTime(absl::CivilDay day) { return clock::StartOf(day) + kDue; }

absl::Status CheckDate(absl::CivilDay day, std::string_view field, absl::Time now) {
  const absl::CivilDay today = clock::DayOf(now);
  if (day > today)
    return refusal::Invalid("DATE_IN_FUTURE", field, fmt::format("{} is in the future", field),
                            "日期不能晚于今天");
  if (today - day > kOldestReportDays) {
    return refusal::Invalid("DATE_TOO_OLD", field, fmt::format("{} is more than 30 days ago", field),
                            "只能补报30天以内的日期");
  }
  return absl::OkStatus();
}

absl::Status CheckSchoolDay(DayKind kind, std::string_view field) {
  if (kind != DayKind::kNoSchoolDay) return absl::OkStatus();
  return refusal::Precondition(
      "NOT_A_SCHOOL_DAY", field,
      "the school's calendar has no school on that day; correct the calendar if it had",
      "按校历当天不上课，无需上报考勤；如当天实际上课，请先更正校历再上报");
}

absl::Status CheckSchool(const Place& place, std::string_view school_id, std::string_view field) {
  if (place.school_id == school_id) return absl::OkStatus();
  return refusal::Invalid("CHILD_OF_ANOTHER_SCHOOL", field, "the child is registered at another school",
                          "该儿童不在本校名册内，请核对学校或更新档案");
}

}  // namespace tonghu::alerts
