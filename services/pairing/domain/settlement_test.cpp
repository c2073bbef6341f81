#include "services/pairing/domain/settlement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"

namespace tonghu::pairing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Versions Built() { return {&RuleOf(DutyKind::kTalk).built_in, 1}; }

const absl::Time kMonday = clock::StartOf(absl::CivilDay(2026, 9, 7));

absl::Time On(int day, int hour = 0) { return kMonday + absl::Hours(24 * day + hour); }

// The duty of week 0, 1, …, of line "l" and helper A, unless told otherwise.
Duty Week(int week, DutyState state = DutyState::kOpen, std::string line = "l") {
  return {.duty_id = absl::StrCat(line, week),
          .line_id = line,
          .helper_id = "A",
          .state = state,
          .window_start = On(7 * week),
          .window_end = On(7 * week + 7),
          .due_time = On(7 * week + 9),
          .missed = state == DutyState::kMissed};
}

// One child paired with A all the time.
class SettlementTest : public testing::Test {
 protected:
  // Gives the names of the duties that change.
  std::vector<std::string> Report(const std::string& helper, absl::Time happened, absl::Time reported) {
    facts_.contacts.push_back({absl::StrCat("t", facts_.contacts.size()), helper, happened, reported});
    std::vector<std::string> changed;
    for (const size_t i : Settle(facts_, facts_.contacts.size() - 1, DutyKind::kTalk, Built()))
      changed.push_back(facts_.duties[i].duty_id);
    return changed;
  }
  void Judge(size_t i) {
    if (facts_.duties[i].state != DutyState::kOpen) return;
    facts_.duties[i].state = DutyState::kMissed;
    facts_.duties[i].missed = true;
  }

  ChildFacts facts_{.spans = {{"l", "A", On(-30)}}, .duties = {}, .contacts = {}};
};

TEST_F(SettlementTest, HappenedInTheWeekIsDoneHoweverLateItIsReported) {
  facts_.duties = {Week(0), Week(1)};
  EXPECT_THAT(Report("A", On(6), On(8)), ElementsAre("l0"));
  EXPECT_EQ(facts_.duties[0].state, DutyState::kDone);
  EXPECT_TRUE(facts_.duties[0].reported_late);
  EXPECT_THAT(Report("A", On(8), On(8, 1)), ElementsAre("l1"));
  EXPECT_FALSE(facts_.duties[1].reported_late);
}

TEST_F(SettlementTest, TheFirstInstantOfNextWeekIsNextWeek) {
  facts_.duties = {Week(0), Week(1)};
  EXPECT_THAT(Report("A", On(7), On(7, 1)), ElementsAre("l1"));
  EXPECT_THAT(Report("A", On(7) - absl::Microseconds(1), On(7, 1)), ElementsAre("l0"));
}

TEST_F(SettlementTest, AMissedDutyIsReportedOrMadeUpForAfterwardsTheOldestFirst) {
  facts_.duties = {Week(1, DutyState::kMissed), Week(0, DutyState::kMissed)};
  EXPECT_THAT(Report("A", On(8), On(17)), ElementsAre("l1"));
  EXPECT_EQ(facts_.duties[0].state, DutyState::kDoneLate);
  EXPECT_FALSE(facts_.duties[0].made_up);
  EXPECT_THAT(Report("A", On(15), On(17)), ElementsAre("l0"));
  EXPECT_EQ(facts_.duties[1].state, DutyState::kDoneLate);
  EXPECT_TRUE(facts_.duties[1].made_up);
}

