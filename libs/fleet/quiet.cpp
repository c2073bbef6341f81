#include "libs/fleet/quiet.h"

#include <fmt/format.h>

#include <algorithm>

#include "libs/clock/waker.h"
#include "libs/fleet/positions.h"
#include "libs/status/macros.h"

namespace tonghu::fleet {
namespace {

constexpr absl::Duration kPause =
    absl::Milliseconds(3);  // between looks; sweeps look at a virtual clock every 2 ms
constexpr absl::Duration kAskTimeout = absl::Seconds(3);

// Which producer's events the shard has not all applied, as a sentence; empty: all are applied.
std::string WhyLagging(const Positions& positions, const std::string& name, int number,
                       const ShardPosition& shard) {
  for (const std::string& producer : HeardBy(name)) {
    if (!positions.contains(producer)) continue;
    const int64_t head = HeadOf(positions, producer, number);
    const int64_t applied = AppliedOf(shard, producer);
    if (applied != head)
      return fmt::format("{} shard {}: applied {} of {}'s {} events", name, number, applied, producer, head);
  }
  return "";
}

// Why a shard is not quiet, as a sentence; empty when it is.
std::string WhyShard(const Positions& positions, const std::string& name, int number,
                     std::optional<absl::Time> swept_through) {
  const ShardPosition& shard = positions.at(name).shards.at(number);
  // Without a bus nothing is relayed, and the consumers read the journals.
  if (shard.bus_connected && shard.relayed != shard.head) {
    return fmt::format("{} shard {}: {} of its {} events are on the bus", name, number, shard.relayed,
                       shard.head);
  }
  if (std::string lagging = WhyLagging(positions, name, number, shard); !lagging.empty()) return lagging;
  if (!swept_through.has_value()) return "";
  if (!shard.worked) return fmt::format("{} shard {}: no replica works it", name, number);
  if (shard.swept == *swept_through) return "";
  const std::string until = shard.swept == absl::InfinitePast()
                                ? "nothing"
                                : absl::FormatTime("%F %T", shard.swept, clock::China());
  return fmt::format("{} shard {}: deadlines fired through {}, not yet {}", name, number, until,
                     absl::FormatTime("%F %T", *swept_through, clock::China()));
}

bool AllAnswered(const Look& look) {
  return std::all_of(look.begin(), look.end(),
                     [](const ReplicaLook& replica) { return replica.status.ok(); });
}

}  // namespace

// In the order in which an operator would look: does it answer, is it busy, is its clock wrong, what lags.
std::string WhyNotQuiet(const Look& look, std::optional<absl::Time> swept_through) {
  for (const ReplicaLook& replica : look) {
    if (replica.status.ok()) continue;
    return fmt::format("{} at {} does not answer: {}", replica.service, replica.address,
                       std::string(replica.status.status().message()));
  }
  const Positions positions = PositionsOf(look);
  for (const auto& [name, service] : positions) {
    if (service.in_flight != 0) return fmt::format("{}: {} commands in flight", name, service.in_flight);
    if (!service.distrust.empty()) return fmt::format("a clock is distrusted: {}", service.distrust);
    for (const auto& [number, shard] : service.shards) {
      std::string why = WhyShard(positions, name, number, swept_through);
      if (!why.empty()) return why;
    }
  }
  return "";
}

std::string HeadsOf(const Look& look) {
  std::string text;
  for (const auto& [name, service] : PositionsOf(look)) {
    for (const auto& [number, shard] : service.shards)
      text += fmt::format("{}/{}={} ", name, number, shard.head);
  }
  return text;
}

absl::Status Quiet::Wait(std::optional<absl::Time> swept_through, absl::Duration timeout) const {
  const absl::Time until = clock::MonotonicNow() + timeout;
  std::optional<std::string> before;  // the heads of the look before, when that look was quiet
  for (;;) {
    const absl::Duration left = until - clock::MonotonicNow();
    // A look is taken even when no time is left.
    const Look look = replicas_.Ask(std::clamp(left, absl::Milliseconds(100), kAskTimeout));
    std::string why = WhyNotQuiet(look, swept_through);
    if (why.empty()) {
      std::string heads = HeadsOf(look);
      // Replicas answer at different moments: only a second look with the same heads shows that nothing moved
      // between them.
      if (before == heads) return absl::OkStatus();
      why = "events are still being written";
      before = std::move(heads);
    } else {
      before.reset();
    }
    if (clock::MonotonicNow() >= until) {
      const std::string message = fmt::format("not quiet after {}: {}", absl::FormatDuration(timeout), why);
      return AllAnswered(look) ? absl::DeadlineExceededError(message) : absl::UnavailableError(message);
    }
    absl::SleepFor(kPause);
  }
}

absl::Status Quiet::Advance(clock::VirtualClock& clock, absl::Time target, absl::Duration step,
                            absl::Duration timeout) const {
  if (target < clock.Now()) {
    return absl::InvalidArgumentError(fmt::format("the virtual clock stands at {} and never goes back",
                                                  absl::FormatTime("%F %T", clock.Now(), clock::China())));
  }
  // Nothing may be under way at the old instant when the clock moves: it would be decided at the new one.
  RETURN_IF_ERROR(Wait(clock.Now(), timeout));
  while (clock.Now() < target) {
    const absl::Time next = step <= absl::ZeroDuration() ? target : std::min(target, clock.Now() + step);
    RETURN_IF_ERROR(clock.AdvanceTo(next));
    RETURN_IF_ERROR(Wait(next, timeout));
  }
  return absl::OkStatus();
}

}  // namespace tonghu::fleet
