// A flood of refused attempts, and what is written of it.
#include "libs/journal/refused_attempts.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"

namespace tonghu::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

RefusedAttempt By(const std::string& actor) {
  RefusedAttempt attempt{"520521", actor, {}};
  attempt.event.set_method("GetChild");
  attempt.event.set_address("10.0.0.7");
  return attempt;
}

TEST(RefusedAttemptsTest, TheFirstIsToldAtOnceAndTheOthersAreCounted) {
  RefusedAttempts attempts;
  const auto first = attempts.Add(By("a"), {"mia"});
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->county, "520521");
  EXPECT_EQ(first->event.method(), "GetChild");
  EXPECT_EQ(first->event.address(), "10.0.0.7");
  EXPECT_THAT(first->event.child_ids(), ElementsAre("mia"));
  EXPECT_EQ(first->event.times(), 1);
  for (int i = 0; i < 10'000; ++i) EXPECT_FALSE(attempts.Add(By("a"), {"mia"}).has_value());
  // Another child and another actor are told.
  EXPECT_THAT(attempts.Add(By("a"), {"leo", "mia"})->event.child_ids(), ElementsAre("leo"));
  EXPECT_TRUE(attempts.Add(By("b"), {"mia"}).has_value());
  const auto rest = attempts.EndMinute();
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_EQ(rest[0].actor, "a");
  EXPECT_THAT(rest[0].event.child_ids(), ElementsAre("mia"));
  EXPECT_EQ(rest[0].event.times(), 10'001);
  EXPECT_THAT(attempts.EndMinute(), IsEmpty());
  EXPECT_TRUE(attempts.Add(By("a"), {"mia"}).has_value()) << "a new minute";
}

TEST(RefusedAttemptsTest, WhoTriesManyChildrenFillsNoRoom) {
  RefusedAttempts attempts;
  int told = 0;
  for (int i = 0; i < 5'000; ++i) told += attempts.Add(By("a"), {absl::StrCat("child ", i)}).has_value();
  EXPECT_EQ(told, 100);
  const auto rest = attempts.EndMinute();
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_THAT(rest[0].event.child_ids(), IsEmpty());
  EXPECT_EQ(rest[0].event.times(), 4'900);
}

TEST(RefusedAttemptsTest, ActorsAreBounded) {
  RefusedAttempts attempts;
  int told = 0;
  for (int i = 0; i < 1'500; ++i) told += attempts.Add(By(absl::StrCat("actor ", i)), {"mia"}).has_value();
  EXPECT_EQ(told, 1'000);
  EXPECT_EQ(attempts.TakeUncounted(), 500);
  EXPECT_EQ(attempts.TakeUncounted(), 0);
}

}  // namespace
}  // namespace tonghu::journal