// Windows before two festivals that lie a day apart: ten days each, from day 0 and from day 1.
TEST_F(SettlementTest, AContactBeforeTwoFestivalsDoesTheFirstAndMovesForOneThatCanDoNoOther) {
  const auto before = [](const char* id, int first) {
    Duty duty = Week(0);
    duty.duty_id = id;
    duty.window_start = On(first);
    duty.window_end = On(first + 10);
    return duty;
  };
  for (const bool early_first : {true, false}) {
    facts_.contacts.clear();
    facts_.duties = {before("children's day", 1), before("dragon boat", 0)};
    EXPECT_THAT(Report("A", On(5), On(5, 1)), ElementsAre("dragon boat"));
    EXPECT_THAT(Report("A", On(early_first ? 0 : 6), On(6, 1)),
                early_first ? testing::Matcher<std::vector<std::string>>(
                                  UnorderedElementsAre("dragon boat", "children's day"))
                            : testing::Matcher<std::vector<std::string>>(ElementsAre("children's day")));
    EXPECT_THAT(Report("A", On(7), On(7, 1)), IsEmpty());
  }
}

// Term ends on Friday; the talk is on the Monday after.
TEST_F(SettlementTest, AMakeUpCountsWhetherReportedBeforeTheDutyIsJudgedOrAfter) {
  for (const bool judged_first : {false, true}) {
    facts_.contacts.clear();
    facts_.duties = {Week(0)};
    if (judged_first) Judge(0);
    EXPECT_THAT(Report("A", On(7, 9), judged_first ? On(9, 10) : On(7, 10)), ElementsAre("l0"));
    Judge(0);
    EXPECT_EQ(facts_.duties[0].state, DutyState::kDoneLate);
    EXPECT_TRUE(facts_.duties[0].made_up);
    EXPECT_EQ(facts_.duties[0].missed, judged_first) << "nobody is alerted about what was made up for before";
  }
}

TEST_F(SettlementTest, ATalkOfTheWeekFreesTheOneThatMadeUp) {
  facts_.duties = {Week(0), Week(1), Week(2)};
  Judge(0), Judge(1);
  EXPECT_THAT(Report("A", On(15), On(15, 1)), ElementsAre("l2"));
  EXPECT_THAT(Report("A", On(16), On(16, 1)), ElementsAre("l0"));
  EXPECT_THAT(Report("A", On(3), On(17)), UnorderedElementsAre("l0", "l1"))
      << "l0 has its own, the make-up goes to l1";
  EXPECT_FALSE(facts_.duties[0].made_up);
  EXPECT_TRUE(facts_.duties[1].made_up);
  EXPECT_THAT(Report("A", On(4), On(17)), IsEmpty()) << "one talk closes one duty at most";
}

TEST_F(SettlementTest, AContactLeavesDutiesOfAnotherKindAlone) {
  facts_.duties = {Week(0, DutyState::kMissed), Week(1)};
  for (Duty& duty : facts_.duties) duty.kind = DutyKind{2};
  EXPECT_THAT(Report("A", On(8), On(8, 1)), IsEmpty());
  EXPECT_EQ(CloseDirectly(facts_, facts_.contacts.front(), DutyKind::kTalk, Built()).kind,
            Direct::Kind::kNothing);
}

TEST_F(SettlementTest, NothingIsMadeUpForAfterSixtyDays) {
  facts_.duties = {Week(0, DutyState::kMissed)};
  EXPECT_THAT(Report("A", On(67) + absl::Microseconds(1), On(68)), IsEmpty());
  EXPECT_THAT(Report("A", On(67), On(68)), ElementsAre("l0"));
}

// A, handed over to B on Wednesday, to C on Thursday.
TEST_F(SettlementTest, WhoeverWasPairedInTheWeekCounts) {
  facts_.spans = {{"l", "A", On(-30), On(2, 10)}, {"l", "B", On(2, 10), On(3, 10)}, {"l", "C", On(3, 10)}};
  facts_.duties = {Week(0)};
  EXPECT_THAT(Report("C", On(1), On(4)), IsEmpty()) << "before C was paired";
  EXPECT_THAT(Report("X", On(1), On(4)), IsEmpty());
  EXPECT_THAT(Report("A", On(1), On(4)), ElementsAre("l0"));
}

TEST_F(SettlementTest, TalksOfAnotherLineDoNotCount) {
  facts_.spans.push_back({"m", "B", On(-30)});
  facts_.duties = {Week(0)};
  EXPECT_THAT(Report("B", On(1), On(1, 1)), IsEmpty());
  EXPECT_THAT(Report("A", On(1), On(1, 1)), ElementsAre("l0"));
}

