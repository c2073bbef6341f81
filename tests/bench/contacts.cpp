#include <fmt/core.h>

#include "tests/bench/benchmarks.h"
#include "tests/bench/floor.h"

namespace tonghu::bench {
namespace {

constexpr absl::Duration kBound = absl::Minutes(5);
constexpr double kAimThroughput = 60000, kAimMicros = 22, kAimGrowth = 1.2;

std::string NameOf(const LoadOptions& load) {
  return fmt::format("{}{}{}", load.mixed ? "mixed contacts" : "talks",
                     load.in_order ? " in the order of ids" : "", load.ids ? ", with request ids" : "");
}

struct Measured {
  double seconds = 0, log_seconds = 0;
  Cpu cpu;
};

absl::StatusOr<Measured> Measure(Rig& rig, Load& load) {
  auto alerts = rig.Applied("alerts", "pairing");
  auto reporting = rig.Applied("reporting", "pairing");
  if (!alerts.ok()) return alerts.status();
  if (!reporting.ok()) return reporting.status();
  Measured measured;
  const Cpu before = rig.CpuSoFar();
  const absl::Time begin = absl::Now();
  if (absl::Status logged = load.Log(rig); !logged.ok()) return logged;
  measured.log_seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  const std::pair<const char*, int64_t> ends[] = {{"alerts", *alerts + load.contacts()},
                                                  {"reporting", *reporting + load.contacts()}};
  for (const auto& [service, end] : ends) {
    absl::Status applied = Await(kBound, [&rig, service = service, end = end]() -> absl::StatusOr<bool> {
      auto seen = rig.Applied(service, "pairing");
      if (!seen.ok()) return seen.status();
      return *seen >= end;
    });
    if (!applied.ok()) return applied;
  }
  measured.seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  measured.cpu = rig.CpuSoFar() - before;
  return measured;
}

void AddFigures(const LoadOptions& load, int64_t contacts, const Measured& ours, const Floor& all,
                const Floor& logged, Figures& figures) {
  const std::string of = NameOf(load);
  const auto per_second = [contacts](double seconds) { return static_cast<double>(contacts) / seconds; };
  const double micros = 1e6 / static_cast<double>(contacts);
  const auto cpu = [&](const std::string& what, double value, double floor, double aim = 0) {
    figures.Add({fmt::format("  {}: CPU a contact, {}", of, what), value * micros, "us", Better::kLower,
                 floor * micros, aim});
  };
  figures.Add({ThroughputName(load), per_second(ours.seconds), "events/s", Better::kHigher,
               per_second(all.seconds), load.mixed ? 0 : kAimThroughput});
  figures.Add({fmt::format("  {}: until answered", of), per_second(ours.log_seconds), "events/s",
               Better::kHigher, per_second(logged.seconds)});
  cpu("every process, the caller's too", ours.cpu.All(), all.cpu.All());
  cpu("servers and services", ours.cpu.Servers() + ours.cpu.services, all.cpu.All(),
      load.mixed ? 0 : kAimMicros);
  cpu("PostgreSQL", ours.cpu.postgres, all.cpu.postgres);
  cpu("nats-server", ours.cpu.nats, all.cpu.nats);
  cpu("services; floor: its program", ours.cpu.services, all.cpu.program);
  cpu("the caller", ours.cpu.program, 0);
}

}  // namespace

std::string ThroughputName(const LoadOptions& load) {
  return NameOf(load) + ": logged -> applied by alerts and reporting";
}

absl::Status ContactsThrough(Rig& rig, const LoadOptions& options, Figures& figures) {
  auto load = Load::Make(rig, options);
  if (!load.ok()) return load.status();
  auto mark = MarkNow(rig);
  if (!mark.ok()) return mark.status();
  auto ours = Measure(rig, *load);
  if (!ours.ok()) return ours.status();
  if (absl::Status checked = load->Check(rig); !checked.ok()) return checked;
  auto work = WorkSince(rig, *mark);
  if (!work.ok()) return work.status();
  auto all = RunFloor(rig, *work, {.events = load->contacts()});
  if (!all.ok()) return all.status();
  auto logged = RunFloor(rig, *work, {.schemas = {"pairing"}, .bus = false, .events = load->contacts()});
  if (!logged.ok()) return logged.status();
  AddFigures(options, load->contacts(), *ours, *all, *logged, figures);
  return absl::OkStatus();
}

absl::StatusOr<Sample> CostAmong(Rig& rig, int contacts, const Sample* fewest) {
  const int once = std::min(contacts / 24 * 24, rig.children() * 8 / 24 * 24);
  Cpu cpu;
  int64_t done = 0;
  for (int round = 0; done < contacts; ++round) {
    auto load = Load::Make(rig, {.contacts = once, .seed = static_cast<uint32_t>(round + 1)});
    if (!load.ok()) return load.status();
    auto ours = Measure(rig, *load);
    if (!ours.ok()) return ours.status();
    if (absl::Status checked = load->Check(rig); !checked.ok()) return checked;
    cpu = cpu + ours->cpu;
    done += load->contacts();
  }
  Sample sample{fmt::format("CPU a talk among {} children, servers and services", rig.children() * 8),
                (cpu.Servers() + cpu.services) * 1e6 / static_cast<double>(done), "us", Better::kLower};
  if (fewest != nullptr) {
    sample.floor = fewest->value;
    sample.aim = kAimGrowth * fewest->value;
    sample.against = fewest->name;
  }
  return sample;
}

}  // namespace tonghu::bench
