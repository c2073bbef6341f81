#include "services/pairing/domain/policy_trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/ids/ids.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {
namespace {

using absl::CivilDay;
using testing::ElementsAre;

constexpr char kCounty[] = "520521";
const absl::Time kMonday = clock::StartOf(CivilDay(2026, 9, 7));

// A time by its day, counted from Monday, 7 September.
absl::Time On(int day, int hour = 0) { return kMonday + absl::Hours(24 * day + hour); }

calendar::SchoolCalendar Autumn() {
  return *calendar::SchoolCalendar::Make({{CivilDay(2026, 9, 7), CivilDay(2027, 1, 15)}}, {}, {});
}

TriedPolicy Weekly(int times = 1) {
  TriedPolicy tried{kCounty, DutyKind::kTalk, RuleOf(DutyKind::kTalk).built_in};
  tried.policy.cadence = {Period::kWeek, 1, times};
  return tried;
}
TriedPolicy MonthlyVisit() {
  TriedPolicy tried{kCounty, DutyKind::kHomeVisit, RuleOf(DutyKind::kHomeVisit).built_in};
  tried.policy.cadence = {Period::kMonth, 1, 1};
  return tried;
}

// A child with a class teacher A from the term's beginning on.
class PolicyTrialTest : public testing::Test {
 protected:
  void Report(absl::Time happened, absl::Time reported, const std::string& helper = "A",
              ContactKind kind = ContactKind::kTalk) {
    past_.contacts.push_back({absl::StrCat("c", past_.contacts.size()), helper, happened, reported, kind});
  }
  static PastPairing Pair(const std::string& helper, absl::Time start,
                          absl::Time end = absl::InfiniteFuture(),
                          PairingRole role = PairingRole::kClassTeacher, absl::Time owed_from = On(0, 8)) {
    return {{ids::Derived("line"), helper, start, end}, role, owed_from};
  }
  std::vector<Duty> Duties(const TriedPolicy& tried, absl::Time now) const {
    const auto windows = OwedWindows({&tried.policy, 1}, calendar_, CivilDay(2026, 8, 1), clock::DayOf(now));
    auto duties = PlayOut(tried, windows, past_, now);
    std::sort(duties.begin(), duties.end(), [](const Duty& a, const Duty& b) {
      return std::pair(a.window_start, a.state) < std::pair(b.window_start, b.state);
    });
    return duties;
  }
  // What became of each duty that is due by `now`, in the order of their windows: "done".
  std::vector<std::string> Ends(const TriedPolicy& tried, absl::Time now) const {
    std::vector<std::string> ends;
    for (const Duty& duty : Duties(tried, now)) {
      if (duty.due_time > now) continue;
      std::string end = duty.state == DutyState::kDone      ? "done"
                        : duty.state == DutyState::kMissed  ? "missed"
                        : duty.state == DutyState::kExcused ? "excused"
                                                            : "done late";
      if (duty.reported_late) end += " reported late";
      if (duty.made_up) end += " made up";
      if (duty.missed && duty.state != DutyState::kMissed) end += " alerted";
      ends.push_back(end);
    }
    return ends;
  }

