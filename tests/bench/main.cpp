// tonghu-bench: how fast, each figure beside its floor of the same run. README.md says what is measured.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "tests/bench/benchmarks.h"
#include "tests/bench/door.h"
#include "tests/bench/fixed_work.h"

namespace {

namespace bench = tonghu::bench;
using bench::Figures;
using bench::Rig;

const absl::Time kThursday = absl::FromCivil(absl::CivilHour(2026, 9, 10, 10), tonghu::clock::China());

struct Plan {
  int runs = 3;
  int contacts = 120000;  // a load
  int calls = 10000;
  int emergencies = 400;
  int watchers = 5000;
  int trickle = 5000;                        // duties
  int duties = 200000;                       // due at one instant
  int planned = 40000;                       // children of the county that is planned anew
  int jobs = 100000;                         // of the peers
  std::vector<int> among = {10000, 100000};  // children: the cost of a contact
  std::vector<std::string> only = {"contacts", "unary",    "reads", "door",  "handover", "emergency",
                                   "trickle",  "planning", "storm", "peers", "cost"};

  bool Has(const std::string& what) const { return std::find(only.begin(), only.end(), what) != only.end(); }
};

Plan PlanOf(const std::string& size) {
  if (size == "smoke") {
    return {.runs = 1,
            .contacts = 2400,
            .calls = 320,
            .emergencies = 10,
            .watchers = 80,
            .trickle = 400,
            .duties = 4000,
            .planned = 800,
            .jobs = 2000,
            .among = {1200, 2400}};
  }
  if (size == "full") return {.runs = 5, .contacts = 240000, .duties = 1000000, .among = {10000, 1000000}};
  return {};
}

absl::Status FixedWork(Rig& rig, Figures& figures) {
  auto seconds = bench::FixedWork(rig);
  if (!seconds.ok()) return seconds.status();
  figures.SetFixedWork(*seconds);
  figures.Add({"fixed work", *seconds, "s", bench::Better::kLower});
  return absl::OkStatus();
}

absl::Status Contacts(Rig& rig, const Plan& plan, uint32_t run, Figures& figures) {
  bench::LoadOptions load{.contacts = plan.contacts, .seed = run + 1};
  struct Kind {
    bool in_order, ids, mixed;
  };
  for (const Kind& kind : {Kind{true, false, false}, Kind{true, true, false}, Kind{false, false, false},
                           Kind{false, true, false}, Kind{false, true, true}}) {
    load.in_order = kind.in_order;
    load.ids = kind.ids;
    load.mixed = kind.mixed;
    if (absl::Status done = FixedWork(rig, figures); !done.ok()) return done;
    if (absl::Status done = bench::ContactsThrough(rig, load, figures); !done.ok()) return done;
  }
  return bench::HalfLoad(rig, load, figures.MedianOf(bench::ThroughputName(load)) / 2, figures);
}

// Connections, prepared statements and caches, which a service that runs for days has long had.
absl::Status WarmUp(Rig& rig, const Plan& plan) {
  auto load = bench::Load::Make(rig, {.contacts = std::max(240, plan.contacts / 240 * 24), .mixed = true});
  if (!load.ok()) return load.status();
  if (absl::Status logged = load->Log(rig); !logged.ok()) return logged;
  return rig.AwaitQuiet(absl::Minutes(1));
}

// `door` is opened at the first run.
absl::Status ThroughTheDoor(Rig& rig, const Plan& plan, std::unique_ptr<bench::Door>& door,
                            Figures& figures) {
  if (door == nullptr) {
    auto opened = bench::Door::Open(rig);
    if (!opened.ok()) return opened.status();
    door = *std::move(opened);
  }
  if (absl::Status done = door->Calls(plan.calls, figures); !done.ok()) return done;
  return door->Watch(plan.watchers, plan.emergencies, figures);
}

// On the machine's clock, as in production.
absl::Status RunsOnOneStack(const Plan& plan, Figures& figures) {
  const int trickle = plan.trickle / 8;
  auto rig = Rig::Up(plan.contacts / 8 + plan.runs * trickle);
  if (!rig.ok()) return rig.status();
  auto kept = (*rig)->TakeChildrenForGood(plan.runs * trickle);
  if (!kept.ok()) return kept.status();
  if (absl::Status warm = WarmUp(**rig, plan); !warm.ok()) return warm;
  std::unique_ptr<bench::Door> door;
  for (int run = 0; run < plan.runs; ++run) {
    absl::Status done;
    const auto begins = [&](const char* what) {
      if (!done.ok() || !plan.Has(what)) return false;
      fmt::print(stderr, "run {} of {}: {} …\n", run + 1, plan.runs, what);
      done = FixedWork(**rig, figures);
      return done.ok();
    };
    if (begins("contacts")) done = Contacts(**rig, plan, run, figures);
    if (begins("unary")) done = bench::UnaryCalls(**rig, plan.calls, false, figures);
    if (begins("unary")) done = bench::UnaryCalls(**rig, plan.calls, true, figures);
    if (begins("reads")) done = bench::Reads(**rig, plan.calls, figures);
    if (begins("door")) done = ThroughTheDoor(**rig, plan, door, figures);
    if (begins("handover")) done = bench::HandOvers(**rig, figures);
    if (begins("emergency")) done = bench::Emergencies(**rig, plan.emergencies, figures);
    if (begins("trickle")) done = bench::TrickleOfDuties(**rig, *kept + run * trickle, trickle, figures);
    if (!done.ok()) return done;
  }
  figures.Add({"memory of the services", (*rig)->ServicesMemory(), "MiB", bench::Better::kLower});
  return absl::OkStatus();
}

// A stack of its own, whose children have more duties than the others' have.
absl::Status Plannings(const Plan& plan, Figures& figures) {
  auto rig = Rig::Up(plan.planned, kThursday);
  if (!rig.ok()) return rig.status();
  for (int run = 0; run < plan.runs; ++run) {
    fmt::print(stderr, "run {} of {}: planning …\n", run + 1, plan.runs);
    absl::Status done = FixedWork(**rig, figures);
    if (done.ok()) done = bench::PlansOfACounty(**rig, figures);
    if (done.ok()) done = bench::ClosesACounty(**rig, figures);
    if (done.ok()) done = bench::LooksThroughACounty(**rig, figures);
    if (done.ok()) done = bench::LooksForDoubts(**rig, figures);
    if (!done.ok()) return done;
  }
  return absl::OkStatus();
}

// A stack for each run: alerts of one storm would climb in the next.
absl::Status Storms(const Plan& plan, Figures& figures) {
  for (int run = 0; run < plan.runs; ++run) {
    fmt::print(stderr, "run {} of {}: a stack with {} open duties …\n", run + 1, plan.runs, plan.duties);
    auto rig = Rig::Up(plan.duties / 8, kThursday);
    if (!rig.ok()) return rig.status();
    absl::Status done = FixedWork(**rig, figures);
    if (done.ok() && plan.Has("storm")) done = bench::DutiesAtOnce(**rig, figures);
    if (done.ok() && plan.Has("peers") && run + 1 == plan.runs)
      done = bench::Peers(**rig, plan.jobs, figures);
    if (!done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status Costs(const Plan& plan, Figures& figures) {
  std::optional<bench::Sample> fewest;
  for (const int children : plan.among) {
    fmt::print(stderr, "a stack with {} children …\n", children);
    auto rig = Rig::Up(children / 8);
    if (!rig.ok()) return rig.status();
    if (absl::Status done = FixedWork(**rig, figures); !done.ok()) return done;
    auto cost = bench::CostAmong(**rig, plan.contacts, fewest.has_value() ? &*fewest : nullptr);
    if (!cost.ok()) return cost.status();
    figures.Add(*cost);
    if (!fewest.has_value()) fewest = *std::move(cost);
  }
  return absl::OkStatus();
}

absl::Status Run(const Plan& plan, const std::string& out) {
  Figures figures;
  absl::Status done;
  const auto on_one = {"contacts", "unary", "reads", "door", "handover", "emergency", "trickle"};
  if (std::any_of(on_one.begin(), on_one.end(), [&](const char* what) { return plan.Has(what); }))
    done = RunsOnOneStack(plan, figures);
  if (done.ok() && plan.Has("planning")) done = Plannings(plan, figures);
  if (done.ok() && (plan.Has("storm") || plan.Has("peers"))) done = Storms(plan, figures);
  if (done.ok() && plan.Has("cost")) done = Costs(plan, figures);
  bench::Print(figures.all());
  return done.ok() ? bench::Write(figures.all(), out) : done;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Tonghu's benchmarks on private stacks of their own; tests/bench/README.md says what they measure");
  std::string size = "usual", out = "var/bench/results.json";
  std::vector<std::string> only = Plan().only;
  std::vector<std::pair<int Plan::*, int>> given;
  app.add_option("--size", size, "smoke (half a minute), usual, or full (a million children, 5 runs)")
      ->check(CLI::IsMember({"smoke", "usual", "full"}))
      ->capture_default_str();
  const auto count = [&](const char* name, int Plan::*what, int low, int high, const char* help) {
    app.add_option_function<int>(
           name, [&given, what](int value) { given.emplace_back(what, value); }, help)
        ->check(CLI::Range(low, high));
  };
  count("--runs", &Plan::runs, 1, 100, "of everything; a figure is their median");
  count("--contacts", &Plan::contacts, 240, 4000000, "contacts of a load");
  count("--calls", &Plan::calls, 320, 1000000, "single calls");
  count("--duties", &Plan::duties, 800, 4000000, "duties due at one instant");
  count("--jobs", &Plan::jobs, 100, 4000000, "jobs of the peers");
  app.add_option("--only", only,
                 "some of contacts,unary,reads,door,handover,emergency,trickle,planning,storm,peers,cost")
      ->delimiter(',')
      ->check(CLI::IsMember(only));
  app.add_option("--out", out, "where the results go (JSON)")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  Plan plan = PlanOf(size);
  for (const auto& [what, value] : given) plan.*what = value;
  plan.only = only;
  plan.contacts = plan.contacts / 24 * 24;
  plan.duties = plan.duties / 8 * 8;
  const absl::Status status = Run(plan, out);
  if (status.ok()) return 0;
  fmt::print(stderr, "tonghu-bench: {}\n", status.ToString());
  return 1;
}
