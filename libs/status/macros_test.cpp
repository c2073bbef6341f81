#include "libs/status/macros.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace tonghu::status {
namespace {

absl::StatusOr<std::unique_ptr<int>> Given(int number) {
  if (number < 0) return absl::OutOfRangeError("below zero");
  return std::make_unique<int>(number);
}

absl::Status Checked(int number) { return Given(number).status(); }

// Counts evaluations, and how far the function came.
absl::StatusOr<int> Sum(const std::vector<int>& numbers, int& evaluated, int& done) {
  int sum = 0;
  for (const int number : numbers) {
    RETURN_IF_ERROR((++evaluated, Checked(number - 1)));
    ASSIGN_OR_RETURN(const auto one, (++evaluated, Given(number)));
    ASSIGN_OR_RETURN(auto other, Given(1));
    sum += *one * *other;
    ++done;
  }
  return sum;
}

TEST(StatusTest, GoesOnWithTheValueAndEvaluatesOnce) {
  int evaluated = 0, done = 0;
  const auto sum = Sum({1, 2, 3}, evaluated, done);
  ASSERT_TRUE(sum.ok()) << sum.status();
  EXPECT_EQ(*sum, 6);
  EXPECT_EQ(evaluated, 6);
  EXPECT_EQ(done, 3);
}

TEST(StatusTest, GivesTheErrorToTheCaller) {
  int evaluated = 0, done = 0;
  EXPECT_EQ(Sum({1, 0, 3}, evaluated, done).status(), absl::OutOfRangeError("below zero"));
  EXPECT_EQ(evaluated, 3);
  EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace tonghu::status
