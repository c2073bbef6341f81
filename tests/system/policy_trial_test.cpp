// A trial of a policy says what really happened where the policy is the one in effect, and otherwise what a
// draft would have made of the same contacts.
#include "libs/refusal/refusal.h"
#include "tests/system/pairing_fixture.h"

namespace tonghu::system_test {
namespace {

constexpr auto kTalk = v1::DUTY_KIND_TALK;
constexpr auto kVisit = v1::DUTY_KIND_HOME_VISIT;

// Counts a duty as recorded.
void Add(const v1::Duty& duty, v1::DutyPolicyFigures& figures) {
  if (duty.state() == v1::DUTY_STATE_EXCUSED) return figures.set_excused(figures.excused() + 1);
  figures.set_duties(figures.duties() + 1);
  if (duty.state() == v1::DUTY_STATE_DONE) figures.set_done(figures.done() + 1);
  if (duty.state() == v1::DUTY_STATE_DONE && duty.reported_late())
    figures.set_reported_late(figures.reported_late() + 1);
  if (duty.state() == v1::DUTY_STATE_DONE_LATE) figures.set_done_late(figures.done_late() + 1);
  if (duty.state() == v1::DUTY_STATE_MISSED) figures.set_missed(figures.missed() + 1);
  if (duty.missed()) figures.set_alerts(figures.alerts() + 1);
}

std::string Text(const v1::DutyPolicyFigures& figures) { return figures.ShortDebugString(); }

class PolicyTrialTest : public PairingTest {
 protected:
  std::string County() const { return "counties/" + pair(0).county; }

  // A request to try a draft of which only the kind is given.
  v1::TryDutyPolicyRequest Draft(v1::DutyKind kind) const {
    v1::TryDutyPolicyRequest request;
    request.mutable_policy()->set_parent(County());
    request.mutable_policy()->set_kind(kind);
    return request;
  }
  v1::TryDutyPolicyRequest MonthlyVisit() const {
    v1::TryDutyPolicyRequest request = Draft(kVisit);
    request.mutable_policy()->mutable_cadence()->set_period(v1::CADENCE_PERIOD_MONTH);
    request.mutable_policy()->mutable_cadence()->set_times(1);
    return request;
  }
  absl::StatusOr<v1::TryDutyPolicyResponse> Ask(const v1::TryDutyPolicyRequest& request) {
    return clients().Call(&v1::DutyService::Stub::TryDutyPolicy, request);
  }
  v1::TryDutyPolicyResponse Try(const v1::TryDutyPolicyRequest& request) {
    auto tried = Ask(request);
    EXPECT_TRUE(tried.ok()) << tried.status();
    return tried.ok() ? *tried : v1::TryDutyPolicyResponse();
  }

  // The figures of the duties that the service recorded and that are due by `now`.
  v1::DutyPolicyFigures Recorded(v1::DutyKind kind, absl::Time now) {
    v1::DutyPolicyFigures figures;
    v1::ListDutiesRequest request;
    request.set_parent(County());
    absl::Status read =
        clients().ForEachPage(&v1::DutyService::Stub::ListDuties, request, [&](const auto& page) {
          for (const v1::Duty& duty : page.duties()) {
            if (duty.kind() == kind && clock::ToTime(duty.due_time()) <= now) Add(duty, figures);
          }
        });
    EXPECT_TRUE(read.ok()) << read;
    return figures;
  }

