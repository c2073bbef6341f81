#include "services/pairing/domain/resettle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"

namespace tonghu::pairing {
namespace {

const absl::Time kMonday = clock::StartOf(absl::CivilDay(2026, 9, 7));
absl::Time On(int day, int hour = 0) { return kMonday + absl::Hours(24 * day + hour); }

Versions Built(DutyKind kind) { return {&RuleOf(kind).built_in, 1}; }

Duty Week(int week, const std::string& line = "l") {
  return {.duty_id = absl::StrCat(line, week),
          .line_id = line,
          .helper_id = "A",
          .window_start = On(7 * week),
          .window_end = On(7 * week + 7),
          .due_time = On(7 * week + 9)};
}

PairedSpan Paired(const std::string& pairing, const std::string& helper, absl::Time start,
                  absl::Time end = absl::InfiniteFuture(), const std::string& line = "l") {
  return {line, helper, start, end, pairing, PairingRole::kClassTeacher};
}

// One child as the service keeps it: reports settle, sweeps judge, changes resettle.
class Child {
 public:
  ChildFacts facts;
  absl::Time now = On(0);
  VersionsOf versions = Built;

  void JudgeUntil(absl::Time time) {
    now = time;
    for (Duty& duty : facts.duties) {
      if (duty.due_time > now || duty.state != DutyState::kOpen) continue;
      duty.state = DutyState::kMissed;
      duty.missed = true;
    }
  }
  void Report(LoggedContact contact) {
    JudgeUntil(contact.report_time);
    facts.contacts.push_back(std::move(contact));
    SettleAll(facts, facts.contacts.size() - 1, versions);
  }
  void Change(const std::vector<LoggedContact>& contacts) {
    changed.clear();
    for (const Duty& duty : Resettle(facts, contacts, versions, {now, now, "~"})) {
      changed.push_back(duty.duty_id);
      *std::find_if(facts.duties.begin(), facts.duties.end(),
                    [&](const Duty& one) { return one.duty_id == duty.duty_id; }) = duty;
    }
    facts.contacts = contacts;
  }
  void Withdraw(const std::string& id) {
    std::vector<LoggedContact> rest = facts.contacts;
    std::erase_if(rest, [&](const LoggedContact& one) { return one.contact_id == id; });
    Change(rest);
  }
  void Move(const std::string& id, absl::Time happened, ContactKind kind = ContactKind::kTalk) {
    std::vector<LoggedContact> all = facts.contacts;
    for (LoggedContact& one : all) {
      if (one.contact_id != id) continue;
      one.happen_time = happened;
      one.kind = kind;
    }
    Change(all);
  }
  const Duty& duty(const std::string& id) const {
    return *std::find_if(facts.duties.begin(), facts.duties.end(),
                         [&](const Duty& one) { return one.duty_id == id; });
  }