TEST_F(SettlementTest, TalksMoveSoThatMoreIsClosed) {
  facts_.spans = {{"l", "A", On(-30)}, {"m", "A", On(-30)}, {"l", "B", On(-30)}};
  facts_.duties = {Week(0), Week(0, DutyState::kOpen, "m")};
  EXPECT_THAT(Report("A", On(1), On(1, 1)), ElementsAre("l0"));
  EXPECT_THAT(Report("B", On(2), On(2, 1)), UnorderedElementsAre("l0", "m0")) << "B can do l only, A both";
}

TEST_F(SettlementTest, AnExcusedDutyIsDoneByATalkOfItsWeekAndMadeUpForByNone) {
  facts_.duties = {Week(0, DutyState::kExcused)};
  EXPECT_THAT(Report("A", On(8), On(8, 1)), IsEmpty());
  EXPECT_THAT(Report("A", On(3), On(8, 1)), ElementsAre("l0"));
  EXPECT_EQ(facts_.duties[0].state, DutyState::kDone);
}

// A county lets a home visit do for a talk too, from the second week on.
TEST_F(SettlementTest, AContactClosesADutyOfEachKindForWhichItCounts) {
  std::vector<DutyPolicy> talks = {RuleOf(DutyKind::kTalk).built_in, RuleOf(DutyKind::kTalk).built_in};
  talks[1].effective_from = absl::CivilDay(2026, 9, 14);
  talks[1].fulfilled_by.push_back(ContactKind::kHomeVisit);
  const VersionsOf versions = [&](DutyKind kind) {
    return kind == DutyKind::kTalk ? Versions(talks) : Versions(&RuleOf(kind).built_in, 1);
  };
  facts_.duties = {Week(0), Week(1), Week(1, DutyState::kOpen, "visit")};
  facts_.duties[2].line_id = "l";
  facts_.duties[2].kind = DutyKind::kHomeVisit;
  const auto report = [&](ContactKind kind, absl::Time happened) {
    facts_.contacts.push_back({absl::StrCat("t", facts_.contacts.size()), "A", happened, happened, kind});
    std::vector<std::string> changed;
    for (const size_t i : SettleAll(facts_, facts_.contacts.size() - 1, versions))
      changed.push_back(facts_.duties[i].duty_id);
    return changed;
  };
  EXPECT_THAT(report(ContactKind::kHomeVisit, On(1)), IsEmpty()) << "no visit is owed, and it is no talk yet";
  EXPECT_THAT(report(ContactKind::kHomeVisit, On(8)), UnorderedElementsAre("l1", "visit1"));
  EXPECT_EQ(facts_.duties[1].contact_id, facts_.duties[2].contact_id);
  EXPECT_THAT(report(ContactKind::kTalk, On(9)), ElementsAre("l0")) << "a talk makes up, which no visit can";
  EXPECT_THAT(SettleAll(facts_, 1, versions), IsEmpty()) << "what closes a duty of a kind closes no other";
}

// The class teacher A and the proxy parent B visit the child together; B's line was C's before.
TEST_F(SettlementTest, AContactOfSeveralCountsForTheLineOfEach) {
  facts_.spans = {{"l", "A", On(-30)}, {"m", "C", On(-30), On(0, 8)}, {"m", "B", On(0, 8)}};
  facts_.duties = {Week(0, DutyState::kMissed), Week(1), Week(0, DutyState::kMissed, "m"),
                   Week(1, DutyState::kOpen, "m")};
  const auto report = [&](std::string together, absl::Time happened) {
    const LoggedContact whole{.contact_id = absl::StrCat("t", facts_.contacts.size()),
                              .helper_id = "A",
                              .happen_time = happened,
                              .report_time = happened,
                              .together_with = std::move(together)};
    std::vector<std::string> changed;
    for (LoggedContact& part : PartsOf(whole, facts_.spans)) {
      facts_.contacts.push_back(std::move(part));
      for (const size_t i : Settle(facts_, facts_.contacts.size() - 1, DutyKind::kTalk, Built()))
        changed.push_back(facts_.duties[i].duty_id);
    }
    return changed;
  };
  EXPECT_THAT(report("B", On(8)), UnorderedElementsAre("l1", "m1"));
  EXPECT_EQ(facts_.duties[1].contact_id, facts_.duties[3].contact_id);
  EXPECT_THAT(report("B C", On(9)), UnorderedElementsAre("l0", "m0")) << "B and C are of one line";
  EXPECT_THAT(report("", On(9, 1)), IsEmpty());
}

