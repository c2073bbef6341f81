#include "services/pairing/domain/expected_term.h"

#include <gmock/gmock.h>

namespace tonghu::pairing {
namespace {

using absl::CivilDay;
using testing::Eq;
using testing::Optional;

const calendar::Term kAutumn{CivilDay(2026, 9, 1), CivilDay(2027, 1, 22)};
const calendar::Term kSpring{CivilDay(2027, 3, 1), CivilDay(2027, 7, 2)};

TEST(ExpectedTermTest, ATermIsMissedTwoWeeksBeforeItMustHaveBegun) {
  EXPECT_THAT(FirstDayWithoutTerm({}, CivilDay(2026, 8, 24)), Eq(std::nullopt));
  EXPECT_THAT(FirstDayWithoutTerm({}, CivilDay(2026, 8, 25)), Optional(CivilDay(2026, 9, 8)));
  EXPECT_THAT(FirstDayWithoutTerm({}, CivilDay(2026, 10, 20)), Optional(CivilDay(2026, 10, 20)));
  EXPECT_THAT(FirstDayWithoutTerm({}, CivilDay(2026, 12, 31)), Optional(CivilDay(2026, 12, 31)));
  EXPECT_THAT(FirstDayWithoutTerm({}, CivilDay(2027, 1, 1)), Eq(std::nullopt));
  EXPECT_THAT(FirstDayWithoutTerm({kAutumn}, CivilDay(2027, 2, 21)), Eq(std::nullopt));
  EXPECT_THAT(FirstDayWithoutTerm({kAutumn}, CivilDay(2027, 2, 22)), Optional(CivilDay(2027, 3, 8)));
  EXPECT_THAT(FirstDayWithoutTerm({}, CivilDay(2027, 6, 15)), Optional(CivilDay(2027, 6, 15)));
  EXPECT_THAT(FirstDayWithoutTerm({}, CivilDay(2027, 6, 16)), Eq(std::nullopt));
}

TEST(ExpectedTermTest, NoDayOfAYearIsMissedBetweenTheTermsOfAYear) {
  for (CivilDay day(2026, 9, 1); day <= CivilDay(2027, 8, 24); ++day) {
    EXPECT_THAT(FirstDayWithoutTerm({kSpring, kAutumn}, day), Eq(std::nullopt)) << day;
  }
}

TEST(ExpectedTermTest, AGapWithinATermAndATermThatEndsTooSoonAreFound) {
  const calendar::Term before{CivilDay(2026, 9, 1), CivilDay(2026, 9, 30)};
  const calendar::Term after{CivilDay(2026, 10, 8), CivilDay(2026, 12, 11)};
  EXPECT_THAT(FirstDayWithoutTerm({before, after}, CivilDay(2026, 9, 16)), Eq(std::nullopt));
  EXPECT_THAT(FirstDayWithoutTerm({before, after}, CivilDay(2026, 9, 17)), Optional(CivilDay(2026, 10, 1)));
  EXPECT_THAT(FirstDayWithoutTerm({before, after}, CivilDay(2026, 11, 28)), Optional(CivilDay(2026, 12, 12)));
}

}  // namespace
}  // namespace tonghu::pairing