  // What teachers did in the first three weeks, and what was not done, was reported late, was made up for.
  void ThreeWeeks() {
    AdvanceTo(On(9, 2, 10));
    for (const size_t i : {0, 1, 2, 3}) Talk(pair(i), pair(i).helper, On(9, 2, 9));
    AdvanceTo(On(9, 8, 12));  // within the grace of the first week
    Talk(pair(4), pair(4).helper, On(9, 4, 9));
    Talk(pair(5), pair(5).helper, On(9, 7, 9));  // the second week's
    Talk(pair(5), pair(5).helper, On(9, 8, 9));  // makes up for the first, nobody is alerted
    End(PairingOf(pair(6)), v1::PAIRING_END_REASON_PARENT_RETURNED);
    AdvanceTo(On(9, 10, 12));
    Talk(pair(7), pair(7).helper, On(9, 3, 9));  // reported after the duty was missed
    Talk(pair(8), pair(8).helper, On(9, 10, 9));
    Talk(pair(8), pair(8).helper, On(9, 10, 10));  // makes up for what was missed
    HandOver(PairingOf(pair(0)), OtherOf(pair(0)).helper);
    AdvanceTo(On(9, 15, 12));
    Talk(pair(0), pair(0).helper, On(9, 9, 9));  // the former helper's, in the window, late
    for (const size_t i : {1, 2}) Talk(pair(i), pair(i).helper, On(9, 15, 9));
    Talk(pair(9), pair(9).helper, On(9, 14, 9));
    Talk(pair(9), pair(9).helper, On(9, 14, 10));
    Talk(pair(9), pair(9).helper, On(9, 15, 10));
    AdvanceTo(On(9, 24, 8));
  }
};

TEST_F(PolicyTrialTest, OfThePolicyInEffectSaysWhatReallyHappened) {
  ThreeWeeks();
  const v1::TryDutyPolicyResponse tried = Try(Draft(kTalk));
  const v1::DutyPolicyFigures recorded = Recorded(kTalk, On(9, 24, 8));
  EXPECT_EQ(Text(tried.draft()), Text(recorded));
  EXPECT_EQ(Text(tried.current()), Text(recorded));
  for (const int figure : {recorded.done(), recorded.reported_late(), recorded.done_late(), recorded.missed(),
                           recorded.excused(), recorded.alerts() - recorded.missed()})
    EXPECT_GT(figure, 0) << "the three weeks have some of everything: " << Text(recorded);
  EXPECT_EQ(province_
                ->Number("alerts", absl::StrCat("SELECT count(*) FROM alert WHERE kind = 1 AND duty_kind = ",
                                                kTalk, " AND county = '", pair(0).county, "'"))
                .value_or(-1),
            tried.current().alerts());
  EXPECT_EQ(tried.first_day(), "2026-05-08");
  EXPECT_EQ(tried.last_day(), "2026-09-24");
  ASSERT_EQ(tried.trials_size(), 2) << "August's last week and September";
  EXPECT_EQ(tried.trials(0).school(), pair(0).school);
  EXPECT_EQ(tried.trials(0).month(), "2026-08");
  EXPECT_EQ(tried.trials(1).month(), "2026-09");
  EXPECT_EQ(tried.trials(0).draft().duties() + tried.trials(1).draft().duties(), recorded.duties());
  v1::TryDutyPolicyRequest september = Draft(kTalk);
  september.set_first_day("2026-09-01");
  EXPECT_EQ(Text(Try(september).draft()), Text(tried.trials(1).draft())) << "older windows count as before";
}

TEST_F(PolicyTrialTest, ADraftIsPlayedOutOverWhatWasDone) {
  const auto& paired = province_->paired();
  const int children = static_cast<int>(std::count_if(
      paired.begin(), paired.end(), [&](const fault::Paired& one) { return one.county == pair(0).county; }));
  ASSERT_GT(children, 6);
  const auto visit = [&](size_t i, absl::Time at) {
    EXPECT_EQ(Talk(pair(i), pair(i).helper, at, v1::CONTACT_KIND_HOME_VISIT), "") << "nobody owes one yet";
  };
  AdvanceTo(On(9, 10, 12));
  visit(0, On(9, 10, 9));
  visit(5, On(9, 10, 10));
  End(PairingOf(pair(4)));
  End(PairingOf(pair(5)));
  AdvanceTo(On(9, 14, 12));
  visit(1, On(9, 11, 9));  // reported late
  AdvanceTo(On(10, 2, 12));
  visit(2, On(10, 1, 9));  // October's
  visit(2, On(10, 2, 9));  // makes up for September before the duty is due
  AdvanceTo(On(10, 8, 12));
  visit(3, On(9, 30, 9));  // reported after the duty was due
  const v1::TryDutyPolicyResponse tried = Try(MonthlyVisit());
  v1::DutyPolicyFigures september;
  september.set_duties(children - 1);
  september.set_done(3);
  september.set_reported_late(1);
  september.set_done_late(2);
  september.set_missed(children - 1 - 5);
  september.set_alerts(children - 1 - 4);
  september.set_excused(1);
  EXPECT_EQ(Text(tried.draft()), Text(september)) << "October lasts";
  EXPECT_EQ(Text(tried.current()), "") << "no visit is owed";
  EXPECT_EQ(tried.policy().cadence().every(), 1);
  EXPECT_EQ(tried.current_policy().cadence().times(), 0);
  EXPECT_EQ(Recorded(kVisit, On(10, 8, 12)).duties(), 0) << "a trial makes nothing";
}

TEST_F(PolicyTrialTest, WhatADraftDoesNotSayIsAsInThePolicyThatIsToCome) {
  v1::PutDutyPolicyRequest put;
  *put.mutable_policy() = MonthlyVisit().policy();
  put.mutable_policy()->add_owed_by(v1::PAIRING_ROLE_COUNSELLOR);
  put.mutable_policy()->set_effective_from("2027-03-01");
  ASSERT_TRUE(clients().Call(&v1::DutyService::Stub::PutDutyPolicy, put).ok());
  v1::TryDutyPolicyRequest draft = Draft(kVisit);
  draft.mutable_policy()->mutable_report_grace()->set_seconds(3600);
  draft.mutable_policy()->set_effective_from("not read");
  const v1::TryDutyPolicyResponse tried = Try(draft);
  EXPECT_EQ(tried.policy().cadence().period(), v1::CADENCE_PERIOD_MONTH);
  ASSERT_EQ(tried.policy().owed_by_size(), 1);
  EXPECT_EQ(tried.policy().owed_by(0), v1::PAIRING_ROLE_COUNSELLOR);
  EXPECT_EQ(tried.policy().report_grace().seconds(), 3600);
  EXPECT_EQ(tried.current_policy().version(), 0);
}

TEST_F(PolicyTrialTest, WhatCannotBeTriedIsRefusedByField) {
  const auto why = [&](const v1::TryDutyPolicyRequest& request) {
    const refusal::Refusal refused = refusal::Of(Ask(request).status());
    return refused.reason + " " + refused.field;
  };
  EXPECT_EQ(why(Draft(v1::DUTY_KIND_UNSPECIFIED)), "DUTY_KIND_MISSING policy.kind");
  v1::TryDutyPolicyRequest request = MonthlyVisit();
  request.mutable_policy()->mutable_cadence()->set_every(5);
  EXPECT_EQ(why(request), "CADENCE_OUT_OF_RANGE policy.cadence.every");
  request = MonthlyVisit();
  request.set_first_day("August");
  EXPECT_EQ(why(request), "DATE_MALFORMED first_day");
  request.set_first_day("2026-09-01");
  EXPECT_EQ(why(request), "DATES_REVERSED last_day") << "today is 31 August";
  request.set_last_day("2026-09-01");
  EXPECT_EQ(why(request), "DATE_IN_FUTURE last_day");
  request.set_first_day("2025-07-26");
  request.set_last_day("2026-08-30");
  EXPECT_EQ(why(request), "TOO_MANY_DAYS first_day");
}

}  // namespace
}  // namespace tonghu::system_test