// ---- Any order

// A child's windows and contacts: two lines, of which one is handed over, some duties excused. What counts
// for a talk changes with the second week.
struct Story {
  ChildFacts facts;  // contacts: all, none reported yet
  std::vector<DutyPolicy> policies;

  bool Counts(const LoggedContact& contact, const Duty& duty) const {
    const auto& by = policies[duty.window_start < On(7) ? 0 : 1].fulfilled_by;
    return std::count(by.begin(), by.end(), contact.kind) > 0;
  }
};

enum class Windows {
  kWeeks,        // one or two duties a week
  kOverlapping,  // besides, windows of any length, as those of terms of two schools
};

// `several`: some contacts are made by several helpers.
Story AnyStory(Windows windows = Windows::kWeeks, bool several = false) {
  Story story;
  const int handed = *rc::gen::inRange(0, 21), again = *rc::gen::inRange(0, 21);
  story.facts.spans = {{"l", "A", On(-30), On(std::min(handed, again))},
                       {"l", "B", On(std::min(handed, again)), On(std::max(handed, again))},
                       {"l", "C", On(std::max(handed, again))},
                       {"m", "B", On(-30)}};
  for (int week = 0; week < 3; ++week) {
    for (const char* line : {"l", "m"}) {
      // Half of the weeks have one duty, the others none or two.
      for (int times = std::min(*rc::gen::inRange(0, 4), 2); times > 0; --times) {
        const bool excused = *rc::gen::inRange(0, 6) == 0;
        story.facts.duties.push_back(Week(week, excused ? DutyState::kExcused : DutyState::kOpen, line));
        Duty& duty = story.facts.duties.back();
        absl::StrAppend(&duty.duty_id, "-", times);
        if (windows == Windows::kWeeks || *rc::gen::inRange(0, 2) == 0) continue;
        duty.window_start = On(*rc::gen::inRange(0, 20));
        duty.window_end = duty.window_start + absl::Hours(24 * *rc::gen::inRange(3, 25));
      }
    }
  }
  const int talks = *rc::gen::inRange(1, 9);
  for (int i = 0; i < talks; ++i) {
    const std::string helper(1, *rc::gen::element('A', 'B', 'C'));
    const absl::Time happened = On(*rc::gen::inRange(0, 28), *rc::gen::inRange(0, 24));
    const ContactKind kind =
        *rc::gen::element(ContactKind::kTalk, ContactKind::kTalk, ContactKind::kHomeVisit);
    story.facts.contacts.push_back({absl::StrCat("t", i), helper, happened, absl::InfinitePast(), kind});
    std::string& together = story.facts.contacts.back().together_with;
    for (const char* other : {"A", "B", "C"}) {
      if (several && other != helper && *rc::gen::inRange(0, 3) == 0)
        absl::StrAppend(&together, together.empty() ? "" : " ", other);
    }
  }
  using enum ContactKind;
  for (int version = 0; version < 2; ++version) {
    story.policies.push_back(RuleOf(DutyKind::kTalk).built_in);
    using Kinds = std::vector<ContactKind>;
    story.policies.back().fulfilled_by = *rc::gen::element(Kinds{kTalk}, Kinds{kTalk, kHomeVisit},
                                                           Kinds{kTalk, kHomeVisit}, Kinds{kHomeVisit});
  }
  story.policies[1].effective_from = absl::CivilDay(2026, 9, 14);
  return story;
}

