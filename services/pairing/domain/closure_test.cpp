#include "services/pairing/domain/closure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "services/pairing/domain/settlement.h"

namespace tonghu::pairing {
namespace {

using absl::CivilDay;
using testing::ElementsAre;
using testing::Optional;

// Term from 1 September 2026; 7 September is a Monday, 10 October a Saturday with school.
const calendar::SchoolCalendar& Autumn() {
  static const auto kCalendar = calendar::SchoolCalendar::Make(
      {{CivilDay(2026, 9, 1), CivilDay(2027, 1, 15)}}, {{CivilDay(2026, 10, 1), CivilDay(2026, 10, 7)}},
      {CivilDay(2026, 10, 10)});
  return *kCalendar;
}

Window Days(CivilDay first, CivilDay last) { return {clock::StartOf(first), clock::StartOf(last + 1)}; }
Window Week(int day) { return Days(CivilDay(2026, 9, day), CivilDay(2026, 9, day + 6)); }

Closure Closing(CivilDay first, CivilDay last, std::string reason = "汛情") {
  return {absl::StrCat(reason, first - CivilDay(2026, 1, 1)), {}, {first, last}, std::move(reason)};
}
Closure September(int first, int last, std::string reason = "汛情") {
  return Closing(CivilDay(2026, 9, first), CivilDay(2026, 9, last), std::move(reason));
}

TEST(ClosureTest, HalfOfTheSchoolDaysExcuses) {
  const Window week = Week(7);
  EXPECT_EQ(ExcuseOf(week, Autumn(), {}), std::nullopt);
  EXPECT_EQ(ExcuseOf(week, Autumn(), {September(8, 9)}), std::nullopt) << "two of five days";
  EXPECT_THAT(ExcuseOf(week, Autumn(), {September(9, 13)}), Optional(std::string("停课：汛情")));
  // The first week has four school days.
  EXPECT_EQ(ExcuseOf(Week(1), Autumn(), {September(1, 1)}), std::nullopt);
  const Window first = Days(CivilDay(2026, 8, 31), CivilDay(2026, 9, 6));
  EXPECT_NE(ExcuseOf(first, Autumn(), {September(3, 4)}), std::nullopt) << "two of four";
  EXPECT_EQ(ExcuseOf(first, Autumn(), {September(4, 4)}), std::nullopt);
}

TEST(ClosureTest, OnlySchoolDaysCount) {
  EXPECT_EQ(ExcuseOf(Week(7), Autumn(), {September(11, 13)}), std::nullopt) << "a weekend is no school day";
  // 5 to 11 October: Thursday, Friday, and the Saturday with school.
  const Window short_week = Days(CivilDay(2026, 10, 5), CivilDay(2026, 10, 11));
  EXPECT_EQ(ExcuseOf(short_week, Autumn(), {Closing(CivilDay(2026, 10, 5), CivilDay(2026, 10, 8))}),
            std::nullopt);
  EXPECT_NE(ExcuseOf(short_week, Autumn(), {Closing(CivilDay(2026, 10, 9), CivilDay(2026, 10, 10))}),
            std::nullopt);
  EXPECT_EQ(ExcuseOf(Days(CivilDay(2026, 8, 1), CivilDay(2026, 8, 20)), Autumn(),
                     {Closing(CivilDay(2026, 8, 1), CivilDay(2026, 8, 20))}),
            std::nullopt)
      << "nothing is closed where there is no school";
}

TEST(ClosureTest, ClosuresAddUpAndADayClosedTwiceCountsOnce) {
  EXPECT_NE(ExcuseOf(Week(7), Autumn(), {September(7, 8), September(11, 11, "停电")}), std::nullopt);
  EXPECT_EQ(ExcuseOf(Week(7), Autumn(), {September(7, 8), September(8, 8, "停电")}), std::nullopt);
  EXPECT_THAT(ExcuseOf(Week(7), Autumn(), {September(11, 11, "停电"), September(7, 8)}),
              Optional(std::string("停课：汛情")))
      << "the reason is that of the closure that began first";
}

TEST(ClosureTest, AMonthNeedsHalfOfItsDays) {
  const Window month = Days(CivilDay(2026, 9, 1), CivilDay(2026, 9, 30));  // 22 school days
  EXPECT_EQ(ExcuseOf(month, Autumn(), {September(7, 18)}), std::nullopt) << "ten";
  EXPECT_NE(ExcuseOf(month, Autumn(), {September(7, 21)}), std::nullopt) << "eleven";
}

TEST(ClosureTest, AClosureIsOfASchoolATownshipOrTheCounty) {
  const Place school{.school_id = "s1", .township_code = "520324104"};
  EXPECT_TRUE(Closed{}.Has(school));
  EXPECT_TRUE(Closed{.township_code = "520324104"}.Has(school));
  EXPECT_FALSE(Closed{.township_code = "520324105"}.Has(school));
  EXPECT_TRUE(Closed{.school_id = "s1"}.Has(school));
  EXPECT_FALSE(Closed{.school_id = "s2"}.Has(school));
}

TEST(ClosureTest, OpenDaysLeaveOutWhatIsClosed) {
  EXPECT_THAT(OpenDays(Autumn(), {CivilDay(2026, 9, 7), CivilDay(2026, 9, 13)}, {September(8, 10)}),
              ElementsAre(CivilDay(2026, 9, 7), CivilDay(2026, 9, 11)));
}

TEST(ClosureTest, WhatIsAnnouncedIsChecked) {
  const CivilDay today(2026, 9, 9);
  const auto reason = [&](const Closure& closure) {
    const absl::Status status = CheckClosure(closure, today);
    return status.ok() ? "" : std::string(status.message());
  };
  EXPECT_EQ(reason(September(9, 13)), "");
  EXPECT_EQ(reason(Closing(today - 60, today - 1)), "");
  EXPECT_EQ(reason(Closing(today + 341, today + 400)), "");
  EXPECT_THAT(reason(September(9, 8)), testing::HasSubstr("before first_day"));
  EXPECT_THAT(reason(Closing(today, today + 60)), testing::HasSubstr("60 days"));
  EXPECT_THAT(reason(Closing(today - 61, today)), testing::HasSubstr("60 days"));
  EXPECT_THAT(reason(Closing(today - 61, today - 61)), testing::HasSubstr("60 days ago"));
  EXPECT_THAT(reason(Closing(today + 401, today + 401)), testing::HasSubstr("400 days"));
  EXPECT_THAT(reason(September(9, 9, " \t")), testing::HasSubstr("must be given"));
  std::string text;
  for (int i = 0; i < 100; ++i) text += "汛";
  EXPECT_EQ(reason(September(9, 9, text)), "");
  EXPECT_THAT(reason(September(9, 9, text + "汛")), testing::HasSubstr("100 characters"));
}

const absl::Time kDue = clock::StartOf(CivilDay(2026, 9, 16));

ClosureDuty Owed(DutyState state = DutyState::kOpen) {
  ClosureDuty one;
  one.duty = {.duty_id = "d", .line_id = "l", .helper_id = "A", .state = state};
  one.duty.window_start = clock::StartOf(CivilDay(2026, 9, 7));
  one.duty.window_end = clock::StartOf(CivilDay(2026, 9, 14));
  one.duty.due_time = kDue;
  one.duty.missed = state == DutyState::kMissed;
  return one;
}
const std::optional<std::string> kFlood = "停课：汛情";

TEST(FollowClosuresTest, OwedAndMissedDutiesAreExcusedAndDoneOnesAreLeftAlone) {
  ClosureDuty one = Owed();
  EXPECT_EQ(FollowClosures(one, kFlood, kDue), ClosureTurn::kExcused);
  EXPECT_EQ(one.duty.state, DutyState::kExcused);
  EXPECT_EQ(one.excuse, "停课：汛情");
  EXPECT_EQ(FollowClosures(one, kFlood, kDue), ClosureTurn::kNone) << "once";
  one = Owed(DutyState::kMissed);
  EXPECT_EQ(FollowClosures(one, kFlood, kDue), ClosureTurn::kExcused);
  EXPECT_TRUE(one.duty.missed) << "that it had been missed is history";
  for (const DutyState state : {DutyState::kDone, DutyState::kDoneLate, DutyState::kExcused}) {
    one = Owed(state);
    EXPECT_EQ(FollowClosures(one, kFlood, kDue), ClosureTurn::kNone);
    EXPECT_EQ(FollowClosures(one, std::nullopt, kDue), ClosureTurn::kNone);
    EXPECT_EQ(one.duty.state, state);
    EXPECT_FALSE(one.by_closure) << "an officer's excuse is not the closures'";
  }
}

TEST(FollowClosuresTest, WithoutTheClosureADutyIsOwedAgainAndJudgedAgainWhenItWasDue) {
  ClosureDuty one = Owed();
  FollowClosures(one, kFlood, kDue - absl::Hours(40));
  EXPECT_EQ(FollowClosures(one, std::nullopt, kDue - absl::Hours(40)), ClosureTurn::kOwedAgain);
  EXPECT_EQ(one.duty.state, DutyState::kOpen);
  EXPECT_EQ(one.duty.due_time, kDue) << "not due yet";
  EXPECT_EQ(one.excuse, "");
  FollowClosures(one, kFlood, kDue);
  EXPECT_EQ(FollowClosures(one, std::nullopt, kDue + absl::Hours(3)), ClosureTurn::kOwedAgain);
  EXPECT_EQ(one.duty.due_time, kDue + absl::Hours(3)) << "due anew";
  FollowClosures(one, kFlood, kDue + absl::Hours(3));
  FollowClosures(one, std::nullopt, kDue + absl::Hours(3));
  EXPECT_EQ(one.duty.due_time, kDue + absl::Hours(3) + absl::Microseconds(1)) << "another due time each time";
}

TEST(FollowClosuresTest, APairingThatEndedOwesNothingWithoutTheClosure) {
  ClosureDuty one = Owed();
  FollowClosures(one, kFlood, kDue);
  one.by_end = true;
  EXPECT_EQ(FollowClosures(one, std::nullopt, kDue), ClosureTurn::kNone);
  EXPECT_EQ(one.duty.state, DutyState::kExcused);
  EXPECT_EQ(one.excuse, kExcusedByEnd);
  EXPECT_FALSE(one.by_closure);
}

TEST(FollowClosuresTest, AnotherClosureThatExcusesTooOnlyChangesTheReason) {
  ClosureDuty one = Owed();
  FollowClosures(one, kFlood, kDue);
  EXPECT_EQ(FollowClosures(one, "停课：停电", kDue), ClosureTurn::kNone);
  EXPECT_EQ(one.excuse, "停课：停电");
}

// One week's duty, and what happens to it: closures come and go, contacts of the window are reported, the
// duty is judged.
class Story {
 public:
  explicit Story(const std::vector<Closure>& closures) : closures_(closures) {
    facts_.spans = {{"l", "A", clock::StartOf(CivilDay(2026, 8, 1))}};
    facts_.duties = {one_.duty};
  }

