#include "services/pairing/domain/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "libs/clock/clock.h"

namespace tonghu::pairing {
namespace {

using absl::CivilDay;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kCounty[] = "520324";
constexpr absl::Duration kWeek = absl::Hours(24 * 7);
absl::Time September(int day) { return clock::StartOf(CivilDay(2026, 9, day)); }

DutyPolicy From(CivilDay day, int times, std::vector<PairingRole> owed_by, PolicyScope scope = {}) {
  DutyPolicy policy;
  policy.effective_from = day;
  policy.cadence = {.times = times};
  policy.owed_by = std::move(owed_by);
  policy.scope = std::move(scope);
  return policy;
}
std::vector<Gap> GapsOf(const Policies& policies, Roles roles, absl::Time now, Standing standing = {}) {
  return Asked(policies, kCounty, standing, now).Gaps(roles);
}
constexpr Gap kVisit = static_cast<Gap>(DutyKind::kHomeVisit), kLetter = static_cast<Gap>(DutyKind::kLetter);

TEST(CoverageTest, AChildNeedsOneWhoLooksAfterIt) {
  const Policies none;
  EXPECT_THAT(GapsOf(none, 0, September(1)), ElementsAre(kNobodyLooksAfter));
  EXPECT_THAT(GapsOf(none, RoleBit(PairingRole::kVolunteer) | RoleBit(PairingRole::kPeer), September(1)),
              ElementsAre(kNobodyLooksAfter));
  for (const PairingRole role : RolesThatLookAfter())
    EXPECT_THAT(GapsOf(none, RoleBit(role), September(1)), IsEmpty()) << "each of them owes talks";
}

TEST(CoverageTest, AKindThatIsAskedNeedsOneWhoOwesIt) {
  Policies policies;
  policies.Add(kCounty, DutyKind::kHomeVisit, From(CivilDay(2026, 9, 7), 1, {PairingRole::kClassTeacher}));
  policies.Add(kCounty, DutyKind::kLetter,
               From(CivilDay(2026, 9, 7), 1, {PairingRole::kClassTeacher, PairingRole::kVolunteer}));
  const Roles helper = RoleBit(PairingRole::kHelperTeacher);
  EXPECT_THAT(GapsOf(policies, helper, September(6)), IsEmpty()) << "the day before it begins";
  EXPECT_THAT(GapsOf(policies, helper, September(7)), ElementsAre(kVisit, kLetter));
  EXPECT_THAT(GapsOf(policies, helper | RoleBit(PairingRole::kVolunteer), September(7)), ElementsAre(kVisit));
  EXPECT_THAT(GapsOf(policies, RoleBit(PairingRole::kVolunteer), September(7)),
              ElementsAre(kNobodyLooksAfter))
      << "who is paired next decides about the rest";
  policies.Add(kCounty, DutyKind::kHomeVisit, From(CivilDay(2026, 9, 14), 0, {PairingRole::kClassTeacher}));
  EXPECT_THAT(GapsOf(policies, helper, September(14)), ElementsAre(kLetter)) << "asked for no more";
}

TEST(CoverageTest, ARefinementAsksForSomeChildren) {
  Policies policies;
  policies.Add(
      kCounty, DutyKind::kHomeVisit,
      From(CivilDay(2026, 9, 7), 1, {PairingRole::kClassTeacher}, {.care_level = CareLevel::kFocus}));
  const Roles helper = RoleBit(PairingRole::kHelperTeacher);
  EXPECT_THAT(GapsOf(policies, helper, September(8), {.care_level = CareLevel::kFocus}), ElementsAre(kVisit));
  EXPECT_THAT(GapsOf(policies, helper, September(8), {.care_level = CareLevel::kGeneral}), IsEmpty());
  Policies of_guarded;
  of_guarded.Add(
      kCounty, DutyKind::kHomeVisit,
      From(CivilDay(2026, 9, 7), 1, {PairingRole::kClassTeacher}, {.guardianship = Guardianship::kNobody}));
  EXPECT_THAT(GapsOf(of_guarded, helper, September(8), {.guardianship = Guardianship::kNobody}),
              ElementsAre(kVisit));
  EXPECT_THAT(GapsOf(of_guarded, helper, September(8), {.guardianship = Guardianship::kGrandparents}),
              IsEmpty());
}

TEST(CoverageTest, AGapIsToldWhenItHasLastedAndAgainAfterAsLong) {
  const Looked found = Look({}, {kNobodyLooksAfter}, kWeek, September(1));
  EXPECT_FALSE(found.tell);
  EXPECT_EQ(found.gaps.at(kNobodyLooksAfter), (KnownGap{September(1), false, September(8)}));
  EXPECT_FALSE(Look(found.gaps, {kNobodyLooksAfter}, kWeek, September(8) - absl::Microseconds(1)).tell);

  const Looked told = Look(found.gaps, {kNobodyLooksAfter}, kWeek, September(8));
  EXPECT_TRUE(told.tell && told.grown);
  const Looked early = Look(told.gaps, {kNobodyLooksAfter}, kWeek, September(14));
  EXPECT_FALSE(early.tell);
  EXPECT_EQ(early.gaps, told.gaps);
  const Looked again = Look(told.gaps, {kNobodyLooksAfter}, kWeek, September(15));
  EXPECT_TRUE(again.tell);
  EXPECT_FALSE(again.grown);
  EXPECT_EQ(again.gaps.at(kNobodyLooksAfter).since, September(1));

  const Looked paired = Look(again.gaps, {}, kWeek, September(16));
  EXPECT_TRUE(paired.covered);
  EXPECT_THAT(paired.gaps, IsEmpty());
}

TEST(CoverageTest, WhatIsMendedInTimeIsNotTold) {
  const Looked found = Look({}, {kVisit}, kWeek, September(1));
  const Looked paired = Look(found.gaps, {}, kWeek, September(7));
  EXPECT_FALSE(paired.tell || paired.covered);
  const Looked anew = Look(paired.gaps, {kVisit}, kWeek, September(8));
  EXPECT_FALSE(anew.tell);
  EXPECT_EQ(anew.gaps.at(kVisit).tell_time, September(15)) << "counted from then";
}

TEST(CoverageTest, AFurtherGapIsToldInItsOwnTime) {
  KnownGaps gaps = Look({}, {kVisit}, kWeek, September(1)).gaps;
  gaps = Look(gaps, {kVisit, kLetter}, kWeek, September(5)).gaps;
  const Looked first = Look(gaps, {kVisit, kLetter}, kWeek, September(8));
  EXPECT_TRUE(first.tell && first.gaps.at(kVisit).told && !first.gaps.at(kLetter).told);
  const Looked second = Look(first.gaps, {kVisit, kLetter}, kWeek, September(12));
  EXPECT_TRUE(second.tell && second.grown && second.gaps.at(kLetter).told);
  const Looked less = Look(second.gaps, {kLetter}, kWeek, September(13));
  EXPECT_FALSE(less.tell || less.covered) << "one is left";
  EXPECT_TRUE(Look(less.gaps, {}, kWeek, September(14)).covered);
}

TEST(CoverageTest, WhatACountyAllowsCountsForWhatIsNotTold) {
  const KnownGaps gaps = Look({}, {kVisit}, kWeek, September(1)).gaps;
  EXPECT_TRUE(Look(gaps, {kVisit}, absl::Hours(24 * 3), September(4)).tell);
  EXPECT_FALSE(Look(gaps, {kVisit}, absl::Hours(24 * 30), September(30)).tell);
}

// However often a child is looked at, what is said is what a list of the days with the gap says.
TEST(CoverageTest, WhatIsSaidFollowsFromTheDays) {
  EXPECT_TRUE(rc::check([] {
    const auto lacking = *rc::gen::container<std::vector<bool>>(60, rc::gen::arbitrary<bool>());
    const int stretch = *rc::gen::inRange(1, 15);  // days that one entry of `lacking` lasts
    KnownGaps gaps;
    std::vector<int> told, covered;
    for (int day = 0; day < 60; ++day) {
      const bool lacks = lacking[day / stretch];
      const int looks = *rc::gen::inRange(1, 4);
      for (int i = 0; i < looks; ++i) {
        const Looked looked = Look(gaps, lacks ? std::vector<Gap>{kVisit} : std::vector<Gap>{}, kWeek,
                                   September(1) + absl::Hours(24 * day));
        gaps = looked.gaps;
        if (looked.tell) told.push_back(day);
        if (looked.covered) covered.push_back(day);
      }
    }
    std::vector<int> expected_told, expected_covered;
    int since = -1;
    for (int day = 0; day < 60; ++day) {
      const bool lacks = lacking[day / stretch];
      if (!lacks && since >= 0 && day - 1 - since >= 7) expected_covered.push_back(day);
      if (!lacks) since = -1;
      if (lacks && since < 0) since = day;
      if (lacks && day > since && (day - since) % 7 == 0) expected_told.push_back(day);
    }
    RC_ASSERT(told == expected_told);
    RC_ASSERT(covered == expected_covered);
  }));
}

}  // namespace
}  // namespace tonghu::pairing
