// tonghu-bench: how fast, as ratios against the floors of docs/ARCHITECTURE.md, measured in the same run.
#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include "tests/bench/contacts.h"

namespace {

using tonghu::bench::Result;
using tonghu::bench::Rig;

constexpr int kEmergencies = 400;
const absl::Time kThursday = absl::FromCivil(absl::CivilHour(2026, 9, 10, 10), tonghu::clock::China());

void Add(std::vector<Result>& all, std::vector<Result> some) {
  all.insert(all.end(), some.begin(), some.end());
}

absl::Status Run(int contacts, int calls, int duties, const std::string& out) {
  std::vector<Result> results;
  {
    fmt::print(stderr, "contacts: a stack with {} paired children …\n", contacts);
    auto rig = Rig::Up(contacts / 8);
    if (!rig.ok()) return rig.status();
    auto through = tonghu::bench::ContactsThrough(**rig, contacts);
    if (!through.ok()) return through.status();
    Add(results, *through);
    fmt::print(stderr, "unary calls …\n");
    auto unary = tonghu::bench::UnaryCalls(**rig, calls);
    if (!unary.ok()) return unary.status();
    Add(results, *unary);
    fmt::print(stderr, "emergencies …\n");
    auto emergencies = tonghu::bench::Emergencies(**rig, kEmergencies);
    if (!emergencies.ok()) return emergencies.status();
    Add(results, *emergencies);
  }
  {
    fmt::print(stderr, "duties: a stack with {} open duties …\n", duties);
    auto rig = Rig::Up(duties / 8, kThursday);
    if (!rig.ok()) return rig.status();
    auto due = tonghu::bench::DutiesAtOnce(**rig, duties);
    if (!due.ok()) return due.status();
    Add(results, *due);
  }
  tonghu::bench::Print(results);
  return tonghu::bench::Write(results, out);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Tonghu's benchmarks on a private stack of their own");
  int contacts = 200000, calls = 20000, duties = 1000000;
  std::string out = "var/bench/results.json";
  app.add_option("--contacts", contacts, "contacts logged in batches (a multiple of 4000)")
      ->check(CLI::Range(4000, 4000000));
  app.add_option("--calls", calls, "unary calls")->check(CLI::Range(800, 1000000));
  app.add_option("--duties", duties, "duties due at one instant (a multiple of 8)")
      ->check(CLI::Range(800, 4000000));
  app.add_option("--out", out, "where the results go (JSON)");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Run(contacts / 4000 * 4000, calls / 8 * 8, duties / 8 * 8, out);
  if (status.ok()) return 0;
  fmt::print(stderr, "tonghu-bench: {}\n", status.ToString());
  return 1;
}
