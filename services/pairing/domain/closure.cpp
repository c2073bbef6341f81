#include "services/pairing/domain/closure.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/refusal/characters.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"

namespace tonghu::pairing {
namespace {

bool IsClosed(absl::Span<const Closure> closures, absl::CivilDay day) {
  return std::any_of(closures.begin(), closures.end(),
                     [day](const Closure& one) { return one.days.Contains(day); });
}

std::vector<absl::CivilDay> SchoolDays(const calendar::SchoolCalendar& calendar, DayRange days) {
  std::vector<absl::CivilDay> school_days;
  for (const calendar::Week& week : calendar.SchoolWeeks(days.first, days.last))
    school_days.insert(school_days.end(), week.school_days.begin(), week.school_days.end());
  return school_days;
}

absl::Status CheckClosureReason(const std::string& reason) {
  if (reason.find_first_not_of(" \t\r\n") == std::string::npos) {
    return refusal::Invalid("REASON_MISSING", "closure.reason", "reason must be given",
                            "请填写停课原因，例如防汛停课");
  }
  if (refusal::CharactersOf(reason) > kLongestClosureReason) {
    return refusal::Invalid("REASON_TOO_LONG", "closure.reason", "reason has at most 100 characters",
                            "停课原因不能超过100字");
  }
  return absl::OkStatus();
}

}  // namespace

bool Closed::Has(const Place& school) const {
  if (!school_id.empty()) return school_id == school.school_id;
  return township_code.empty() || township_code == school.township_code;
}

std::vector<Closure> ClosuresOf(absl::Span<const Closure> closures, const Place& school) {
  std::vector<Closure> of;
  for (const Closure& closure : closures) {
    if (closure.what.Has(school)) of.push_back(closure);
  }
  return of;
}

absl::Status CheckClosure(const Closure& closure, absl::CivilDay today) {
  const DayRange& days = closure.days;
  if (days.first > days.last) {
    return refusal::Invalid("DATES_REVERSED", "closure.last_day", "last_day must not be before first_day",
                            "停课的最后一天不能早于第一天，请调换或修改");
  }
  if (days.last - days.first >= kLongestClosureDays) {
    return refusal::Invalid("TOO_MANY_DAYS", "closure.last_day", "a closure has at most 60 days",
                            "一次停课最多60天；时间更长请修改校历");
  }
  if (days.first < today - kOldestClosureDays || days.last > today + kFarthestClosureDays) {
    return refusal::Invalid("CLOSURE_OUT_OF_RANGE", "closure.first_day",
                            "a closure begins at most 60 days ago and ends at most 400 days ahead",
                            "停课日期最早为60天前，最晚为400天后，请核对年月");
  }
  return CheckClosureReason(closure.reason);
}

std::vector<absl::CivilDay> OpenDays(const calendar::SchoolCalendar& calendar, DayRange days,
                                     absl::Span<const Closure> closures) {
  std::vector<absl::CivilDay> open = SchoolDays(calendar, days);
  std::erase_if(open, [&](absl::CivilDay day) { return IsClosed(closures, day); });
  return open;
}

std::optional<std::string> ExcuseOf(const Window& window, const calendar::SchoolCalendar& calendar,
                                    absl::Span<const Closure> closures) {
  const DayRange days{clock::DayOf(window.start), clock::DayOf(window.end) - 1};
  const std::vector<absl::CivilDay> school_days = SchoolDays(calendar, days);
  const Closure* first = nullptr;
  size_t closed = 0;
  for (const absl::CivilDay day : school_days) {
    bool is_closed = false;
    for (const Closure& one : closures) {
      if (!one.days.Contains(day)) continue;
      is_closed = true;
      if (first == nullptr ||
          std::tie(one.days.first, one.closure_id) < std::tie(first->days.first, first->closure_id))
        first = &one;
    }
    closed += is_closed ? 1 : 0;
  }
  if (first == nullptr || 2 * closed < school_days.size()) return std::nullopt;
  return absl::StrCat("停课：", first->reason);
}

ClosureTurn FollowClosures(ClosureDuty& one, const std::optional<std::string>& excuse, absl::Time now) {
  const bool owed = one.duty.state == DutyState::kOpen || one.duty.state == DutyState::kMissed;
  if (excuse.has_value()) {
    if (!owed && !one.by_closure) return ClosureTurn::kNone;
    one.excuse = *excuse;
    one.by_closure = true;
    one.duty.state = DutyState::kExcused;
    return owed ? ClosureTurn::kExcused : ClosureTurn::kNone;
  }
  if (!one.by_closure) return ClosureTurn::kNone;
  one.by_closure = false;
  if (one.by_end) {
    one.excuse = kExcusedByEnd;
    return ClosureTurn::kNone;
  }
  one.excuse = "";
  one.duty.state = DutyState::kOpen;
  absl::Time& due = one.duty.due_time;
  if (due <= now) due = std::max(now, due + absl::Microseconds(1));
  return ClosureTurn::kOwedAgain;
}

}  // namespace tonghu::pairing
