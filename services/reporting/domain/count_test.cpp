#include "services/reporting/domain/count.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/clock/clock.h"

namespace tonghu::reporting {
namespace {

using testing::UnorderedElementsAre;

constexpr Place kPlace{"520521", "520521101", "s1"};
constexpr absl::CivilDay kMonday(2026, 9, 7);

absl::Time At(int day, int hour) {
  return absl::FromCivil(absl::CivilHour(2026, 9, day, hour), clock::China());
}

auto Is(absl::CivilDay monday, Metric metric, int64_t delta) {
  return testing::AllOf(testing::Field(&Increment::monday, monday),
                        testing::Field(&Increment::metric, metric), testing::Field(&Increment::delta, delta));
}

Increments Counted(const Fact& fact) {
  const auto counts = Count(fact);
  EXPECT_TRUE(counts.ok()) << counts.status();
  return counts.ok() ? *counts : Increments();
}

TEST(CountTest, AContactCountsInTheWeekOfItsReport) {
  EXPECT_THAT(Counted(ContactLogged{kPlace, At(13, 23), {}}),
              UnorderedElementsAre(Is(kMonday, &Counts::contacts, 1)));
}

TEST(CountTest, WeeksAreChinas) {
  // Monday 00:00 in China is still Sunday in Greenwich.
  EXPECT_THAT(Counted(ContactLogged{kPlace, At(14, 0), {}}),
              UnorderedElementsAre(Is(kMonday + 7, &Counts::contacts, 1)));
  EXPECT_THAT(Counted(ContactLogged{kPlace, At(14, 0) - absl::Microseconds(1), {}}),
              UnorderedElementsAre(Is(kMonday, &Counts::contacts, 1)));
}

TEST(CountTest, AClosedDutyCountsInTheWeekItWasOwedFor) {
  EXPECT_THAT(Counted(ContactLogged{kPlace, At(15, 9), {{kMonday, true}}}),
              UnorderedElementsAre(Is(kMonday + 7, &Counts::contacts, 1), Is(kMonday, &Counts::done, 1),
                                   Is(kMonday, &Counts::done_late_reported, 1)));
  EXPECT_THAT(Counted(ContactLogged{kPlace, At(8, 9), {{kMonday, false}}}),
              UnorderedElementsAre(Is(kMonday, &Counts::contacts, 1), Is(kMonday, &Counts::done, 1)));
}

TEST(CountTest, DutiesPairingsAndAlerts) {
  using Duty = DutyChanged::How;
  EXPECT_THAT(Counted(DutyChanged{Duty::kMissed, kPlace, kMonday}),
              UnorderedElementsAre(Is(kMonday, &Counts::missed, 1)));
  EXPECT_THAT(Counted(DutyChanged{Duty::kExcused, kPlace, kMonday}),
              UnorderedElementsAre(Is(kMonday, &Counts::excused, 1)));
  EXPECT_THAT(Counted(DutyChanged{Duty::kDoneLate, kPlace, kMonday}),
              UnorderedElementsAre(Is(kMonday, &Counts::done_late, 1)));
  using Pairing = PairingChanged::How;
  EXPECT_THAT(Counted(PairingChanged{Pairing::kStarted, kPlace, At(9, 9)}),
              UnorderedElementsAre(Is(kMonday, &Counts::pairings, 1)));
  EXPECT_THAT(Counted(PairingChanged{Pairing::kEnded, kPlace, At(16, 9)}),
              UnorderedElementsAre(Is(kMonday + 7, &Counts::pairings, -1)));
  using Alert = AlertChanged::How;
  EXPECT_THAT(Counted(AlertChanged{Alert::kRaised, kPlace, At(9, 9)}),
              UnorderedElementsAre(Is(kMonday, &Counts::alerts_raised, 1)));
  EXPECT_THAT(Counted(AlertChanged{Alert::kAcknowledged, kPlace, At(9, 9)}),
              UnorderedElementsAre(Is(kMonday, &Counts::alerts_acknowledged, 1)));
  EXPECT_THAT(Counted(AlertChanged{Alert::kResolved, kPlace, At(16, 9)}),
              UnorderedElementsAre(Is(kMonday + 7, &Counts::alerts_resolved, 1)));
}

TEST(CountTest, ADoubtCountsBesideWhatItIsAbout) {
  EXPECT_THAT(
      Counted(DoubtChanged{kPlace, At(15, 9), false, true, {}, {kMonday, kMonday}}),
      UnorderedElementsAre(Is(kMonday + 7, &Counts::contacts_doubtful, 1),
                           Is(kMonday, &Counts::done_doubtful, 1), Is(kMonday, &Counts::done_doubtful, 1)));
  EXPECT_THAT(Counted(DoubtChanged{kPlace, At(15, 9), true, true, {kMonday}, {kMonday + 7}}),
              UnorderedElementsAre(Is(kMonday + 7, &Counts::contacts_doubtful, 0),
                                   Is(kMonday, &Counts::done_doubtful, -1),
                                   Is(kMonday + 7, &Counts::done_doubtful, 1)));
  EXPECT_THAT(Counted(DoubtChanged{kPlace, At(15, 9), true, false, {kMonday}, {}}),
              UnorderedElementsAre(Is(kMonday + 7, &Counts::contacts_doubtful, -1),
                                   Is(kMonday, &Counts::done_doubtful, -1)));
  EXPECT_FALSE(Count(DoubtChanged{kPlace, At(15, 9), true, true, {}, {kMonday + 1}}).ok()) << "a Tuesday";
}

TEST(CountTest, RefusesWhatCantBeRight) {
  const auto refused = [](const Fact& fact) { return absl::IsInvalidArgument(Count(fact).status()); };
  const auto missed = DutyChanged::How::kMissed;
  EXPECT_TRUE(refused(DutyChanged{missed, {"520521", "520521101", ""}, kMonday})) << "no school";
  EXPECT_TRUE(refused(DutyChanged{missed, {"520521", "", "s1"}, kMonday})) << "no township";
  EXPECT_TRUE(refused(DutyChanged{missed, {"520521", "520522101", "s1"}, kMonday}))
      << "township of another county";
  EXPECT_TRUE(refused(DutyChanged{missed, {"520521", "52052110x", "s1"}, kMonday}));
  EXPECT_TRUE(refused(DutyChanged{missed, {"5205", "520521101", "s1"}, kMonday}));
  EXPECT_TRUE(refused(DutyChanged{missed, kPlace, kMonday + 1})) << "a Tuesday";
  EXPECT_TRUE(refused(DutyChanged{missed, kPlace, absl::CivilDay(1970, 1, 5)}))
      << "a Monday, but no week was given";
  EXPECT_TRUE(refused(ContactLogged{kPlace, absl::UnixEpoch(), {}})) << "no time";
  EXPECT_TRUE(refused(ContactLogged{kPlace, absl::FromUnixMicros(INT64_MAX), {}}));
  EXPECT_TRUE(refused(ContactLogged{kPlace, absl::InfiniteFuture(), {}}));
}

}  // namespace
}  // namespace tonghu::reporting
