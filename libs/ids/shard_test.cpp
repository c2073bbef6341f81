#include "libs/ids/shard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tonghu::ids {
namespace {

// Shard numbers stand in databases: when these fail the code is wrong, not the test.
TEST(StableHashTest, IsFnv1a) {
  EXPECT_EQ(StableHash(""), 0xcbf29ce484222325u);
  EXPECT_EQ(StableHash("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(StableHash("foobar"), 0x85944171f73967e8u);
  EXPECT_EQ(StableHash("\xff"), 0xaf64724c8602eb6eu) << "bytes are unsigned";
}

TEST(ShardOfTest, NeverChanges) {
  EXPECT_EQ(ShardOf("520521", 8), 4);
  EXPECT_EQ(ShardOf("520102", 8), 3);
  EXPECT_EQ(ShardOf("522632", 8), 7);
  EXPECT_EQ(ShardOf("522632", 1), 0);
}

TEST(ShardOfTest, ConsecutiveCountiesSpread) {
  std::vector<int> counties(8);
  for (int county = 520500; county < 520600; ++county) ++counties[ShardOf(std::to_string(county), 8)];
  EXPECT_GE(*std::min_element(counties.begin(), counties.end()), 6);
  EXPECT_LE(*std::max_element(counties.begin(), counties.end()), 20);
}

}  // namespace
}  // namespace tonghu::ids
