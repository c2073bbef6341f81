#include "services/gateway/app/gzip.h"

#include <gtest/gtest.h>

namespace tonghu::gateway {
namespace {

TEST(GzipTest, ThereAndBack) {
  for (const std::string& text : {std::string(), std::string("a"), std::string(1 << 20, 'x')}) {
    EXPECT_EQ(Gunzip(Gzip(text), text.size()).value(), text);
  }
}

TEST(GzipTest, ABombIsRefusedAtTheBound) {
  const std::string bomb = Gzip(std::string(64 << 20, '\0'));
  EXPECT_EQ(Gunzip(bomb, 1 << 20).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(GzipTest, NonsenseAndHalvesAreRefused) {
  const std::string packed = Gzip(std::string(1000, 'x') + "tail");
  EXPECT_EQ(Gunzip("nonsense", 1000).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Gunzip(packed.substr(0, packed.size() / 2), 2000).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Gunzip("", 10).value(), "");
}

}  // namespace
}  // namespace tonghu::gateway
