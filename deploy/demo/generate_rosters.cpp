// tonghu-generate-rosters: writes roster files of generated people. Without --county, the demonstration's two
// counties.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "deploy/demo/roster_generator.h"

namespace tonghu::demo {
namespace {

bool Write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) fmt::print(stderr, "can't write {}\n", path.string());
  return static_cast<bool>(file);
}

bool WriteRoster(const std::filesystem::path& folder, const Roster& roster) {
  const auto path = [&](const char* kind) { return folder / fmt::format("{}-{}.csv", kind, roster.county); };
  const bool written = Write(path("schools"), SchoolsCsv(roster)) && Write(path("staff"), StaffCsv(roster)) &&
                       Write(path("children"), ChildrenCsv(roster));
  if (written) {
    fmt::print("{}: {} schools, {} posts, {} children\n", roster.county, roster.schools.size(),
               roster.posts.size(), roster.children.size());
  }
  return written;
}

int Run(const std::filesystem::path& folder, uint64_t seed, const std::string& county, int children) {
  std::vector<CountyPlan> plans = {VillageCounty(), MiningCounty()};
  if (!county.empty()) {
    auto plan = LargeCounty(county, children);
    if (!plan.ok()) {
      fmt::print(stderr, "{}\n", std::string(plan.status().message()));
      return 2;
    }
    plans = {*std::move(plan)};
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  RosterGenerator generator(seed);
  for (const CountyPlan& plan : plans) {
    if (!WriteRoster(folder, generator.Make(plan))) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace tonghu::demo

int main(int argc, char** argv) {
  CLI::App app("Writes schools-, staff- and children-<county>.csv with generated people.");
  std::string folder;
  uint64_t seed = tonghu::demo::kDemoSeed;
  std::string county;
  int children = 1000;
  app.add_option("--out", folder, "Folder to write into; made when missing")->required();
  app.add_option("--seed", seed, "The same seed gives the same people")->capture_default_str();
  auto* of_county = app.add_option("--county", county, "One large county instead, by its six digits");
  app.add_option("--children", children, "Left-behind children of that county")
      ->needs(of_county)
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return tonghu::demo::Run(folder, seed, county, children);
}