using End = std::map<std::string, std::string>;  // duty → how it stands, without whether it had been missed

// Reports the talks in an order, judging each duty before one of them.
End Tell(const Story& story, const std::vector<size_t>& order, const std::vector<int>& judged_before) {
  ChildFacts facts = story.facts;
  facts.contacts.clear();
  const auto judge = [&](int step) {
    for (size_t i = 0; i < facts.duties.size(); ++i) {
      Duty& duty = facts.duties[i];
      if (judged_before[i] != step || duty.state != DutyState::kOpen) continue;
      duty.state = DutyState::kMissed;
      duty.missed = true;
    }
  };
  const std::vector<Duty> none;
  for (size_t step = 0; step < order.size(); ++step) {
    judge(static_cast<int>(step));
    const std::vector<Duty> before = facts.duties;
    for (LoggedContact& part : PartsOf(story.facts.contacts[order[step]], facts.spans)) {
      part.report_time = part.happen_time + absl::Hours(1);
      facts.contacts.push_back(std::move(part));
      Settle(facts, facts.contacts.size() - 1, DutyKind::kTalk, story.policies);
    }
    for (size_t i = 0; i < before.size(); ++i)
      RC_ASSERT(before[i].contact_id.empty() || !facts.duties[i].contact_id.empty());
  }
  judge(static_cast<int>(order.size()));
  End end;
  std::set<std::string> used, used_by_alone;
  for (const Duty& duty : facts.duties) {
    const bool closed = duty.state == DutyState::kDone || duty.state == DutyState::kDoneLate;
    RC_ASSERT(closed != duty.contact_id.empty());
    RC_ASSERT(!closed || used.insert(absl::StrCat(duty.contact_id, " ", duty.line_id)).second);
    for (const LoggedContact& contact : story.facts.contacts) {
      if (contact.contact_id == duty.contact_id && contact.together_with.empty())
        RC_ASSERT(used_by_alone.insert(duty.contact_id).second);
    }
    end[duty.duty_id] = duty.state == DutyState::kExcused ? "excused"
                        : !closed                         ? "missed"
                        : duty.made_up                    ? "made up"
                                                          : "in its week";
  }
  return end;
}

std::vector<size_t> AnyOrder(size_t size) {
  std::vector<size_t> order(size);
  std::iota(order.begin(), order.end(), 0);
  for (size_t i = size; i > 1; --i) std::swap(order[i - 1], order[*rc::gen::inRange<size_t>(0, i)]);
  return order;
}

std::vector<int> AnyJudging(const Story& story) {
  std::vector<int> steps;
  for (size_t i = 0; i < story.facts.duties.size(); ++i)
    steps.push_back(*rc::gen::inRange(0, static_cast<int>(story.facts.contacts.size()) + 1));
  return steps;
}

TEST(SettlementProperty, TheSameFactsGiveTheSameEndInAnyOrderOfReportsAndJudgements) {
  EXPECT_TRUE(rc::check([] {
    const Story story = AnyStory(*rc::gen::element(Windows::kWeeks, Windows::kOverlapping), /*several=*/true);
    const size_t talks = story.facts.contacts.size();
    const End one = Tell(story, AnyOrder(talks), AnyJudging(story));
    RC_ASSERT(Tell(story, AnyOrder(talks), AnyJudging(story)) == one);
  }));
}

// How many duties can be closed by talks of their week: every way is tried.
int MostInWeek(const Story& story, size_t talk, std::set<std::string>& closed) {
  if (talk == story.facts.contacts.size()) return static_cast<int>(closed.size());
  int most = MostInWeek(story, talk + 1, closed);
  const LoggedContact& one = story.facts.contacts[talk];
  for (const Duty& duty : story.facts.duties) {
    const bool in_week = duty.window_start <= one.happen_time && one.happen_time < duty.window_end;
    const bool paired =
        std::any_of(story.facts.spans.begin(), story.facts.spans.end(), [&](const PairedSpan& span) {
          return span.line_id == duty.line_id && span.helper_id == one.helper_id &&
                 span.end > duty.window_start && CountsFrom(span.start) <= one.happen_time;
        });
    if (!in_week || !paired || !story.Counts(one, duty) || !closed.insert(duty.duty_id).second) continue;
    most = std::max(most, MostInWeek(story, talk + 1, closed));
    closed.erase(duty.duty_id);
  }
  return most;
}

