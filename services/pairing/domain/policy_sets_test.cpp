#include "services/pairing/domain/policy_sets.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>

#include "services/pairing/domain/duty_policies.h"

namespace tonghu::pairing {
namespace {

TEST(PolicySetsTest, EachIsWholeAndFoundByItsIdAndItsName) {
  std::set<std::string> names;
  for (const PolicySet& set : PolicySets()) {
    EXPECT_TRUE(names.insert(set.id).second && names.insert(set.name).second) << set.id;
    EXPECT_EQ(FindPolicySet(set.id), &set);
    EXPECT_EQ(FindPolicySet(set.name), &set);
    EXPECT_NE(std::string(set.description), "");
    std::set<DutyKind> kinds;
    for (const ReadyPolicy& ready : set.policies) {
      EXPECT_TRUE(kinds.insert(ready.kind).second) << set.id << " has a kind twice";
      DutyPolicy policy = RuleOf(ready.kind).built_in;
      policy.cadence = ready.cadence;
      policy.owed_by = ready.owed_by;
      policy.effective_from = absl::CivilDay(2026, 9, 2);
      EXPECT_GT(policy.cadence.times, 0);
      EXPECT_TRUE(CheckPolicy(policy, absl::CivilDay(2026, 9, 1)).ok()) << set.id;
    }
    EXPECT_FALSE(kinds.empty());
  }
  EXPECT_EQ(FindPolicySet("六个一"), nullptr);
}

// 三个二: two contacts with the child a week, two with the parents a month, two home visits every two months.
TEST(PolicySetsTest, ThreeTwos) {
  const PolicySet* set = FindPolicySet("三个二");
  ASSERT_NE(set, nullptr);
  ASSERT_EQ(set->policies.size(), 3);
  EXPECT_EQ(set->policies[0].cadence, (Cadence{Period::kWeek, 1, 2}));
  EXPECT_EQ(set->policies[1].cadence, (Cadence{Period::kMonth, 1, 2}));
  EXPECT_EQ(set->policies[2].cadence, (Cadence{Period::kMonth, 2, 2}));
}

// The table of cadences in use has letters on festivals; a letter takes longer than a call.
TEST(PolicySetsTest, BeforeFestivals) {
  for (const auto& [id, kind, days] : {std::tuple("letter-festivals", DutyKind::kLetter, 14),
                                       std::tuple("family-call-festivals", DutyKind::kFamilyCall, 7)}) {
    const PolicySet* set = FindPolicySet(id);
    ASSERT_NE(set, nullptr);
    ASSERT_EQ(set->policies.size(), 1);
    const auto& [of, cadence, by] = set->policies[0];
    EXPECT_EQ(of, kind);
    EXPECT_EQ(cadence.period, Period::kFestival);
    EXPECT_EQ(cadence.days, days);
    for (const Festival festival : {Festival::kSpring, Festival::kMidAutumn})
      EXPECT_NE(cadence.festivals & FestivalBit(festival), 0);
    EXPECT_EQ(cadence.festivals & FestivalBit(Festival::kTombSweeping), 0) << "nothing to congratulate on";
  }
}

}  // namespace
}  // namespace tonghu::pairing
