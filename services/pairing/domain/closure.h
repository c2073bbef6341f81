// Closures (停课): days on which schools were to be open by their calendars and were not, and which duties
// that excuses (docs/adr/2026-11-27-a-closure-excuses-whenever-announced.md). Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "libs/calendar/calendar.h"
#include "libs/directory/place.h"
#include "services/pairing/domain/cadence.h"
#include "services/pairing/domain/duty.h"

namespace tonghu::pairing {

using calendar::DayRange;

// What is closed: a school, a township's schools, or, with both empty, all schools of the county.
struct Closed {
  std::string school_id, township_code;
  bool Has(const Place& school) const;
  friend bool operator==(const Closed&, const Closed&) = default;
};

// A closure as it was announced.
struct Closure {
  std::string closure_id;
  Closed what;
  DayRange days;
  std::string reason;
};

// Those of the closures that close the school.
std::vector<Closure> ClosuresOf(absl::Span<const Closure> closures, const Place& school);

inline constexpr int kLongestClosureDays = 60;
inline constexpr int kOldestClosureDays = 60;
inline constexpr int kFarthestClosureDays = 400;
inline constexpr size_t kLongestClosureReason = 100;  // characters
// Checks the days and the reason of a closure that is announced on the day `today`. Errors: INVALID_ARGUMENT,
// reasons DATES_REVERSED, TOO_MANY_DAYS, CLOSURE_OUT_OF_RANGE, REASON_MISSING, REASON_TOO_LONG.
absl::Status CheckClosure(const Closure& closure, absl::CivilDay today);

// Those of the days that are school days by the calendar and that none of the closures closes, in order.
// `closures`: those of the school.
std::vector<absl::CivilDay> OpenDays(const calendar::SchoolCalendar& calendar, DayRange days,
                                     absl::Span<const Closure> closures);

// The rule: closed days excuse a duty when they make up at least half of the school days of its window. A
// day that is closed twice counts once. Gives the excuse, "停课：" with the reason of the closure that began
// first; none when the duty is owed. `closures`: those of the school, in any order.
std::optional<std::string> ExcuseOf(const Window& window, const calendar::SchoolCalendar& calendar,
                                    absl::Span<const Closure> closures);

// A duty that closures may excuse: owed, missed, or excused by closures so far.
struct ClosureDuty {
  Duty duty;
  bool by_closure = false;  // excused by closures
  bool by_end = false;      // excused because the pairing ended, whatever closures say
  std::string excuse;
};
enum class ClosureTurn { kNone, kExcused, kOwedAgain };
// Brings a duty in line with the closures, of which `excuse` is what they say at `now`: an owed or missed one
// is excused, one that closures had excused is owed again. A duty that was due is then due anew, at `now`: so
// it is judged again, and one miss of a duty differs from another by its due time. A duty that is done is
// left alone.
ClosureTurn FollowClosures(ClosureDuty& one, const std::optional<std::string>& excuse, absl::Time now);

}  // namespace tonghu::pairing
