#include "services/registry/domain/household.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonghu::registry {
namespace {

using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST(HouseholdTest, ChildrenOfOneGuardiansPhoneStandTogether) {
  EXPECT_THAT(HouseholdsOf({{"c", "138"}, {"a", "138"}, {"b", "139"}}),
              UnorderedElementsAre(Pair("a", "a"), Pair("c", "a"), Pair("b", "b")));
}

TEST(HouseholdTest, ChildrenWithoutANumberAreNoHousehold) {
  EXPECT_THAT(HouseholdsOf({{"a", ""}, {"b", ""}, {"c", "138"}}), UnorderedElementsAre(Pair("c", "c")));
  EXPECT_THAT(HouseholdsOf({}), IsEmpty());
}

}  // namespace
}  // namespace tonghu::registry