  void Announce(size_t i) {
    standing_.insert(i);
    Follow();
  }
  void Withdraw(size_t i) {
    standing_.erase(i);
    Follow();
  }
  void Judge() {
    now_ = std::max(now_, one_.duty.due_time);
    if (one_.duty.state != DutyState::kOpen) return;
    one_.duty.state = DutyState::kMissed;
    one_.duty.missed = true;
  }
  void Talk(int day) {
    facts_.duties = {one_.duty};
    facts_.contacts.push_back({absl::StrCat("t", day), "A",
                               clock::StartOf(CivilDay(2026, 9, 7) + day) + absl::Hours(9),
                               kDue + absl::Hours(1)});
    Settle(facts_, facts_.contacts.size() - 1, DutyKind::kTalk, {&RuleOf(DutyKind::kTalk).built_in, 1});
    one_.duty = facts_.duties[0];
    if (one_.duty.state != DutyState::kExcused) one_.by_closure = false;
  }
  // What stands in the end, after what is due was judged.
  std::string End() {
    Judge();
    return absl::StrCat(
        static_cast<int>(one_.duty.state == DutyState::kDoneLate ? DutyState::kDone : one_.duty.state),
        one_.duty.state == DutyState::kExcused ? one_.excuse : "");
  }
  const Duty& duty() const { return one_.duty; }

