#include "libs/ids/references.h"

#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"

namespace tonghu::ids {
namespace {

TEST(ReferenceTest, AnIdBecomesANameAndAnIdAgain) {
  const std::string name = NameOf("520521", "children", "c1");
  EXPECT_EQ(name, "counties/520521/children/c1");
  const auto id = IdIn("520521", name, "children", "child");
  ASSERT_TRUE(id.ok()) << id.status();
  EXPECT_EQ(*id, "c1");
  EXPECT_EQ(NameOf("520521", "children", ""), "");
}

TEST(ReferenceTest, OnlyAnOptionalOneMayBeEmpty) {
  EXPECT_EQ(refusal::Of(IdIn("520521", "", "children", "child").status()).reason, "NAME_MALFORMED");
  const auto none = OptionalIdIn("520521", "", "children", "child");
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(*none, "");
}

TEST(ReferenceTest, AnotherCountysIsRefusedByItsField) {
  for (auto* read : {&IdIn, &OptionalIdIn}) {
    const auto refused =
        refusal::Of(read("520521", "counties/520522/children/c1", "children", "child").status());
    EXPECT_EQ(refused.reason, "COUNTY_MISMATCH");
    EXPECT_EQ(refused.field, "child");
  }
}

}  // namespace
}  // namespace tonghu::ids
