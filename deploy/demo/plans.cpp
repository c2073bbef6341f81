#include <fmt/format.h>

#include <algorithm>

#include "deploy/demo/roster_generator.h"
#include "libs/division/division.h"

namespace tonghu::demo {
namespace {

constexpr int kMostChildren = 300'000;
constexpr int kChildrenPerSchool = 120;

// The shares that the school of a hill township published; the rest of the children are with grandparents.
GuardianCounts HillTownshipShares(int children) {
  GuardianCounts counts;
  const auto share = [children](int per_mille) { return (children * per_mille + 500) / 1000; };
  counts.one_parent = share(520);
  counts.kin_or_friends = share(63);
  counts.single_or_orphan = share(37);
  counts.grandparents = children - counts.one_parent - counts.kin_or_friends - counts.single_or_orphan;
  return counts;
}

}  // namespace

CountyPlan VillageCounty() {
  SchoolPlan school;
  school.school = {"2152990001", "正安县土坪镇明星村完全小学", "520324104"};
  school.boys = 14;
  school.girls = 13;
  school.guardians = HillTownshipShares(27);
  school.head_vacant = true;
  return {"520324",
          {"520324104", "520324105"},
          {school},
          {{"汉族", 68}, {"仡佬族", 16}, {"苗族", 10}, {"土家族", 6}}};
}

CountyPlan MiningCounty() {
  SchoolPlan school;
  school.school = {"2152990002", "六枝特区大用镇矿区小学", "520203104"};
  school.boys = 8;
  school.girls = 9;
  school.guardians = {10, 5, 2, 0};  // 58 %, 31 %, 11 %
  return {"520203",
          {"520203104"},
          {school},
          {{"汉族", 58}, {"苗族", 15}, {"布依族", 13}, {"彝族", 11}, {"仡佬族", 3}}};
}

absl::StatusOr<CountyPlan> LargeCounty(const std::string& county, int children) {
  const auto& guizhou = division::Divisions::Guizhou();
  if (!guizhou.IsCounty(county))
    return absl::InvalidArgumentError(fmt::format("{} is no county of Guizhou", county));
  if (children < 1 || children > kMostChildren) {
    return absl::InvalidArgumentError(fmt::format("children must be 1 to {}", kMostChildren));
  }
  CountyPlan plan{
      county,
      {},
      {},
      {{"汉族", 60}, {"苗族", 13}, {"布依族", 9}, {"侗族", 6}, {"彝族", 5}, {"水族", 4}, {"土家族", 3}}};
  for (const auto& township : guizhou.ChildrenOf(county)) plan.townships.emplace_back(township.code);
  for (int made = 0; made < children;) {
    const int count = std::min(kChildrenPerSchool, children - made);
    const int number = static_cast<int>(plan.schools.size()) + 1;
    const std::string& township = plan.townships[number % plan.townships.size()];
    SchoolPlan school;
    school.school = {fmt::format("2152{:06}", 900'000 + number),
                     fmt::format("{}第{}小学", guizhou.Find(township)->name, number), township};
    school.boys = count / 2;
    school.girls = count - school.boys;
    school.guardians = HillTownshipShares(count);
    school.classes_per_grade = 2;
    plan.schools.push_back(std::move(school));
    made += count;
  }
  return plan;
}

}  // namespace tonghu::demo
