#include "services/pairing/domain/contact.h"

#include <gtest/gtest.h>

#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {
namespace {

const absl::Time kMonday = absl::FromCivil(absl::CivilDay(2026, 9, 7), clock::China());
const absl::Time kNow = kMonday + absl::Hours(24 * 9 + 10);  // Wednesday of the week after

Contact Talk(absl::Time happened) { return {"child", "teacher", ContactKind::kTalk, happened, "一切正常"}; }

Duty Week(int weeks, DutyState state) {
  const absl::Time start = kMonday + absl::Hours(24 * 7 * weeks);
  return {"d",
          "p",
          "child",
          "teacher",
          "",
          state,
          start,
          start + absl::Hours(24 * 7),
          start + absl::Hours(24 * 9)};
}

std::string Reason(const absl::Status& status) { return refusal::Of(status).reason; }

TEST(CheckContactTest, Refusals) {
  const PairedSpan always{kMonday - absl::Hours(24 * 90)};
  EXPECT_TRUE(CheckContact(Talk(kMonday), {always}, kNow).ok());
  EXPECT_EQ(Reason(CheckContact(Talk(kNow + absl::Minutes(3)), {always}, kNow)), "CONTACT_IN_FUTURE");
  EXPECT_TRUE(CheckContact(Talk(kNow + absl::Minutes(1)), {always}, kNow).ok()) << "clocks differ a little";
  EXPECT_EQ(Reason(CheckContact(Talk(kNow - absl::Hours(24 * 61)), {always}, kNow)), "CONTACT_TOO_OLD");
  EXPECT_EQ(Reason(CheckContact(Talk(absl::InfinitePast()), {always}, kNow)), "CONTACT_TIME_MISSING");
  EXPECT_EQ(Reason(CheckContact(Talk(kMonday), {}, kNow)), "NOT_PAIRED");
  EXPECT_EQ(Reason(CheckContact(Talk(kMonday), {PairedSpan{kMonday + absl::Hours(30)}}, kNow)), "NOT_PAIRED");
  EXPECT_EQ(Reason(CheckContact(Talk(kMonday),
                                {PairedSpan{kMonday - absl::Hours(99), kMonday - absl::Hours(1)}}, kNow)),
            "NOT_PAIRED");
  Contact contact = Talk(kMonday);
  contact.kind = static_cast<ContactKind>(0);
  EXPECT_EQ(Reason(CheckContact(contact, {always}, kNow)), "CONTACT_KIND_MISSING");
  contact = Talk(kMonday);
  for (int i = 0; i < 2000; ++i) contact.note += "好";
  EXPECT_EQ(Reason(CheckContact(contact, {always}, kNow)), "NOTE_TOO_LONG");
}

TEST(CheckContactTest, ADaysContactsCountFromItsBeginning) {
  EXPECT_TRUE(
      CheckContact(Talk(kMonday + absl::Hours(9)), {PairedSpan{kMonday + absl::Hours(10)}}, kNow).ok());
}

TEST(CloseDutyTest, HappenedInTheWeekIsDoneHoweverLateItIsReported) {
  const std::vector<Duty> duties = {Week(0, DutyState::kOpen), Week(1, DutyState::kOpen)};
  const auto closing = CloseDuty(Talk(kMonday + absl::Hours(24 * 6)), duties, {}, kNow);
  ASSERT_TRUE(closing.has_value());
  EXPECT_EQ(closing->duty, 0u);
  EXPECT_EQ(closing->state, DutyState::kDone);
  EXPECT_TRUE(closing->reported_late);
  EXPECT_FALSE(CloseDuty(Talk(kNow - absl::Hours(2)), duties, {}, kNow)->reported_late);
}

TEST(CloseDutyTest, TheFirstInstantOfNextWeekIsNextWeek) {
  const std::vector<Duty> duties = {Week(0, DutyState::kOpen), Week(1, DutyState::kOpen)};
  EXPECT_EQ(CloseDuty(Talk(kMonday + absl::Hours(24 * 7)), duties, {}, kNow)->duty, 1u);
  EXPECT_EQ(CloseDuty(Talk(kMonday + absl::Hours(24 * 7) - absl::Microseconds(1)), duties, {}, kNow)->duty,
            0u);
}

TEST(CloseDutyTest, AMissedDutyIsReportedOrMadeUpForAfterwards) {
  const std::vector<Duty> missed = {Week(1, DutyState::kMissed), Week(0, DutyState::kMissed)};
  const auto reported = CloseDuty(Talk(kMonday + absl::Hours(24 * 8)), missed, {}, kNow);
  EXPECT_EQ(reported->duty, 0u);
  EXPECT_TRUE(reported->happened_in_time);
  const auto made_up =
      CloseDuty(Talk(kMonday + absl::Hours(24 * 15)), missed, {}, kNow + absl::Hours(24 * 7));
  EXPECT_EQ(made_up->duty, 1u) << "the oldest first";
  EXPECT_EQ(made_up->state, DutyState::kDoneLate);
  EXPECT_FALSE(made_up->happened_in_time);
}

TEST(CloseDutyTest, NothingIsMadeUpForAfterSixtyDays) {
  const std::vector<Duty> missed = {Week(0, DutyState::kMissed)};
  const absl::Time last = missed[0].window_end + kOldestMadeUp;
  EXPECT_TRUE(CloseDuty(Talk(last), missed, {}, last).has_value());
  EXPECT_FALSE(CloseDuty(Talk(last + absl::Seconds(1)), missed, {}, last + absl::Hours(1)).has_value());
}

TEST(CloseDutyTest, OnlyTheHelpersOwnTalks) {
  std::vector<Duty> duties = {Week(0, DutyState::kOpen)};
  Contact visit = Talk(kMonday);
  visit.kind = ContactKind::kHomeVisit;
  EXPECT_FALSE(CloseDuty(visit, duties, {}, kNow).has_value());
  duties[0].helper_id = "other";
  EXPECT_FALSE(CloseDuty(Talk(kMonday), duties, {}, kNow).has_value());
  duties[0].former_helper_id = "teacher";
  EXPECT_TRUE(CloseDuty(Talk(kMonday), duties, {}, kNow).has_value()) << "done before the hand-over";
  duties[0].state = DutyState::kExcused;
  EXPECT_FALSE(CloseDuty(Talk(kMonday), duties, {}, kNow).has_value());
}

}  // namespace
}  // namespace tonghu::pairing
