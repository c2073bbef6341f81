// tonghuctl clock: the virtual clock of a development stack.
#include "libs/clock/clock.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "libs/fleet/quiet.h"
#include "libs/forms/typed.h"
#include "libs/refusal/refusal.h"
#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"

namespace tonghu::tonghuctl {
namespace {

constexpr std::string_view kVirtual = "virtual:";
constexpr absl::Duration kFarthest = absl::Hours(24 * 400);  // at once: there is no way back

struct ShowOptions {};
struct MoveOptions {
  std::string target, step = "1h", wait = "60s";
};

absl::StatusOr<std::unique_ptr<clock::VirtualClock>> Open(Session& session) {
  const auto& endpoints = session.client().endpoints();
  if (!endpoints.ok()) return endpoints.status();
  if (!endpoints->clock.starts_with(kVirtual)) {
    return refusal::Precondition(
        "CLOCK_NOT_VIRTUAL", "", "this stack runs on the system clock, which nobody moves",
        "本系统使用真实时钟，不能拨动。虚拟时钟仅用于开发与演示：deploy/local/stack up --clock virtual。");
  }
  return clock::VirtualClock::Open(endpoints->clock.substr(kVirtual.size()), absl::Now());
}

void Display(const Session& session, const std::string& kind, absl::Time now) {
  const nlohmann::ordered_json document = {
      {"clock", kind}, {"now", absl::FormatTime(absl::RFC3339_full, now, clock::China())}};
  session.output.Show(document, [&] {
    return fmt::format("{}  {}\n", forms::TimeText(now), kind == "virtual" ? "虚拟时钟" : "系统时钟");
  });
}

absl::Status Show(Session& session, const ShowOptions&) {
  const auto& endpoints = session.client().endpoints();
  if (!endpoints.ok()) return endpoints.status();
  if (!endpoints->clock.starts_with(kVirtual)) {
    Display(session, "system", absl::Now());
    return absl::OkStatus();
  }
  auto clock = Open(session);
  if (!clock.ok()) return clock.status();
  Display(session, "virtual", (*clock)->Now());
  return absl::OkStatus();
}

absl::Status MoveTo(Session& session, clock::VirtualClock& clock, absl::Time target,
                    const MoveOptions& options) {
  const auto step = forms::ParseDuration(options.step);
  if (!step.ok()) return UsageError(fmt::format("--step {}", std::string(step.status().message())));
  const auto wait = forms::ParseDuration(options.wait);
  if (!wait.ok()) return UsageError(fmt::format("--wait {}", std::string(wait.status().message())));
  if (target < clock.Now())
    return UsageError(
        fmt::format("the clock stands at {} and never goes back", forms::TimeText(clock.Now())));
  if (target - clock.Now() > kFarthest)
    return UsageError("the clock moves at most 400 days at once, because it never goes back");
  const absl::Status moved = fleet::Quiet(*session.client().endpoints()).Advance(clock, target, *step, *wait);
  if (moved.ok()) Display(session, "virtual", clock.Now());
  return moved;
}

absl::Status Advance(Session& session, const MoveOptions& options) {
  const auto by = forms::ParseDuration(options.target);
  if (!by.ok()) return UsageError(fmt::format("DURATION {}", std::string(by.status().message())));
  auto clock = Open(session);
  if (!clock.ok()) return clock.status();
  return MoveTo(session, **clock, (*clock)->Now() + *by, options);
}

absl::Status AdvanceTo(Session& session, const MoveOptions& options) {
  const auto target = forms::ParseTime(options.target);
  if (!target.ok()) return UsageError(fmt::format("TIME {}", std::string(target.status().message())));
  auto clock = Open(session);
  if (!clock.ok()) return clock.status();
  return MoveTo(session, **clock, *target, options);
}

void AddMove(Command group, Session& session, const Verb& verb,
             absl::Status (*run)(Session&, const MoveOptions&)) {
  auto [command, options] = AddCommand<MoveOptions>(group, session, verb, run);
  const bool to = run == AdvanceTo;
  command.AddOption(to ? "TIME" : "DURATION", options.target, to ? "Where to" : "How far").Required();
  command
      .AddOption("--step", options.step,
                 "Move in such steps, so that deadlines fire near their time; 0s for one leap")
      .ShowDefault();
  command.AddOption("--wait", options.wait, "How long the services may take to become quiet, each time")
      .ShowDefault();
}

}  // namespace

void AddClock(Command app, Session& session) {
  const Command group = AddGroup(app, "clock", "The virtual clock (development and demonstration only)");
  AddCommand<ShowOptions>(group, session, {"show", "Show the time the services go by", "clock show"}, Show);
  AddMove(group, session,
          {"advance", "Move the clock when every service is quiet, and wait until they are again",
           "clock advance 7d"},
          Advance);
  AddMove(group, session, {"advance-to", "The same, to a time", "clock advance-to \"2026-09-07 08:00\""},
          AdvanceTo);
}

}  // namespace tonghu::tonghuctl
