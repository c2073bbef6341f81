#include "tests/bench/results.h"

#include <gtest/gtest.h>

namespace tonghu::bench {
namespace {

TEST(Results, AQuantileIsTheValueThatSoManyDoNotExceed) {
  std::vector<double> hundred;
  for (int i = 100; i > 0; --i) hundred.push_back(i);
  EXPECT_EQ(Quantile(hundred, 0.5), 50);
  EXPECT_EQ(Quantile(hundred, 0.99), 99);
  EXPECT_EQ(Quantile({7}, 0.99), 7);
  EXPECT_EQ(Median({3, 1, 2}), 2);
}

TEST(Results, TheRatioIsThatOfEachRunWithItsOwnFloor) {
  Figures figures;
  // The machine was three times as fast in the second run.
  figures.Add({"events", 10, "events/s", Better::kHigher, 20});
  figures.Add({"events", 30, "events/s", Better::kHigher, 60});
  figures.Add({"time", 3, "s", Better::kLower, 1});
  ASSERT_EQ(figures.all().size(), 2u);
  EXPECT_EQ(Ratio(figures.all()[0]), 2);
  EXPECT_EQ(Ratio(figures.all()[1]), 3);
  EXPECT_EQ(figures.MedianOf("events"), 10);
  EXPECT_EQ(figures.MedianOf("nothing"), 0);
}

}  // namespace
}  // namespace tonghu::bench