  calendar::SchoolCalendar calendar_ = Autumn();
  ChildPast past_{.pairings = {Pair("A", On(0, 8))}, .contacts = {}};
};

TEST_F(PolicyTrialTest, EachDutyStandsAsItsReportsLeaveIt) {
  Report(On(1), On(1, 1));    // week 0
  Report(On(8), On(15));      // week 1, within the grace
  Report(On(15), On(24));     // week 2, after it was due
  Report(On(28, 9), On(29));  // week 4, two talks: the second makes up for week 3, which is not due yet
  Report(On(28, 8), On(28, 9));
  EXPECT_THAT(Ends(Weekly(), On(7 * 6)),
              ElementsAre("done", "done reported late", "done late reported late alerted",
                          "done late made up", "done"));
  Report(On(37), On(37, 1));  // week 5
  EXPECT_EQ(Ends(Weekly(), On(7 * 6 + 2)).back(), "done");
  EXPECT_EQ(Ends(Weekly(), On(7 * 7 + 2)).back(), "missed") << "week 6";
}

TEST_F(PolicyTrialTest, ReportsComeInTheirOrderWhateverTheOrderOfTheRows) {
  Report(On(15), On(24));
  Report(On(8), On(8, 1));
  Report(On(1), On(1, 1));
  const auto ends = Ends(Weekly(), On(7 * 4));
  std::reverse(past_.contacts.begin(), past_.contacts.end());
  EXPECT_EQ(Ends(Weekly(), On(7 * 4)), ends);
  EXPECT_THAT(ends, ElementsAre("done", "done", "done late reported late alerted"));
}

TEST_F(PolicyTrialTest, OfReportsOfOneInstantTheEarlierContactGoesFirst) {
  Report(On(2), On(3, 1));
  Report(On(1), On(3, 1));
  EXPECT_THAT(Ends(Weekly(), On(10)), ElementsAre("done reported late"));
}

// What a county wants to know: a duty that was not owed, against what was done all the same.
TEST_F(PolicyTrialTest, ADraftOfAnotherCadenceIsPlayedOutOverTheSameContacts) {
  Report(On(3), On(3, 1), "A", ContactKind::kHomeVisit);
  Report(On(60), On(60, 1), "A",
         ContactKind::kHomeVisit);  // 6 November: makes up for October as well? One duty only.
  EXPECT_THAT(Ends(MonthlyVisit(), On(90)), ElementsAre("done", "missed", "done"));
  Report(On(61), On(61, 1), "A", ContactKind::kHomeVisit);
  EXPECT_THAT(Ends(MonthlyVisit(), On(90)), ElementsAre("done", "done late made up alerted", "done"));
  EXPECT_THAT(Ends(Weekly(2), On(9)), ElementsAre("missed", "missed")) << "visits are no talks";
}

TEST_F(PolicyTrialTest, OnlyRolesThatOweAndLinesThatBeganInTimeOwe) {
  past_.pairings = {Pair("V", On(0), absl::InfiniteFuture(), PairingRole::kVolunteer)};
  EXPECT_THAT(Ends(Weekly(), On(30)), ElementsAre());
  past_.pairings = {Pair("A", On(9), absl::InfiniteFuture(), PairingRole::kClassTeacher, On(9))};
  EXPECT_THAT(Ends(Weekly(), On(7 * 3 + 2)), ElementsAre("missed")) << "the week that had begun is not owed";
}

TEST_F(PolicyTrialTest, TheEndOfAPairingExcusesWhatIsOpenAndEndsWhatIsOwed) {
  past_.pairings = {Pair("A", On(0, 8), On(10))};
  EXPECT_THAT(Ends(Weekly(), On(50)), ElementsAre("missed", "excused"));
  Report(On(9), On(12));
  EXPECT_THAT(Ends(Weekly(), On(50)), ElementsAre("missed", "done reported late"))
      << "a talk beats an excuse";
}

TEST_F(PolicyTrialTest, ALineThatGoesOnOwesWhatItOwed) {
  past_.pairings = {Pair("A", On(0, 8), On(10)), Pair("B", On(11))};
  Report(On(1), On(1, 1));
  EXPECT_THAT(Ends(Weekly(), On(16)), ElementsAre("done", "missed")) << "owed again by the next pairing";
  past_.pairings = {Pair("A", On(0, 8), On(10)), Pair("B", On(10))};
  EXPECT_THAT(Ends(Weekly(), On(16)), ElementsAre("done", "missed")) << "handed over";
  Report(On(8), On(12));
  EXPECT_THAT(Ends(Weekly(), On(16)), ElementsAre("done", "done reported late"))
      << "the former helper's talk counts";
}

TEST_F(PolicyTrialTest, AWindowThatIsNotDueIsLeftToTheCaller) {
  const auto duties = Duties(Weekly(), On(8));
  ASSERT_EQ(duties.size(), 2u);
  EXPECT_EQ(duties[0].state, DutyState::kOpen) << "the grace lasts";
  EXPECT_EQ(duties[1].state, DutyState::kOpen);
}

TEST(TrialFiguresTest, EveryDutyCountsOnceAndAlertsAreThoseJudgedMissed) {
  using enum DutyState;
  TrialFigures figures;
  for (const auto& [state, late, made_up, missed] :
       {std::tuple(kDone, false, false, false), std::tuple(kDone, true, false, false),
        std::tuple(kDoneLate, true, false, true), std::tuple(kDoneLate, false, true, false),
        std::tuple(kMissed, false, false, true), std::tuple(kExcused, false, false, false)})
    figures.Count({.state = state, .reported_late = late, .made_up = made_up, .missed = missed});
  EXPECT_EQ(figures, (TrialFigures{.duties = 5,
                                   .done = 2,
                                   .reported_late = 1,
                                   .done_late = 2,
                                   .missed = 1,
                                   .alerts = 2,
                                   .excused = 1}));
  TrialFigures twice = figures;
  twice += figures;
  EXPECT_EQ(twice, (TrialFigures{10, 4, 2, 4, 2, 4, 2}));
}

// As a service would have it: the duties made beforehand, contacts settled as they come, the due ones judged
// between them.
TEST(TrialFiguresTest, IsWhatAServiceWouldHaveRecorded) {
  EXPECT_TRUE(rc::check([] {
    TriedPolicy tried = Weekly(*rc::gen::inRange(1, 3));
    // Or before Mid-Autumn, National Day and the Double Ninth Festival, which are six and seventeen days
    // apart.
    if (*rc::gen::arbitrary<bool>()) {
      const Festivals festivals = FestivalBit(Festival::kMidAutumn) | FestivalBit(Festival::kNationalDay) |
                                  FestivalBit(Festival::kDoubleNinth);
      tried.policy.cadence = {Period::kFestival, 1, tried.policy.cadence.times, festivals,
                              *rc::gen::inRange(1, kMostFestivalDays + 1)};
    }
    ChildPast past{
        .pairings = {{{ids::Derived("line"), "A", On(0, 8)}, PairingRole::kClassTeacher, On(0, 8)}},
        .contacts = {}};
    const absl::Time now = On(7 * 6);
    for (const auto& [hour, wait] : *rc::gen::container<std::vector<std::pair<int, int>>>(
             rc::gen::pair(rc::gen::inRange(8, 24 * 7 * 5), rc::gen::inRange(1, 24 * 20)))) {
      const absl::Time happened = On(0, hour);
      if (happened + absl::Hours(wait) > now) continue;
      past.contacts.push_back(
          {absl::StrCat("c", past.contacts.size()), "A", happened, happened + absl::Hours(wait)});
    }
    const auto windows = OwedWindows({&tried.policy, 1}, Autumn(), CivilDay(2026, 9, 7), clock::DayOf(now));
    ChildFacts facts{.spans = {past.pairings[0].span}, .duties = {}, .contacts = {}};
    for (const DutyPlan& plan : PlanDuties(tried.kind, windows, PairingRole::kClassTeacher, On(0, 8))) {
      facts.duties.push_back({.duty_id = DutyId(kCounty, ids::Derived("line"), plan),
                              .line_id = ids::Derived("line"),
                              .window_start = plan.window.start,
                              .window_end = plan.window.end,
                              .due_time = plan.due_time});
    }
    const auto judge = [&](absl::Time until) {
      for (Duty& duty : facts.duties) {
        if (duty.state == DutyState::kOpen && duty.due_time <= until)
          duty.state = DutyState::kMissed, duty.missed = true;
      }
    };
    auto reports = past.contacts;
    std::stable_sort(reports.begin(), reports.end(), [](const LoggedContact& a, const LoggedContact& b) {
      return std::pair(a.report_time, a.happen_time) < std::pair(b.report_time, b.happen_time);
    });
    for (const LoggedContact& report : reports) {
      judge(report.report_time);
      facts.contacts.push_back(report);
      Settle(facts, facts.contacts.size() - 1, tried.kind, {&tried.policy, 1});
    }
    judge(now);
    TrialFigures recorded, played;
    for (const Duty& duty : facts.duties) recorded.Count(duty);
    for (const Duty& duty : PlayOut(tried, windows, past, now)) played.Count(duty);
    RC_ASSERT(played == recorded);
  }));
}

TEST(TrialDaysTest, AreOfThePastInOrderAndNotTooMany) {
  const CivilDay today(2026, 11, 27);
  const auto why = [&](CivilDay first, CivilDay last) {
    const refusal::Refusal refused = refusal::Of(CheckTrialDays({first, last}, today));
    return refused.reason + " " + refused.field;
  };
  EXPECT_TRUE(CheckTrialDays({today - 399, today}, today).ok());
  EXPECT_TRUE(CheckTrialDays({today, today}, today).ok());
  EXPECT_EQ(why(today - 400, today), "TOO_MANY_DAYS first_day");
  EXPECT_EQ(why(today, today + 1), "DATE_IN_FUTURE last_day");
  EXPECT_EQ(why(today, today - 1), "DATES_REVERSED last_day");
  EXPECT_TRUE((TrialDays{today - 1, today}).Has(clock::StartOf(today + 1) - absl::Microseconds(1)));
  EXPECT_FALSE((TrialDays{today - 1, today}).Has(clock::StartOf(today + 1)));
}

}  // namespace
}  // namespace tonghu::pairing
