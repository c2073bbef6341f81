#include "services/registry/app/page_token.h"

#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"

namespace tonghu::registry {
namespace {

TEST(PageTokenTest, GoesRound) {
  EXPECT_EQ(*LastIdOf("children 520324", PageTokenOf("children 520324", "a-1")), "a-1");
  EXPECT_EQ(*LastIdOf("children 520324", ""), "");
}

TEST(PageTokenTest, RefusesWhatItDidNotGive) {
  const std::string token = PageTokenOf("children 520324", "a-1");
  for (const std::string& bad :
       {std::string("garbage"), token.substr(1), token + "AA", std::string("' OR 1=1"),
        std::string(5000, 'A'), PageTokenOf("children 520203", "a-1")}) {
    EXPECT_EQ(refusal::Of(LastIdOf("children 520324", bad).status()).reason, "PAGE_TOKEN_MALFORMED") << bad;
  }
}

TEST(PageSizeTest, Bounds) {
  EXPECT_EQ(*PageSizeOf(0), 100);
  EXPECT_EQ(*PageSizeOf(7), 7);
  EXPECT_EQ(*PageSizeOf(2147483647), 1000);
  EXPECT_EQ(refusal::Of(PageSizeOf(-1).status()).reason, "PAGE_SIZE_NEGATIVE");
}

}  // namespace
}  // namespace tonghu::registry
