// tonghuctl clock: the virtual clock of a development stack.
#include "libs/clock/clock.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "libs/fleet/quiet.h"
#include "libs/forms/typed.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {
namespace {

constexpr std::string_view kVirtual = "virtual:";
constexpr absl::Duration kFarthest = absl::Hours(24 * 400);  // moved at once at most: there is no way back

void Display(const Session& session, bool is_virtual, absl::Time now) {
  const nlohmann::ordered_json document = {
      {"clock", is_virtual ? "virtual" : "system"},
      {"now", absl::FormatTime(absl::RFC3339_full, now, clock::China())}};
  session.output.Show(document, [&] {
    return fmt::format("{}  {}\n", forms::TimeText(now), is_virtual ? "虚拟时钟" : "系统时钟");
  });
}

// Moves the clock to the time that `target` gives for what the clock shows.
absl::Status Move(Session& session, const Arguments& typed,
                  const std::function<absl::StatusOr<absl::Time>(absl::Time now)>& target) {
  ASSIGN_OR_RETURN(const auto endpoints, session.client().endpoints());
  if (!endpoints.clock.starts_with(kVirtual)) {
    return refusal::Precondition(
        "CLOCK_NOT_VIRTUAL", "", "this stack runs on the system clock, which nobody moves",
        "本系统使用真实时钟，不能拨动。虚拟时钟仅用于开发与演示：deploy/local/stack up --clock virtual。");
  }
  ASSIGN_OR_RETURN(const auto opened,
                   clock::VirtualClock::Open(endpoints.clock.substr(kVirtual.size()), absl::Now()));
  clock::VirtualClock& clock = *opened;
  const auto to = target(clock.Now());
  const auto step = typed.Duration("--step"), wait = typed.Duration("--wait");
  for (const absl::Status& read : {to.status(), step.status(), wait.status()}) {
    if (!read.ok()) return read;
  }
  // Deadlines that have fired can't be taken back.
  if (*to < clock.Now())
    return UsageError(
        fmt::format("the clock stands at {} and never goes back", forms::TimeText(clock.Now())));
  if (*to - clock.Now() > kFarthest)
    return UsageError("the clock moves at most 400 days at once, because it never goes back");
  // Moves step by step, and waits after each until the system is quiet.
  const absl::Status moved = fleet::Quiet(endpoints).Advance(clock, *to, *step, *wait);
  if (moved.ok()) Display(session, true, clock.Now());
  return moved;
}

}  // namespace

absl::Status ShowClock(Session& session, const Arguments&) {
  ASSIGN_OR_RETURN(const auto endpoints, session.client().endpoints());
  ASSIGN_OR_RETURN(const auto clock, clock::Make(endpoints.clock));
  Display(session, endpoints.clock.starts_with(kVirtual), clock->Now());
  return absl::OkStatus();
}

absl::Status AdvanceClock(Session& session, const Arguments& typed) {
  return Move(session, typed, [&](absl::Time now) -> absl::StatusOr<absl::Time> {
    ASSIGN_OR_RETURN(const auto by, typed.Duration("DURATION"));
    return now + by;
  });
}

absl::Status AdvanceClockTo(Session& session, const Arguments& typed) {
  return Move(session, typed, [&](absl::Time) -> absl::StatusOr<absl::Time> {
    const auto to = forms::ParseTime(typed.Text("TIME"));
    if (to.ok()) return to;
    return UsageError(fmt::format("TIME {}", std::string(to.status().message())));
  });
}

}  // namespace tonghu::tonghuctl
