// Rosters of generated people from published figures: two demonstration counties, or a county of any size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "deploy/demo/people.h"
#include "deploy/demo/roster.h"

namespace tonghu::demo {

// The left-behind children of a school by guardian.
struct GuardianCounts {
  int grandparents = 0, one_parent = 0, kin_or_friends = 0, single_or_orphan = 0;
};

// What is to be generated for a school.
struct SchoolPlan {
  School school;
  int boys = 0, girls = 0;  // left-behind children; together as many as the guardians
  GuardianCounts guardians;
  int classes_per_grade = 1;
  bool head_vacant = false;
};

// What is to be generated for a county.
struct CountyPlan {
  std::string county;                   // six digits
  std::vector<std::string> townships;   // those that have a supervisor
  std::vector<SchoolPlan> schools;      // primary schools, grades 1 to 6
  std::vector<Weighted> ethnic_groups;  // by share
};

// Zheng'an (520324): the village school of 27 left-behind; its head's post is vacant.
CountyPlan VillageCounty();
// Liuzhi (520203): the mining-district school of 17 left-behind (8 boys, 9 girls).
CountyPlan MiningCounty();
// Schools of up to 120 left-behind children spread over all the townships of a county of Guizhou.
// Errors: INVALID_ARGUMENT for an unknown county or `children` outside 1 to 300,000 (identity numbers run
// short above).
absl::StatusOr<CountyPlan> LargeCounty(const std::string& county, int children);

// Fills plans with people. One generator's rosters share no identity number; the same seed and plans give the
// same rosters. Not thread-safe.
class RosterGenerator {
 public:
  explicit RosterGenerator(uint64_t seed) : people_(seed) {}
  // Makes a county's roster, for the school year that begins in September 2026. Children are listed by
  // school, grade and class.
  Roster Make(const CountyPlan& plan);

 private:
  void AddOffices(const CountyPlan& plan, Roster& roster);
  void AddSchoolPosts(const SchoolPlan& plan, Roster& roster);
  void AddChildren(const CountyPlan& county, const SchoolPlan& plan, Roster& roster);
  Post Holder(std::string number, std::string title);
  std::string NextNumber(const Roster& roster);
  void GiveFamily(std::string_view guardianship, std::string_view surname, Child& child);
  Relative Away(std::string_view surname, identity::Sex sex);

  People people_;
};

// The demonstration's seed; the files in rosters/ come from it.
inline constexpr uint64_t kDemoSeed = 2026;

}  // namespace tonghu::demo
