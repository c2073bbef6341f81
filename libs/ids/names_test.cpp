#include "libs/ids/names.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/refusal/refusal.h"

namespace tonghu::ids {
namespace {

TEST(NameTest, ReadsAndWrites) {
  const std::string text = "counties/520521/children/017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  const auto name = ParseName(text, "children", "name");
  ASSERT_TRUE(name.ok()) << name.status();
  EXPECT_EQ(*name, (Name{"520521", "children", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"}));
  EXPECT_EQ(name->ToString(), text);
}

TEST(NameTest, RefusesWhateverElse) {
  const std::string long_id(63, 'a');
  EXPECT_TRUE(ParseName("counties/520521/children/" + long_id, "children", "name").ok());
  const std::string bad[] = {"",
                             "counties/",
                             "counties/520521",
                             "counties/520521/",
                             "counties/520521/children",
                             "counties/520521/children/",
                             "counties/52052/children/a",
                             "counties/5205211/children/a",
                             "counties/52052x/children/a",
                             "counties/-/children/a",
                             "counties/520521/schools/a",
                             "counties/520521/childrens/a",
                             "counties/520521/children/a/b",
                             "counties/520521/children/a.b",
                             "counties/520521/children/*",
                             "counties/520521/children/>",
                             "counties/520521/children/a b",
                             "counties/520521/children/-a",
                             "counties/520521/children/_a",
                             "/counties/520521/children/a",
                             "counties/520521/children/a/",
                             "counties/520521/children/a\n",
                             "counties/520521/children/小明",
                             "counties/５２０５２１/children/a",
                             std::string("counties/520521/children/a\0", 27),
                             "counties/520521/children/" + long_id + "a"};
  for (const std::string& text : bad) {
    const auto name = ParseName(text, "children", "child.name");
    ASSERT_FALSE(name.ok()) << text;
    const refusal::Refusal refusal = refusal::Of(name.status());
    EXPECT_EQ(refusal.code, absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(refusal.reason, "NAME_MALFORMED");
    EXPECT_EQ(refusal.field, "child.name");
    EXPECT_NE(refusal.message.find("counties/{county}/children/{id}"), std::string::npos);
    EXPECT_NE(refusal.message_zh.find("counties/{county}/children/{id}"), std::string::npos);
  }
}

TEST(NameTest, WhatWasGivenIsNotRepeated) {
  const auto name = ParseName("张小明", "children", "name");
  EXPECT_EQ(std::string(name.status().message()).find("张小明"), std::string::npos);
}

TEST(ParentTest, ReadsCounties) {
  const auto county = ParseParent("counties/520521", "parent");
  ASSERT_TRUE(county.ok());
  EXPECT_EQ(*county, "520521");
  for (const char* text :
       {"", "520521", "counties/52052", "counties/5205210", "counties/520521/", "counties/-"}) {
    EXPECT_EQ(refusal::Of(ParseParent(text, "parent").status()).reason, "NAME_MALFORMED") << text;
  }
}

}  // namespace
}  // namespace tonghu::ids