TEST(SettlementProperty, AsManyAsPossibleAreClosedInTheirWeek) {
  EXPECT_TRUE(rc::check([] {
    const Story story = AnyStory(*rc::gen::element(Windows::kWeeks, Windows::kOverlapping));
    int in_week = 0;
    for (const auto& [duty, how] : Tell(story, AnyOrder(story.facts.contacts.size()), AnyJudging(story)))
      in_week += how == "in its week" ? 1 : 0;
    std::set<std::string> closed;
    RC_ASSERT(in_week == MostInWeek(story, 0, closed));
  }));
}

// What a talk's window alone tells: its duties that no talk of the week has closed, each with the pairing
// that owes it, whose end is not known.
ChildFacts WindowOf(const ChildFacts& few, const LoggedContact& talk) {
  ChildFacts window;
  for (const Duty& duty : few.duties) {
    if (talk.happen_time < duty.window_start || duty.window_end <= talk.happen_time) continue;
    std::vector<PairedSpan> owing;
    for (const PairedSpan& span : few.spans) {
      if (span.line_id == duty.line_id && span.end > duty.window_start) owing.push_back(span);
    }
    if (owing.empty()) continue;
    PairedSpan& one = owing[*rc::gen::inRange<size_t>(0, owing.size())];
    window.spans.push_back({one.line_id, one.helper_id, one.start});
    window.duties.push_back(duty);
  }
  return window;
}

// What LogContacts does: by the talk's window or else directly where it can, else with everything.
TEST(SettlementProperty, WhatIsClosedDirectlyIsWhatWouldBeClosedKnowingAll) {
  EXPECT_TRUE(rc::check([] {
    const Story story = AnyStory();
    ChildFacts all = story.facts;
    all.contacts.clear();
    for (size_t i = 0; i < all.duties.size(); ++i) {
      if (*rc::gen::inRange(0, 3) == 0 && all.duties[i].state == DutyState::kOpen) {
        all.duties[i].state = DutyState::kMissed;
        all.duties[i].missed = true;
      }
    }
    for (const size_t t : AnyOrder(story.facts.contacts.size())) {
      all.contacts.push_back(story.facts.contacts[t]);
      all.contacts.back().report_time = On(30);
      ChildFacts few{.spans = all.spans, .duties = {}, .contacts = {}};
      for (const Duty& duty : all.duties) {
        if (duty.contact_id.empty() || duty.made_up) few.duties.push_back(duty);
      }
      const ChildFacts window = WindowOf(few, all.contacts.back());
      const Direct at_once = CloseDirectly(window, all.contacts.back(), DutyKind::kTalk, story.policies);
      const Direct direct = CloseDirectly(few, all.contacts.back(), DutyKind::kTalk, story.policies);
      const std::vector<size_t> changed =
          Settle(all, all.contacts.size() - 1, DutyKind::kTalk, story.policies);
      if (at_once.kind == Direct::Kind::kCloses) {
        RC_ASSERT(changed.size() == 1u);
        RC_ASSERT(all.duties[changed[0]].duty_id == window.duties[at_once.duty].duty_id);
      }
      if (direct.kind == Direct::Kind::kNothing) RC_ASSERT(changed.empty());
      if (direct.kind != Direct::Kind::kCloses) continue;
      RC_ASSERT(changed.size() == 1u);
      RC_ASSERT(all.duties[changed[0]].duty_id == few.duties[direct.duty].duty_id);
    }
  }));
}

}  // namespace
}  // namespace tonghu::pairing
