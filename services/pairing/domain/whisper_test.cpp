#include "services/pairing/domain/whisper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {
namespace {

using absl::CivilDay;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr CivilDay kMonday(2026, 9, 7);

CivilDay September(int day) { return CivilDay(2026, 9, day); }
absl::Time At(CivilDay day, int hour) { return clock::StartOf(day) + absl::Hours(hour); }

// The Mondays to Fridays of some weeks from kMonday on, without some days.
std::vector<CivilDay> Weekdays(int weeks, const std::set<CivilDay>& without = {}) {
  std::vector<CivilDay> open;
  for (CivilDay day = kMonday; day < kMonday + 7 * weeks; ++day) {
    const bool weekend =
        absl::GetWeekday(day) == absl::Weekday::saturday || absl::GetWeekday(day) == absl::Weekday::sunday;
    if (!weekend && !without.contains(day)) open.push_back(day);
  }
  return open;
}

WhisperBox Box(int weekday = 5) {
  return {.keeper_id = "T9",
          .weekday = weekday,
          .former_weekday = weekday,
          .weekday_from = kMonday - 30,
          .judged_to = kMonday - 1};
}

std::vector<CivilDay> OpeningDays(const WhisperBox& box, const std::vector<CivilDay>& open, int weeks) {
  std::vector<CivilDay> days;
  for (CivilDay day = kMonday; day < kMonday + 7 * weeks; ++day) {
    if (IsOpeningDay(box, day, open)) days.push_back(day);
  }
  return days;
}

TEST(WhisperTest, ABoxIsOpenedOnItsWeekday) {
  EXPECT_THAT(OpeningDays(Box(), Weekdays(3), 3), ElementsAre(September(11), September(18), September(25)));
  EXPECT_THAT(OpeningDays(Box(1), Weekdays(2), 2), ElementsAre(September(7), September(14)));
}

TEST(WhisperTest, WhereTheWeekdayIsNoSchoolDayTheNextOneCounts) {
  EXPECT_THAT(OpeningDays(Box(3), Weekdays(2, {September(9)}), 2), ElementsAre(September(10), September(16)));
  EXPECT_THAT(OpeningDays(Box(), Weekdays(2, {September(11)}), 2), ElementsAre(September(14), September(18)))
      << "the Friday's letters are taken out on Monday";
}

TEST(WhisperTest, AWeekWithoutSchoolDaysHasNone) {
  std::set<CivilDay> second;
  for (int day = 14; day <= 18; ++day) second.insert(September(day));
  EXPECT_THAT(OpeningDays(Box(), Weekdays(3, second), 3), ElementsAre(September(11), September(25)));
  EXPECT_THAT(OpeningDays(Box(), {}, 3), IsEmpty());
}

TEST(WhisperTest, TwoThatFallOnOneDayAreOne) {
  // From Friday to the Thursday after there is no school; that week has school on its Friday alone.
  std::set<CivilDay> closed;
  for (int day = 11; day <= 17; ++day) closed.insert(September(day));
  EXPECT_THAT(OpeningDays(Box(), Weekdays(2, closed), 2), ElementsAre(September(18)));
}

TEST(WhisperTest, TheFirstDayOfATermStandsForAnEarlierWeekdayOfItsWeek) {
  const std::vector<CivilDay> open = Weekdays(1, {September(7), September(8)});
  EXPECT_THAT(OpeningDays(Box(2), open, 1), ElementsAre(September(9)));
}

// Stated another way than the code does: each week with school days asks for one opening, on the first school
// day from its weekday on.
TEST(WhisperTest, EachWeekWithSchoolIsServedByTheNextSchoolDay) {
  EXPECT_TRUE(rc::check([] {
    constexpr int kWeeks = 8;
    std::vector<CivilDay> open;
    for (int week = 0; week < kWeeks; ++week) {
      const int tenths = *rc::gen::inRange(0, 9);  // of the week's days: some weeks have none
      for (int day = 0; day < 7; ++day) {
        if (*rc::gen::inRange(0, 10) < tenths - 2) open.push_back(kMonday + 7 * week + day);
      }
    }
    const int weekday = *rc::gen::inRange(1, 6);
    std::set<CivilDay> expected;
    for (CivilDay monday = kMonday; monday < kMonday + 7 * kWeeks; monday += 7) {
      const bool school = std::any_of(open.begin(), open.end(),
                                      [&](CivilDay day) { return day >= monday && day < monday + 7; });
      if (!school) continue;
      for (const CivilDay day : open) {
        if (day < monday + (weekday - 1)) continue;
        expected.insert(day);
        break;
      }
    }
    const auto found = OpeningDays(Box(weekday), open, kWeeks);
    RC_ASSERT(std::set<CivilDay>(found.begin(), found.end()) == expected);
  }));
}

TEST(WhisperTest, ANewWeekdayCountsFromTomorrowOn) {
  WhisperBox box = Box(5);
  PutWeekday(box, 3, September(9));  // a Wednesday
  EXPECT_THAT(OpeningDays(box, Weekdays(2), 2), ElementsAre(September(16)))
      << "this Wednesday was none, and Friday follows the new weekday";
  PutWeekday(box, 4, September(9));
  EXPECT_THAT(OpeningDays(box, Weekdays(2), 2), ElementsAre(September(10), September(17)));
  WhisperBox late = Box(5);
  PutWeekday(late, 1, September(11));
  EXPECT_THAT(OpeningDays(late, Weekdays(2), 2), ElementsAre(September(11), September(14)))
      << "who changes the weekday on the day itself owes the day all the same";
}

TEST(WhisperTest, ABoxThatWasNotOpenedIsMissedADayAfterItsDay) {
  const auto open = Weekdays(2);
  EXPECT_THAT(JudgeBox(Box(), {}, open, At(September(13), 0) - absl::Microseconds(1), 99).missed, IsEmpty());
  const Judgement judged = JudgeBox(Box(), {}, open, At(September(13), 0), 99);
  EXPECT_THAT(judged.missed, ElementsAre(September(11)));
  EXPECT_EQ(judged.judged_to, September(11));
}

TEST(WhisperTest, AfterAnOutageEveryDayIsJudgedOnceHoweverItIsCut) {
  EXPECT_TRUE(rc::check([] {
    const auto open = Weekdays(8);
    const absl::Time now = At(kMonday + *rc::gen::inRange(0, 60), 5);
    const auto whole = JudgeBox(Box(), {}, open, now, 1000);
    WhisperBox box = Box();
    std::vector<CivilDay> missed;
    for (;;) {
      const auto part = JudgeBox(box, {}, open, now, *rc::gen::inRange(1, 9));
      missed.insert(missed.end(), part.missed.begin(), part.missed.end());
      if (part.judged_to == box.judged_to) break;
      box.judged_to = part.judged_to;
    }
    RC_ASSERT(missed == whole.missed);
    RC_ASSERT(box.judged_to == whole.judged_to);
  }));
}

TEST(WhisperTest, AnOpeningOnTheDayIsInTime) {
  const OpeningTurn turn = OpenBox(Box(), {}, Weekdays(2), At(September(11), 16), 3, At(September(11), 17));
  ASSERT_EQ(turn.changed.size(), 1u);
  EXPECT_EQ(turn.changed[0].state, OpeningState::kOpened);
  EXPECT_EQ(turn.changed[0].letters, 3);
  EXPECT_EQ(turn.day, September(11));
  EXPECT_THAT(JudgeBox(Box(), turn.changed, Weekdays(2), At(September(14), 0), 99).missed, IsEmpty());
}

TEST(WhisperTest, AnEarlierOpeningDoesNotStandForTheDay) {
  const OpeningTurn turn = OpenBox(Box(), {}, Weekdays(2), At(September(9), 16), 1, At(September(9), 17));
  ASSERT_EQ(turn.changed.size(), 1u);
  EXPECT_EQ(turn.changed[0].day, September(9));
  EXPECT_THAT(JudgeBox(Box(), turn.changed, Weekdays(2), At(September(14), 0), 99).missed,
              ElementsAre(September(11)));
}

TEST(WhisperTest, OpenedOnALaterDayItIsLate) {
  // Before it was judged, and after.
  const OpeningTurn early = OpenBox(Box(), {}, Weekdays(2), At(September(12), 9), 0, At(September(12), 9));
  ASSERT_EQ(early.changed.size(), 1u);
  EXPECT_EQ(early.changed[0].state, OpeningState::kOpenedLate);
  EXPECT_FALSE(early.changed[0].missed);
  EXPECT_THAT(early.settled, IsEmpty());
  WhisperBox judged = Box();
  judged.judged_to = September(14);
  const Opening missed{.day = September(11), .missed = true};
  const OpeningTurn late =
      OpenBox(judged, {missed}, Weekdays(2), At(September(14), 9), 2, At(September(14), 9));
  ASSERT_EQ(late.settled.size(), 1u);
  EXPECT_EQ(late.settled[0].state, OpeningState::kOpenedLate);
  EXPECT_TRUE(late.settled[0].missed);
  EXPECT_EQ(late.day, September(11));
}

TEST(WhisperTest, OpenedInTimeAndReportedLateItIsInTime) {
  WhisperBox judged = Box();
  judged.judged_to = September(12);
  const Opening missed{.day = September(11), .missed = true};
  const OpeningTurn turn =
      OpenBox(judged, {missed}, Weekdays(2), At(September(11), 16), 1, At(September(14), 9));
  ASSERT_EQ(turn.settled.size(), 1u);
  EXPECT_EQ(turn.settled[0].state, OpeningState::kOpened);
  EXPECT_TRUE(turn.settled[0].missed);
  EXPECT_EQ(turn.changed.size(), 1u);
}

TEST(WhisperTest, OpenedTwiceOnOneDayTheLettersAddUp) {
  const auto open = Weekdays(2);
  const auto first = OpenBox(Box(), {}, open, At(September(11), 12), 2, At(September(11), 12));
  const auto second = OpenBox(Box(), first.changed, open, At(September(11), 16), 3, At(September(11), 16));
  ASSERT_EQ(second.changed.size(), 1u);
  EXPECT_EQ(second.changed[0].letters, 5);
}

TEST(WhisperTest, ALetterIsAnsweredWithinItsDaysOrOnTheNextSchoolDay) {
  EXPECT_EQ(AnswerDay(September(11), 7, Weekdays(3)), September(18));
  EXPECT_EQ(AnswerDay(September(11), 7, Weekdays(3, {September(18)})), September(21));
  EXPECT_EQ(AnswerDay(September(11), 30, Weekdays(2)), CivilDay(2026, 10, 11)) << "no calendar is known then";
}

std::string ReasonOf(const absl::Status& status) { return refusal::Of(status).reason; }

TEST(WhisperTest, WhatIsRefused) {
  const absl::Time now = At(September(11), 12);
  EXPECT_EQ(ReasonOf(CheckOpenTime(now + absl::Minutes(3), now)), "OPEN_TIME_IN_FUTURE");
  EXPECT_EQ(ReasonOf(CheckOpenTime(now - absl::Hours(24 * 7 + 1), now)), "OPEN_TIME_TOO_OLD");
  EXPECT_EQ(ReasonOf(CheckLetter({.text = " \n"}, "letters[0].")), "LETTER_TEXT_MISSING");
  const FoundLetter twice{.text = "想家", .concerns = {Concern::kMood, Concern::kMood}};
  EXPECT_EQ(ReasonOf(CheckLetter(twice, "letters[0].")), "CONCERNS_INVALID");
  std::string longest;
  for (int i = 0; i < 2000; ++i) longest += "家";
  EXPECT_TRUE(CheckLetter({.text = longest}, "").ok());
  const absl::Status refused = CheckLetter({.text = longest + "秘密"}, "letters[0].");
  EXPECT_EQ(ReasonOf(refused), "LETTER_TEXT_TOO_LONG");
  EXPECT_EQ(std::string(refused.message()).find("秘密"), std::string::npos) << "a refusal tells no words";
  EXPECT_EQ(ReasonOf(CheckAnswer("")), "ANSWER_MISSING");
  WhisperBox box = Box(6);
  EXPECT_EQ(ReasonOf(CheckWhisperBox(box, "")), "WEEKDAY_UNKNOWN");
  box = Box();
  box.answer_days = 31;
  EXPECT_EQ(ReasonOf(CheckWhisperBox(box, "")), "ANSWER_DAYS_OUT_OF_RANGE");
}

}  // namespace
}  // namespace tonghu::pairing
