#include <fmt/core.h>

#include "tests/bench/benchmarks.h"
#include "tests/bench/floor.h"
#include "tests/bench/missed.h"

namespace tonghu::bench {
namespace {

constexpr double kAimJudged = 7, kAimAlerted = 15;  // seconds for a million

// How many there were when, in seconds after the instant.
using Progress = std::vector<std::pair<double, int64_t>>;

double When(const Progress& progress, double share, int64_t all) {
  for (const auto& [seconds, count] : progress) {
    if (static_cast<double>(count) >= share * static_cast<double>(all)) return seconds;
  }
  return progress.back().first;
}

struct Storm {
  Progress judged, alerted;
  Cpu cpu;
};

absl::StatusOr<Storm> Fire(Rig& rig, int64_t duties) {
  auto head = rig.Head("pairing");
  auto applied = rig.Applied("alerts", "pairing");
  if (!head.ok()) return head.status();
  if (!applied.ok()) return applied.status();
  Storm storm;
  const Cpu before = rig.CpuSoFar();
  const absl::Time begin = absl::Now();
  const auto note = [&begin](Progress& progress, int64_t count) {
    progress.emplace_back(absl::ToDoubleSeconds(absl::Now() - begin), count);
    return count;
  };
  if (absl::Status moved = rig.stack().clock().AdvanceTo(rig.DueTime()); !moved.ok()) return moved;
  absl::Status done = Await(absl::Minutes(15), [&]() -> absl::StatusOr<bool> {
    const bool judging = storm.judged.empty() || storm.judged.back().second < duties;
    if (judging) {
      auto now = rig.Head("pairing");
      if (!now.ok()) return now.status();
      note(storm.judged, *now - *head);
    }
    auto heard = rig.Applied("alerts", "pairing");
    if (!heard.ok()) return heard.status();
    return note(storm.alerted, *heard - *applied) >= duties;
  });
  if (!done.ok()) return done;
  storm.cpu = rig.CpuSoFar() - before;
  return storm;
}

}  // namespace

absl::Status DutiesAtOnce(Rig& rig, Figures& figures) {
  const int64_t duties = static_cast<int64_t>(rig.children()) * static_cast<int64_t>(Counties().size());
  auto mark = MarkNow(rig);
  auto pairing = rig.Heads("pairing");
  auto alerts = rig.Heads("alerts");
  if (!mark.ok()) return mark.status();
  if (!pairing.ok()) return pairing.status();
  if (!alerts.ok()) return alerts.status();
  auto storm = Fire(rig, duties);
  if (!storm.ok()) return storm.status();
  if (absl::Status quiet = rig.AwaitQuiet(absl::Minutes(5)); !quiet.ok()) return quiet;
  auto missed = MissedSince(rig, *pairing, *alerts, duties);
  if (!missed.ok()) return missed.status();
  auto work = WorkSince(rig, *mark);
  if (!work.ok()) return work.status();
  auto judged = RunFloor(rig, *work, {.schemas = {"pairing"}, .bus = false, .events = duties});
  if (!judged.ok()) return judged.status();
  auto all = RunFloor(rig, *work, {.events = duties});
  if (!all.ok()) return all.status();
  const double scale = static_cast<double>(duties) / 1e6;
  const std::string of = fmt::format("{} duties due at one instant", duties);
  const auto add = [&figures](const std::string& name, double value, double floor = 0, double aim = 0) {
    figures.Add({name, value, "s", Better::kLower, floor, aim});
  };
  add(of + ": judged", When(storm->judged, 1, duties), judged->seconds, kAimJudged * scale);
  add("  judged: late by p50", When(storm->judged, 0.5, duties));
  add("  judged: late by p99", When(storm->judged, 0.99, duties));
  add(of + ": alerted", When(storm->alerted, 1, duties), all->seconds, kAimAlerted * scale);
  add("  alerted: late by p50", When(storm->alerted, 0.5, duties));
  add("  alerted: late by p99", When(storm->alerted, 0.99, duties));
  const double alerted_in = When(storm->alerted, 1, duties);
  figures.Add({"duties judged and alerted, a second", static_cast<double>(duties) / alerted_in, "duties/s",
               Better::kHigher, static_cast<double>(duties) / all->seconds});
  figures.Add({"  CPU a duty, judged and alerted, every process",
               storm->cpu.All() * 1e6 / static_cast<double>(duties), "us", Better::kLower,
               all->cpu.All() * 1e6 / static_cast<double>(duties)});
  figures.Add({"  memory of the four services after it", rig.ServicesMemory(), "MiB", Better::kLower});
  return absl::OkStatus();
}

}  // namespace tonghu::bench
