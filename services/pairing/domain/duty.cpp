#include "services/pairing/domain/duty.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {

absl::Status CheckPolicy(const TalkPolicy& policy) {
  if (policy.report_grace < absl::ZeroDuration() || policy.report_grace > absl::Hours(24 * 14)) {
    return refusal::Invalid("POLICY_OUT_OF_RANGE", "policy.report_grace",
                            "report_grace must be 0 s to 14 days", "补报宽限期应为0至14天");
  }
  if (policy.late_report_after < absl::Hours(1) || policy.late_report_after > absl::Hours(24 * 14)) {
    return refusal::Invalid("POLICY_OUT_OF_RANGE", "policy.late_report_after",
                            "late_report_after must be 1 hour to 14 days", "迟报时限应为1小时至14天");
  }
  return absl::OkStatus();
}

namespace {

// What a kind is called in its duties' ids; never renamed.
const char* WordFor(DutyKind kind) {
  switch (kind) {
    case DutyKind::kTalk:
      return "talk";
  }
  return "";
}

}  // namespace

Window WindowAt(DutyKind kind, absl::Time time) {
  switch (kind) {
    case DutyKind::kTalk:
      break;
  }
  const absl::CivilDay monday = WeekOf(time);
  return {clock::StartOf(monday), clock::StartOf(monday + 7)};
}

absl::CivilDay WeekOf(absl::Time window_start) { return calendar::MondayOf(clock::DayOf(window_start)); }

Planned PlanDuties(const calendar::SchoolCalendar& calendar, absl::Time owed_from, absl::Time now,
                   const TalkPolicy& policy) {
  const absl::CivilDay start = clock::DayOf(owed_from);
  const absl::CivilDay end = clock::DayOf(now + kHorizon);
  Planned planned;
  // From the Monday on, to see whether school had begun before the line did. Weeks that are over by now are
  // no longer made.
  const absl::CivilDay from = std::max(calendar::MondayOf(start), calendar::MondayOf(clock::DayOf(now)));
  for (const calendar::Week& week : calendar.SchoolWeeks(from, calendar::MondayOf(end) + 6)) {
    if (week.school_days.front() < start) continue;
    const Window window = WindowAt(DutyKind::kTalk, clock::StartOf(week.monday));
    planned.duties.push_back({week.monday, window.start, window.end, window.end + policy.report_grace});
  }
  const bool over = calendar.terms().back().last <= end;
  planned.make_time = over ? absl::InfiniteFuture() : now + kHorizon / 4;
  return planned;
}

std::string DutyId(const std::string& county, const std::string& line_id, absl::CivilDay monday,
                   DutyKind kind) {
  return ids::DerivedBeside(
      line_id, absl::StrCat(WordFor(kind), "/", county, "/", line_id, "/", absl::FormatCivilTime(monday)));
}

std::string TermOf(absl::CivilDay first_day) {
  const absl::CivilYear year(first_day.month() == 1 ? first_day.year() - 1 : first_day.year());
  return absl::StrCat(year.year(), first_day.month() >= 8 || first_day.month() == 1 ? "-autumn" : "-spring");
}

}  // namespace tonghu::pairing