 private:
  void Follow() {
    std::vector<Closure> standing;
    for (const size_t i : standing_) standing.push_back(closures_[i]);
    FollowClosures(one_, ExcuseOf({one_.duty.window_start, one_.duty.window_end}, Autumn(), standing), now_);
  }

  const std::vector<Closure>& closures_;
  std::set<size_t> standing_;
  absl::Time now_ = kDue - absl::Hours(100);
  ClosureDuty one_ = Owed();
  ChildFacts facts_;
};

// The same closures, withdrawals, talks and judging, in any order in which a withdrawal follows its
// announcement, end the same: done if there was a talk, else as the closures that stand say.
TEST(FollowClosuresTest, TheEndDoesNotDependOnTheOrder) {
  EXPECT_TRUE(rc::check([] {
    std::vector<Closure> closures;
    std::vector<std::pair<char, size_t>> steps = {{'j', 0}};
    std::set<size_t> standing;
    const size_t count = *rc::gen::inRange(0, 5);
    for (size_t i = 0; i < count; ++i) {
      const int first = *rc::gen::inRange(1, 15);
      closures.push_back(September(first, first + *rc::gen::inRange(0, 6), absl::StrCat("r", i)));
      steps.emplace_back('a', i);
      if (*rc::gen::arbitrary<bool>()) {
        steps.emplace_back('w', i);
      } else {
        standing.insert(i);
      }
    }
    const bool talked = *rc::gen::arbitrary<bool>();
    if (talked) steps.emplace_back('t', *rc::gen::inRange(0, 7));
    for (int n = *rc::gen::inRange(0, 30); n > 0; --n) {
      const size_t a = *rc::gen::inRange<size_t>(0, steps.size());
      const size_t b = *rc::gen::inRange<size_t>(0, steps.size());
      std::swap(steps[a], steps[b]);
    }
    Story story(closures);
    std::set<size_t> announced;
    for (const auto& [what, i] : steps) {
      // Of a closure that is withdrawn the first of the two steps announces.
      if (what == 'j') story.Judge();
      if (what == 't') story.Talk(static_cast<int>(i));
      if (what != 'a' && what != 'w') continue;
      if (announced.insert(i).second) {
        story.Announce(i);
      } else {
        story.Withdraw(i);
      }
    }
    std::vector<Closure> in_force;
    for (const size_t i : standing) in_force.push_back(closures[i]);
    const auto excuse = ExcuseOf(Week(7), Autumn(), in_force);
    RC_ASSERT(story.End() == (talked ? "2" : excuse.has_value() ? absl::StrCat("4", *excuse) : "3"));
    // Whoever was judged missed is done late, in whatever order talk and closure came.
    if (talked) RC_ASSERT((story.duty().state == DutyState::kDoneLate) == story.duty().missed);
  }));
}

}  // namespace
}  // namespace tonghu::pairing