  std::vector<std::string> changed;
};

LoggedContact Talk(const std::string& id, absl::Time happened, absl::Time reported,
                   const std::string& helper = "A", ContactKind kind = ContactKind::kTalk) {
  return {id, helper, happened, reported, kind};
}

TEST(ResettleTest, ADutyThatLosesItsTalkIsOpenAgainOrMissed) {
  Child child;
  child.facts = {.spans = {Paired("p", "A", On(-30))}, .duties = {Week(0)}, .contacts = {}};
  child.Report(Talk("t", On(1), On(1, 1)));
  child.Withdraw("t");
  EXPECT_EQ(child.duty("l0").state, DutyState::kOpen);
  EXPECT_EQ(child.duty("l0").reopened, 0) << "it will be judged when it is due";
  child.Report(Talk("u", On(2), On(2, 1)));
  child.JudgeUntil(On(9));
  child.Withdraw("u");
  EXPECT_EQ(child.duty("l0").state, DutyState::kMissed);
  EXPECT_EQ(child.duty("l0").reopened, 1);
  child.Report(Talk("v", On(3), On(9, 1)));
  EXPECT_EQ(child.duty("l0").state, DutyState::kDoneLate);
  child.Withdraw("v");
  EXPECT_EQ(child.duty("l0").reopened, 2) << "another alert";
}

TEST(ResettleTest, AnotherTalkTakesOverAndTheOneThatMadeUpMovesOn) {
  Child child;
  child.facts = {.spans = {Paired("p", "A", On(-30))}, .duties = {Week(0), Week(1)}, .contacts = {}};
  child.Report(Talk("a", On(1), On(1, 1)));
  child.Report(Talk("b", On(2), On(2, 1)));
  child.Report(Talk("c", On(8), On(8, 1)));
  child.Withdraw("a");
  EXPECT_EQ(child.duty("l0").contact_id, "b");
  EXPECT_EQ(child.duty("l0").state, DutyState::kDone);
  EXPECT_THAT(child.changed, testing::ElementsAre("l0"));
  child.Move("b", On(2) - absl::Hours(24 * 9));
  EXPECT_EQ(child.duty("l0").state, DutyState::kOpen);
  EXPECT_EQ(child.duty("l1").contact_id, "c");
}

TEST(ResettleTest, WhatWasMissedIsDoneInTimeWhenItsTalkWasRecordedOfTheWrongWeek) {
  Child child;
  child.facts = {.spans = {Paired("p", "A", On(-30))}, .duties = {Week(0)}, .contacts = {}};
  child.Report(Talk("a", On(-4), On(1, 1)));
  child.JudgeUntil(On(20));
  EXPECT_EQ(child.duty("l0").state, DutyState::kMissed);
  child.Move("a", On(1));
  EXPECT_EQ(child.duty("l0").state, DutyState::kDone);
  EXPECT_FALSE(child.duty("l0").missed);
  EXPECT_FALSE(child.duty("l0").reported_late) << "by the first report";
}

// A talks, hands over to B, B to C; the duty of the talk stayed A's.
TEST(ResettleTest, WhoeverOwesItByNowOwesIt) {
  Child child;
  child.facts = {
      .spans = {Paired("p", "A", On(-30), On(2)), Paired("q", "B", On(2), On(5)), Paired("r", "C", On(5))},
      .duties = {Week(0)},
      .contacts = {}};
  child.Report(Talk("a", On(1), On(1, 1)));
  child.JudgeUntil(On(6));
  child.Withdraw("a");
  EXPECT_EQ(child.duty("l0").helper_id, "C");
  EXPECT_EQ(child.duty("l0").pairing_id, "r");
  EXPECT_EQ(child.duty("l0").paired_from, On(5));
}

TEST(ResettleTest, AnEndedPairingOwesNothingOfTheWeekAndWhatAnOfficerExcusedIsExcused) {
  Child ended;
  ended.facts = {.spans = {Paired("p", "A", On(-30), On(3))}, .duties = {Week(0), Week(-1)}, .contacts = {}};
  ended.Report(Talk("a", On(1), On(1, 1)));
  ended.Report(Talk("b", On(-2), On(1, 1)));
  ended.JudgeUntil(On(4));
  ended.Withdraw("a");
  EXPECT_EQ(ended.duty("l0").state, DutyState::kExcused);
  ended.Withdraw("b");
  EXPECT_EQ(ended.duty("l-1").state, DutyState::kMissed) << "its week was over: it stays owed";
  EXPECT_EQ(ended.duty("l-1").helper_id, "A");

  Child excused;
  excused.facts = {.spans = {Paired("p", "A", On(-30))}, .duties = {Week(0)}, .contacts = {}};
  excused.Report(Talk("a", On(1), On(1, 1)));
  excused.facts.duties[0].beat_excuse = true;
  excused.JudgeUntil(On(20));
  excused.Withdraw("a");
  EXPECT_EQ(excused.duty("l0").state, DutyState::kExcused);
  EXPECT_EQ(excused.duty("l0").reopened, 0);
}

TEST(ResettleTest, WhatLiesBeyondTheFactsStays) {
  Child child;
  child.facts = {.spans = {Paired("p", "A", On(-300))}, .duties = {Week(0), Week(1)}, .contacts = {}};
  child.facts.duties[0].state = DutyState::kDoneLate;  // by a talk that was not loaded
  child.facts.duties[0].made_up = true;
  child.facts.duties[0].contact_id = "long ago";
  child.Report(Talk("a", On(8), On(8, 1)));
  child.Report(Talk("b", On(9), On(9, 1)));
  child.facts.contacts.back().closed_duty_ids = "before v1";  // "before": a duty that was not loaded
  child.facts.duties.push_back(Week(1, "v"));
  child.facts.duties.back().kind = DutyKind::kHomeVisit;
  child.facts.duties.back().state = DutyState::kDone;
  child.facts.duties.back().contact_id = "b";
  child.Withdraw("a");
  EXPECT_EQ(child.duty("v1").contact_id, "b") << "as what else it closes";
  EXPECT_EQ(child.duty("l0").contact_id, "long ago");
  EXPECT_EQ(child.duty("l1").state, DutyState::kOpen) << "b has a duty";
}

// ---- From scratch, by brute force: the rule of the README and nothing of settlement.cpp.

// What counts for each kind of duty, in the first week and from the second on.
using WhatCounts = std::map<DutyKind, std::array<std::set<ContactKind>, 2>>;

// Of one kind of duty.
struct Rule {
  const ChildFacts& facts;
  std::vector<LoggedContact> contacts;
  const WhatCounts& counts;
  DutyKind kind;

