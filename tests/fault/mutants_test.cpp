// The tests would notice: the same story in many counties, in each of which something else goes wrong, and in
// some nothing.
#include "tests/fault/mutants.h"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "libs/division/division.h"
#include "tests/fault/judge.h"
#include "tests/fault/story.h"

namespace tonghu::fault {
namespace {

constexpr size_t kSound = 3;  // counties in which nothing goes wrong

// The first so many counties of the province.
std::vector<std::string> Counties(size_t count) {
  std::vector<std::string> counties;
  const auto& guizhou = division::Divisions::Guizhou();
  for (const auto& city : guizhou.ChildrenOf("52")) {
    for (const auto& county : guizhou.ChildrenOf(std::string(city.code))) {
      if (counties.size() < count && guizhou.IsCounty(county.code)) counties.emplace_back(county.code);
    }
  }
  return counties;
}

TEST(MutantsTest, EachIsSeenAndNothingElse) {
  const std::vector<Mutant>& mutants = Mutants();
  const std::vector<std::string> counties = Counties(mutants.size() + kSound);
  ASSERT_EQ(counties.size(), mutants.size() + kSound);
  auto province = Province::Up({.counties = counties,
                                .schools = kStorySchools,
                                .children = kStoryChildren,
                                .before_pairing = [&](Province& imported) {
                                  for (size_t i = 0; i < mutants.size(); ++i) {
                                    absl::Status planted = Plant(imported, mutants[i], counties[i]);
                                    if (!planted.ok()) return planted;
                                  }
                                  return absl::OkStatus();
                                }});
  ASSERT_TRUE(province.ok()) << province.status();
  const absl::Status played = PlayStory(**province);
  ASSERT_TRUE(played.ok()) << played;
  const std::vector<model::Fact> facts = (*province)->log().facts();
  model::Model model;
  for (const model::Fact& fact : facts) model.Apply(fact);
  std::vector<std::string> names;
  for (const std::string& county : counties) names.push_back("counties/" + county);
  std::map<std::string, std::vector<Difference>> found;
  for (Difference& difference : Judge((*province)->clients(), model, names))
    found[difference.county].push_back(std::move(difference));
  // A repeat that is answered otherwise than the first call: where the planted fault has changed the row by
  // which the repeat is known.
  std::set<std::string> repeated;
  for (const std::string& surprise : (*province)->log().surprises()) {
    const auto wrong =
        std::find_if(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(mutants.size()),
                     [&](const std::string& name) { return absl::StrContains(surprise, name + "/"); });
    if (wrong == names.begin() + static_cast<std::ptrdiff_t>(mutants.size())) {
      ADD_FAILURE() << surprise;
    } else {
      repeated.insert(*wrong);
    }
  }
  for (size_t i = 0; i < counties.size(); ++i) {
    const std::vector<Difference>& differences = found[names[i]];
    if (i >= mutants.size()) {
      EXPECT_TRUE(differences.empty()) << "nothing went wrong in " << counties[i] << "\n"
                                       << ToText(differences, facts);
      continue;
    }
    std::set<std::string> by;
    for (const Difference& difference : differences) by.insert(difference.comparison);
    if (repeated.contains(names[i])) by.insert("repeats");
    fmt::print("{:42} {}\n", mutants[i].name,
               by.empty() ? "NOT SEEN" : fmt::format("seen by {}", fmt::join(by, ", ")));
    EXPECT_FALSE(by.empty()) << mutants[i].name;
  }
}

}  // namespace
}  // namespace tonghu::fault
