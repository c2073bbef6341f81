#include "services/pairing/domain/load_limit.h"

#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"

namespace tonghu::pairing {
namespace {

constexpr PairingRole kTeacher = PairingRole::kHelperTeacher;

TEST(LoadLimitTest, BuiltInForTeachersAndLeadersOnly) {
  EXPECT_EQ(BuiltInLimits().at(PairingRole::kHelperTeacher), 2);
  EXPECT_EQ(BuiltInLimits().at(PairingRole::kSchoolLeader), 7);
  EXPECT_EQ(BuiltInLimits().size(), 2u) << "a class teacher has the whole class";
}

TEST(LoadsTest, TakesUntilTheLimitIsReached) {
  Loads loads;
  loads.Put("520324", "h", kTeacher, {1, 3});
  EXPECT_TRUE(loads.Take("520324", "h", kTeacher, "a").ok());
  EXPECT_TRUE(loads.Take("520324", "h", kTeacher, "b").ok());
  const absl::Status refused = loads.Take("520324", "h", kTeacher, "names[2]");
  EXPECT_EQ(refusal::Of(refused).reason, "LOAD_LIMIT_REACHED");
  EXPECT_EQ(refusal::Of(refused).field, "names[2]");
  EXPECT_NE(refusal::Of(refused).message_zh.find("已结对3名儿童，上限为3名"), std::string::npos);
  EXPECT_FALSE(loads.Take("520324", "h", kTeacher, "d").ok()) << "what was refused was not counted";
}

TEST(LoadsTest, EachHelperRoleAndCountyByItself) {
  Loads loads;
  loads.Put("520324", "h", kTeacher, {2, 2});
  loads.Put("520324", "other", kTeacher, {1, 2});
  loads.Put("520324", "h", PairingRole::kSchoolLeader, {6, 7});
  loads.Put("520203", "h", kTeacher, {0, 2});
  EXPECT_FALSE(loads.Take("520324", "h", kTeacher, "").ok());
  EXPECT_TRUE(loads.Take("520324", "other", kTeacher, "").ok());
  EXPECT_TRUE(loads.Take("520324", "h", PairingRole::kSchoolLeader, "").ok());
  EXPECT_TRUE(loads.Take("520203", "h", kTeacher, "").ok());
}

TEST(LoadsTest, OverTheLimitAlreadyAndWithoutLimit) {
  Loads loads;
  loads.Put("520324", "h", kTeacher, {5, 2});
  EXPECT_FALSE(loads.Take("520324", "h", kTeacher, "").ok());
  loads.Put("520324", "c", PairingRole::kClassTeacher, {500, 0});
  EXPECT_TRUE(loads.Take("520324", "c", PairingRole::kClassTeacher, "").ok());
}

}  // namespace
}  // namespace tonghu::pairing
