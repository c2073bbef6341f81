#include "services/tonghuctl/quiet.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace tonghu::tonghuctl {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(3);  // between looks; sweeps look at a virtual clock every 2 ms
constexpr absl::Duration kAskTimeout = absl::Seconds(3);

struct Shard {
  int64_t head = 0;
  int64_t relayed = 0;
  bool relay_works = false;  // whoever works the shard has the bus
  bool worked = false;
  absl::Time swept = absl::InfinitePast();
  std::map<std::string, int64_t> cursors;
};

struct Service {
  int64_t in_flight = 0;
  std::string held;
  std::map<int, Shard> shards;
};

void Merge(const journal::v1::JournalStatus& status, Service& service) {
  service.in_flight += status.commands_in_flight();
  if (service.held.empty()) service.held = status.deadlines_held();
  for (const auto& from : status.shards()) {
    Shard& shard = service.shards[from.shard()];
    shard.head = std::max(shard.head, from.head_seq());
    shard.relayed = std::max(shard.relayed, from.relayed_seq());
    for (const auto& cursor : from.cursors()) {
      int64_t& seq = shard.cursors[cursor.producer()];
      seq = std::max(seq, cursor.seq());
    }
    if (!from.leased()) continue;
    shard.worked = true;
    shard.relay_works = shard.relay_works || status.bus_connected();
    if (from.has_swept_through()) {
      const absl::Time swept = absl::FromUnixSeconds(from.swept_through().seconds()) +
                               absl::Nanoseconds(from.swept_through().nanos());
      shard.swept = std::max(shard.swept, swept);
    }
  }
}

using Services = std::map<std::string, Service>;

std::string WhyLagging(const Services& services, const std::string& name, int number, const Shard& shard) {
  for (const std::string& producer : HeardBy(name)) {
    const auto found = services.find(producer);
    if (found == services.end()) continue;
    const auto theirs = found->second.shards.find(number);
    const int64_t head = theirs == found->second.shards.end() ? 0 : theirs->second.head;
    const auto cursor = shard.cursors.find(producer);
    const int64_t applied = cursor == shard.cursors.end() ? 0 : cursor->second;
    if (applied != head) return fmt::format("{} shard {}: applied {} of {}'s {} events", name, number, applied, producer, head);
  }
  return "";
}

std::string WhyShard(const Services& services, const std::string& name, int number, std::optional<absl::Time> swept_through) {
  const Shard& shard = services.at(name).shards.at(number);
  if (shard.relay_works && shard.relayed != shard.head) {
    return fmt::format("{} shard {}: {} of its {} events are on the bus", name, number, shard.relayed, shard.head);
  }
  if (std::string lagging = WhyLagging(services, name, number, shard); !lagging.empty()) return lagging;
  if (!swept_through.has_value()) return "";
  if (!shard.worked) return fmt::format("{} shard {}: no replica works it", name, number);
  if (shard.swept == *swept_through) return "";
  const std::string until =
      shard.swept == absl::InfinitePast() ? "nothing" : absl::FormatTime("%F %T", shard.swept, clock::China());
  return fmt::format("{} shard {}: deadlines fired through {}, not yet {}", name, number, until,
                     absl::FormatTime("%F %T", *swept_through, clock::China()));
}

// Bounds of waiting go by the machine's monotonic clock.
absl::Duration Monotonic() { return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch()); }

bool AllAnswered(const Look& look) {
  return std::all_of(look.begin(), look.end(), [](const ReplicaLook& replica) { return replica.status.ok(); });
}

}  // namespace

std::string WhyNotQuiet(const Look& look, std::optional<absl::Time> swept_through) {
  Services services;
  for (const ReplicaLook& replica : look) {
    if (!replica.status.ok()) {
      return fmt::format("{} at {} does not answer: {}", replica.service, replica.address, std::string(replica.status.status().message()));
    }
    Merge(*replica.status, services[replica.service]);
  }
  for (const auto& [name, service] : services) {
    if (service.in_flight != 0) return fmt::format("{}: {} commands in flight", name, service.in_flight);
    if (!service.held.empty()) return fmt::format("{}: deadlines are held: {}", name, service.held);
    for (const auto& [number, shard] : service.shards) {
      if (std::string why = WhyShard(services, name, number, swept_through); !why.empty()) return why;
    }
  }
  return "";
}

std::string HeadsOf(const Look& look) {
  std::map<std::pair<std::string, int>, int64_t> heads;
  for (const ReplicaLook& replica : look) {
    if (!replica.status.ok()) continue;
    for (const auto& shard : replica.status->shards()) {
      int64_t& head = heads[{replica.service, shard.shard()}];
      head = std::max(head, shard.head_seq());
    }
  }
  std::string text;
  for (const auto& [shard, head] : heads) text += fmt::format("{}/{}={} ", shard.first, shard.second, head);
  return text;
}

absl::Status Quiet::Wait(std::optional<absl::Time> swept_through, absl::Duration timeout) const {
  const absl::Duration until = Monotonic() + timeout;
  std::optional<std::string> before;  // heads of the look before, when that was quiet
  for (;;) {
    const absl::Duration left = until - Monotonic();
    const Look look = replicas_.Ask(std::clamp(left, absl::Milliseconds(100), kAskTimeout));
    std::string why = WhyNotQuiet(look, swept_through);
    if (why.empty()) {
      std::string heads = HeadsOf(look);
      if (before == heads) return absl::OkStatus();
      why = "events are still being written";
      before = std::move(heads);
    } else {
      before.reset();
    }
    if (Monotonic() >= until) {
      const std::string message = fmt::format("not quiet after {}: {}", absl::FormatDuration(timeout), why);
      return AllAnswered(look) ? absl::DeadlineExceededError(message) : absl::UnavailableError(message);
    }
    absl::SleepFor(kPause);
  }
}

absl::Status Quiet::Advance(clock::VirtualClock& clock, absl::Time target, absl::Duration step, absl::Duration timeout) const {
  if (target < clock.Now()) {
    return absl::InvalidArgumentError(fmt::format("the virtual clock stands at {} and never goes back",
                                                  absl::FormatTime("%F %T", clock.Now(), clock::China())));
  }
  if (absl::Status quiet = Wait(clock.Now(), timeout); !quiet.ok()) return quiet;
  while (clock.Now() < target) {
    const absl::Time next = step <= absl::ZeroDuration() ? target : std::min(target, clock.Now() + step);
    if (absl::Status moved = clock.AdvanceTo(next); !moved.ok()) return moved;
    if (absl::Status quiet = Wait(next, timeout); !quiet.ok()) return quiet;
  }
  return absl::OkStatus();
}

}  // namespace tonghu::tonghuctl
