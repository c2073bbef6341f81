#include "libs/ids/ids.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace tonghu::ids {
namespace {

TEST(RandomSourceTest, IdsAreVersionSevenOfTheGivenTime) {
  RandomSource source;
  const std::string id =
      source.Next(absl::FromUnixMillis(0x017f22e279b0));  // the example of RFC 9562, appendix A.6
  ASSERT_TRUE(IsUuid(id)) << id;
  EXPECT_EQ(id.substr(0, 15), "017f22e2-79b0-7");
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos) << "the variant is RFC 9562's";
}

TEST(RandomSourceTest, IdsSortByTime) {
  RandomSource source;
  const absl::Time now = absl::FromUnixMillis(1'700'000'000'000);
  EXPECT_LT(source.Next(now), source.Next(now + absl::Milliseconds(1)));
}

TEST(FirstAtTest, IsNotAboveAnyIdOfItsTimeAndAboveAllEarlierOnes) {
  SeededSource source(7);
  const absl::Time now = absl::FromUnixMillis(1'700'000'000'000);
  for (int i = 0; i < 100; ++i) {
    EXPECT_LE(FirstAt(now), source.Next(now));
    EXPECT_GT(FirstAt(now), source.Next(now - absl::Milliseconds(1)));
  }
  EXPECT_TRUE(IsUuid(FirstAt(absl::InfinitePast())));
  EXPECT_LT(FirstAt(absl::InfinitePast()), FirstAt(now));
  EXPECT_GT(FirstAt(absl::InfiniteFuture()), source.Next(now));
}

TEST(RandomSourceTest, ThreadsNeverGetTheSame) {
  RandomSource source;
  std::vector<std::string> seen[4];
  std::vector<std::thread> threads;
  for (auto& mine : seen) {
    threads.emplace_back([&source, &mine] {
      for (int i = 0; i < 2000; ++i) mine.push_back(source.Next(absl::UnixEpoch()));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : seen) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 8000u);
}

TEST(RandomSourceTest, TimesOutsideTheFieldAreHeldAtItsEnds) {
  RandomSource source;
  EXPECT_EQ(source.Next(absl::InfinitePast()).substr(0, 13), "00000000-0000");
  EXPECT_EQ(source.Next(absl::InfiniteFuture()).substr(0, 13), "ffffffff-ffff");
}

TEST(SeededSourceTest, SameSeedSameIds) {
  SeededSource one(7), two(7), other(8);
  const std::string id = one.Next(absl::UnixEpoch());
  EXPECT_TRUE(IsUuid(id));
  EXPECT_EQ(id, two.Next(absl::UnixEpoch()));
  EXPECT_NE(id, other.Next(absl::UnixEpoch()));
  EXPECT_NE(id, one.Next(absl::UnixEpoch()));
}

// These stand in databases: when this fails the code is wrong, not the test.
TEST(DerivedTest, NeverChanges) {
  EXPECT_EQ(Derived(""), "e3b0c442-98fc-8c14-9afb-f4c8996fb924");
  EXPECT_EQ(Derived("duty/520521/1"), Derived("duty/520521/1"));
  EXPECT_NE(Derived("duty/520521/1"), Derived("duty/520521/2"));
  EXPECT_EQ(Derived("abc"), "ba7816bf-8f01-8fea-8141-40de5dae2223");
}

TEST(DerivedTest, BesideAnotherNeverChangesEither) {
  const std::string id = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  EXPECT_EQ(DerivedBeside(id, "abc"), "017f22e2-79b0-8fea-8141-40de5dae2223");
  EXPECT_EQ(DerivedBeside("T1", "abc"), Derived("abc"));
  EXPECT_TRUE(IsUuid(DerivedBeside(id, "abc")));
}

TEST(IsUuidTest, OnlyOurSpelling) {
  EXPECT_TRUE(IsUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
  EXPECT_FALSE(IsUuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"));
  EXPECT_FALSE(IsUuid("017f22e279b07cc398c4dc0c0c07398f"));
  EXPECT_FALSE(IsUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398g"));
  EXPECT_FALSE(IsUuid(""));
}

}  // namespace
}  // namespace tonghu::ids