  bool Counts(const LoggedContact& contact, const Duty& duty) const {
    return counts.at(duty.kind)[duty.window_start < On(7) ? 0 : 1].contains(contact.kind);
  }

  bool Paired(const LoggedContact& contact, const Duty& duty) const {
    if (!Counts(contact, duty)) return false;
    return std::any_of(facts.spans.begin(), facts.spans.end(), [&](const PairedSpan& span) {
      return span.line_id == duty.line_id && span.helper_id == contact.helper_id &&
             clock::StartOf(clock::DayOf(span.start)) <= contact.happen_time && span.end > duty.window_start;
    });
  }
  bool InWeek(const LoggedContact& contact, const Duty& duty) const {
    return duty.window_start <= contact.happen_time && contact.happen_time < duty.window_end &&
           Paired(contact, duty);
  }
  bool MakesUp(const LoggedContact& contact, const Duty& duty) const {
    return duty.window_end <= contact.happen_time &&
           contact.happen_time - duty.window_end <= absl::Hours(24 * 60) && Paired(contact, duty);
  }
  // Whether all of `in_week` and of `made_up` can be closed, each by a talk of its own: every way is tried.
  bool Feasible(std::vector<const Duty*> in_week, std::vector<const Duty*> made_up,
                std::vector<bool> used) const {
    const bool week = !in_week.empty();
    std::vector<const Duty*>& some = week ? in_week : made_up;
    if (some.empty()) return true;
    const Duty* duty = some.back();
    some.pop_back();
    for (size_t i = 0; i < contacts.size(); ++i) {
      if (used[i] || !(week ? InWeek(contacts[i], *duty) : MakesUp(contacts[i], *duty))) continue;
      used[i] = true;
      if (Feasible(in_week, made_up, used)) return true;
      used[i] = false;
    }
    return false;
  }
  // Duty → "in its week" or "made up".
  std::map<std::string, std::string> Closed() const {
    std::vector<const Duty*> ranked, in_week, made_up;
    for (const Duty& duty : facts.duties) {
      if (duty.kind == kind) ranked.push_back(&duty);
    }
    std::sort(ranked.begin(), ranked.end(), [](const Duty* a, const Duty* b) {
      return std::tie(a->window_start, a->duty_id) < std::tie(b->window_start, b->duty_id);
    });
    const auto try_each = [&](std::vector<const Duty*>& closed) {
      for (const Duty* duty : ranked) {
        if (std::find(in_week.begin(), in_week.end(), duty) != in_week.end()) continue;
        closed.push_back(duty);
        if (!Feasible(in_week, made_up, std::vector<bool>(contacts.size()))) closed.pop_back();
      }
    };
    try_each(in_week);
    try_each(made_up);
    std::map<std::string, std::string> closed;
    for (const Duty* duty : in_week) closed[duty->duty_id] = "in its week";
    for (const Duty* duty : made_up) closed[duty->duty_id] = "made up";
    return closed;
  }
};

// How each duty stands at `now`: how it is closed by all contacts, and whether those reported before its due
// time had left it open then.
std::map<std::string, std::string> FromScratch(const Child& child, const WhatCounts& counts) {
  std::map<std::string, std::string> end;
  for (const Duty& duty : child.facts.duties) {
    const auto closed = Rule{child.facts, child.facts.contacts, counts, duty.kind}.Closed();
    std::vector<LoggedContact> before;
    for (const LoggedContact& contact : child.facts.contacts) {
      if (contact.report_time < duty.due_time) before.push_back(contact);
    }
    const bool missed = duty.due_time <= child.now &&
                        !Rule{child.facts, before, counts, duty.kind}.Closed().contains(duty.duty_id);
    const auto how = closed.find(duty.duty_id);
    end[duty.duty_id] = absl::StrCat(how == closed.end() ? "" : how->second, missed ? " missed" : "");
  }
  return end;
}

std::map<std::string, std::string> Stored(const Child& child, const WhatCounts& counts) {
  std::map<std::string, std::string> end;
  std::set<std::pair<DutyKind, std::string>> used;
  for (const Duty& duty : child.facts.duties) {
    const bool closed = duty.state == DutyState::kDone || duty.state == DutyState::kDoneLate;
    RC_ASSERT(closed == !duty.contact_id.empty());
    RC_ASSERT(!closed || used.emplace(duty.kind, duty.contact_id).second);
    RC_ASSERT(!closed || (duty.state == DutyState::kDoneLate) == (duty.made_up || duty.missed));
    RC_ASSERT(closed || (duty.state == DutyState::kMissed) == duty.missed);
    if (closed) {
      const auto contact = std::find_if(child.facts.contacts.begin(), child.facts.contacts.end(),
                                        [&](const auto& one) { return one.contact_id == duty.contact_id; });
      RC_ASSERT(contact != child.facts.contacts.end());
      const Rule rule{child.facts, {}, counts, duty.kind};
      RC_ASSERT((duty.made_up ? rule.MakesUp(*contact, duty) : rule.InWeek(*contact, duty)));
      const bool late = duty.missed || contact->report_time - contact->happen_time > absl::Hours(24);
      RC_ASSERT(duty.reported_late == (late && !duty.made_up));
    }
    end[duty.duty_id] =
        absl::StrCat(closed ? (duty.made_up ? "made up" : "in its week") : "", duty.missed ? " missed" : "");
  }
  return end;
}

// Some of three kinds of contact.
std::set<ContactKind> AnyCounting() {
  std::set<ContactKind> some;
  for (const ContactKind kind : {ContactKind::kTalk, ContactKind::kHomeVisit, ContactKind::kCounselling}) {
    if (*rc::gen::inRange(0, 2) == 0) some.insert(kind);
  }
  return some;
}

// Reports, sweeps, withdrawals and corrections in any order, of a child whose line is handed over, who is
// owed two kinds of duty, under policies that say anything of what counts.
TEST(ResettleProperty, TheEndIsThatOfTheFactsFromScratchWhateverWasChangedOnTheWay) {
  EXPECT_TRUE(rc::check([] {
    Child child;
    const int handed = *rc::gen::inRange(1, 20);
    child.facts.spans = {Paired("p", "A", On(-60), On(handed)), Paired("q", "B", On(handed)),
                         Paired("m", "A", On(-60), absl::InfiniteFuture(), "m")};
    for (int week = 0; week < 3; ++week) {
      for (const char* line : {"l", "m"}) {
        if (*rc::gen::inRange(0, 3) != 0) child.facts.duties.push_back(Week(week, line));
      }
    }
    for (Duty& duty : child.facts.duties) {
      if (*rc::gen::inRange(0, 2) == 0) duty.kind = DutyKind::kHomeVisit;
    }
    WhatCounts counts;
    std::map<DutyKind, std::vector<DutyPolicy>> policies;
    for (const DutyKind kind : {DutyKind::kTalk, DutyKind::kHomeVisit}) {
      for (std::set<ContactKind>& some : counts[kind]) {
        some = AnyCounting();
        policies[kind].push_back(RuleOf(DutyKind::kTalk).built_in);
        policies[kind].back().fulfilled_by = {some.begin(), some.end()};
      }
      policies[kind][1].effective_from = absl::CivilDay(2026, 9, 14);
    }
    child.versions = [&](DutyKind kind) { return Versions(policies[kind]); };
    const auto any_kind = [] {
      return *rc::gen::element(ContactKind::kTalk, ContactKind::kHomeVisit, ContactKind::kCounselling);
    };
    int number = 0;
    for (int step = *rc::gen::inRange(1, 12); step > 0; --step) {
      child.JudgeUntil(child.now + absl::Hours(*rc::gen::inRange(1, 60)));
      const auto any = [&]() -> const LoggedContact& {
        return child.facts.contacts[*rc::gen::inRange<size_t>(0, child.facts.contacts.size())];
      };
      const int what = child.facts.contacts.empty() ? 0 : *rc::gen::inRange(0, 4);
      if (what <= 1) {
        const absl::Time happened = child.now - absl::Hours(*rc::gen::inRange(0, 200));
        child.Report(Talk(absl::StrCat("t", number++), happened, child.now,
                          *rc::gen::element<std::string>("A", "B"), any_kind()));
      } else if (what == 2) {
        child.Withdraw(std::string(any().contact_id));
      } else {
        const LoggedContact one = any();
        child.Move(one.contact_id, one.report_time - absl::Hours(*rc::gen::inRange(0, 300)), any_kind());
      }
      RC_ASSERT(Stored(child, counts) == FromScratch(child, counts));
    }
  }));
}

}  // namespace
}  // namespace tonghu::pairing
