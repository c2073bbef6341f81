// Which duties a county's policies make, which contacts do them, and what happens when a policy is put.
#include <set>

#include "libs/refusal/refusal.h"
#include "tests/fault/ask.h"
#include "tests/system/pairing_fixture.h"

namespace tonghu::system_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// A duty by its kind, first and last day, and state: "谈心 0831-0906 1".
std::string Short(const v1::Duty& duty) {
  const auto day = [](const google::protobuf::Timestamp& time, int less) {
    return absl::FormatTime("%m%d", clock::ToTime(time) - absl::Hours(24 * less), clock::China());
  };
  return absl::StrCat(duty.kind() == v1::DUTY_KIND_TALK ? "谈心" : absl::StrCat(duty.kind()), " ",
                      day(duty.window_start(), 0), "-", day(duty.window_end(), 1), " ", duty.state());
}

class CadenceTest : public PairingTest {
 protected:
  absl::StatusOr<v1::DutyPolicy> Put(const v1::DutyPolicy& policy) {
    v1::PutDutyPolicyRequest put;
    *put.mutable_policy() = policy;
    auto stored = clients().Call(&v1::DutyService::Stub::PutDutyPolicy, put);
    EXPECT_TRUE(province_->Quiet().ok());
    return stored;
  }
  static v1::DutyPolicy Policy(const fault::Paired& pair, v1::DutyKind kind, v1::CadencePeriod period,
                               int every, int times) {
    v1::DutyPolicy policy;
    policy.set_parent("counties/" + pair.county);
    policy.set_kind(kind);
    policy.mutable_cadence()->set_period(period);
    policy.mutable_cadence()->set_every(every);
    policy.mutable_cadence()->set_times(times);
    return policy;
  }
  void Set(const v1::DutyPolicy& policy) {
    auto stored = Put(policy);
    ASSERT_TRUE(stored.ok()) << stored.status();
  }

  std::vector<std::string> Shown(const fault::Paired& pair, v1::DutyKind kind) {
    std::vector<std::string> shown;
    for (const v1::Duty& duty : Duties(pair)) {
      if (duty.kind() == kind) shown.push_back(Short(duty));
    }
    return shown;
  }
};

constexpr auto kFamilyCall = v1::DUTY_KIND_FAMILY_CALL;
constexpr auto kVisit = v1::DUTY_KIND_HOME_VISIT;

TEST_F(CadenceTest, ACallEveryTwoWeeksIsDoneByACallAndMissedWithoutOne) {
  EXPECT_THAT(Shown(pair(0), kFamilyCall), IsEmpty()) << "not owed where a county has said nothing";
  Set(Policy(pair(0), kFamilyCall, v1::CADENCE_PERIOD_WEEK, 2, 1));
  EXPECT_THAT(Shown(pair(0), kFamilyCall), ElementsAre("5 0907-0920 1", "5 0921-1004 1"));
  AdvanceTo(On(9, 16, 10));
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 8, 9)), Duties(pair(0))[1].name()) << "a talk is no call";
  const std::string closed = Talk(pair(0), pair(0).helper, On(9, 16, 9), v1::CONTACT_KIND_FAMILY_CALL);
  v1::GetDutyRequest get;
  get.set_name(closed);
  auto duty = clients().Call(&v1::DutyService::Stub::GetDuty, get);
  ASSERT_TRUE(duty.ok()) << duty.status();
  EXPECT_EQ(Short(*duty), "5 0907-0920 2");
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 16, 9) + absl::Minutes(1), v1::CONTACT_KIND_FAMILY_CALL), "");
  AdvanceTo(On(9, 23, 1));
  EXPECT_THAT(Shown(pair(0), kFamilyCall), ElementsAre("5 0907-0920 2", "5 0921-1004 1", "5 1005-1018 1"));
  ASSERT_EQ(pair(1).county, pair(0).county);
  EXPECT_THAT(Shown(pair(1), kFamilyCall), ElementsAre("5 0907-0920 3", "5 0921-1004 1", "5 1005-1018 1"));
  auto alerts = fault::Alerts(clients(), "counties/" + pair(1).county, pair(1).child);
  ASSERT_TRUE(alerts.ok()) << alerts.status();
  std::vector<std::string> raised;
  for (const tonghu::alerts::v1::Alert& alert : *alerts)
    raised.push_back(absl::StrCat(alert.duty_kind(), " ", alert.date(), " ", alert.last_day()));
  EXPECT_THAT(raised, UnorderedElementsAre("1 2026-08-31 2026-09-06", "1 2026-09-07 2026-09-13",
                                           "1 2026-09-14 2026-09-20", "5 2026-09-07 2026-09-20"))
      << "each says its whole window";
}

// A county's list, page after page, has the kind that is asked for and no other.
TEST_F(CadenceTest, DutiesAreListedOfAKind) {
  Set(Policy(pair(0), kFamilyCall, v1::CADENCE_PERIOD_WEEK, 2, 1));
  v1::ListDutiesRequest request;
  request.set_parent("counties/" + pair(0).county);
  request.set_page_size(2);
  const auto listed = [&](v1::DutyKind kind) {
    request.set_kind(kind);
    std::multiset<int> kinds;
    absl::Status read =
        clients().ForEachPage(&v1::DutyService::Stub::ListDuties, request, [&](const auto& page) {
          for (const v1::Duty& duty : page.duties()) kinds.insert(duty.kind());
        });
    EXPECT_TRUE(read.ok()) << read;
    return kinds;
  };
  const std::multiset<int> all = listed(v1::DUTY_KIND_UNSPECIFIED), calls = listed(kFamilyCall);
  EXPECT_EQ(calls.size(), all.count(kFamilyCall));
  EXPECT_EQ(calls.count(kFamilyCall), calls.size());
  EXPECT_GT(calls.size(), 2u) << "more than a page";
  EXPECT_GT(all.size(), calls.size()) << "talks too";
  EXPECT_THAT(listed(kVisit), IsEmpty());
}

TEST_F(CadenceTest, TwiceAWeekIsTwoDutiesOfOneWindow) {
  Set(Policy(pair(0), v1::DUTY_KIND_TALK, v1::CADENCE_PERIOD_WEEK, 1, 2));
  AdvanceTo(On(9, 9, 10));
  const auto shown = [&] { return Shown(pair(0), v1::DUTY_KIND_TALK); };
  EXPECT_EQ(shown()[0], "谈心 0831-0906 3") << "the week that had begun stays as it was";
  EXPECT_EQ(shown()[1], "谈心 0907-0913 1");
  EXPECT_EQ(shown()[2], "谈心 0907-0913 1");
  const std::string first = Talk(pair(0), pair(0).helper, On(9, 7, 9)),
                    second = Talk(pair(0), pair(0).helper, On(9, 8, 9));
  EXPECT_NE(first, second);
  EXPECT_NE(second, "");
  EXPECT_EQ(shown()[1], "谈心 0907-0913 2");
  EXPECT_EQ(shown()[2], "谈心 0907-0913 2");
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 9, 9)), Duties(pair(0))[0].name()) << "the third makes up";
}

TEST_F(CadenceTest, APolicyThatChangesTwiceInADayDoublesNothing) {
  const auto weekly = Policy(pair(0), v1::DUTY_KIND_TALK, v1::CADENCE_PERIOD_WEEK, 1, 1);
  const std::vector<std::string> before = Shown(pair(0), v1::DUTY_KIND_TALK);
  ASSERT_THAT(before, SizeIs(5));
  Set(Policy(pair(0), v1::DUTY_KIND_TALK, v1::CADENCE_PERIOD_WEEK, 2, 3));
  EXPECT_THAT(Shown(pair(0), v1::DUTY_KIND_TALK),
              ElementsAre(before[0], "谈心 0907-0920 1", "谈心 0907-0920 1", "谈心 0907-0920 1",
                          "谈心 0921-1004 1", "谈心 0921-1004 1", "谈心 0921-1004 1"));
  Set(weekly);
  EXPECT_EQ(Shown(pair(0), v1::DUTY_KIND_TALK), before);
}

TEST_F(CadenceTest, TheOldPolicyHoldsUntilTheFirstWholeWindowOfTheNew) {
  v1::DutyPolicy monthly = Policy(pair(0), v1::DUTY_KIND_TALK, v1::CADENCE_PERIOD_MONTH, 1, 1);
  monthly.set_effective_from("2026-09-15");
  Set(monthly);
  AdvanceTo(On(9, 10, 10));
  EXPECT_THAT(Shown(pair(0), v1::DUTY_KIND_TALK),
              ElementsAre("谈心 0831-0906 3", "谈心 0907-0913 1", "谈心 0914-0920 1", "谈心 0921-0927 1",
                          "谈心 1001-1031 1"));
}

TEST_F(CadenceTest, WhatIsNotOwedAnyMoreIsTakenAwayAndWhatHasBegunStays) {
  v1::DutyPolicy none;
  none.set_parent("counties/" + pair(0).county);
  none.set_kind(v1::DUTY_KIND_TALK);
  none.mutable_cadence();
  Set(none);
  EXPECT_THAT(Shown(pair(0), v1::DUTY_KIND_TALK), ElementsAre("谈心 0831-0906 1"));
  AdvanceTo(On(9, 20));
  EXPECT_THAT(Shown(pair(0), v1::DUTY_KIND_TALK), ElementsAre("谈心 0831-0906 3"));
}

// The second third of the term, which has its own first day in each school.
TEST_F(CadenceTest, TheTermsThirdsAreOwedByTheCounsellorAlone) {
  const std::string school = ChildOf(pair(0)).school();
  SetTerm(school, "2026-09-01",
          "2026-11-30");  // 65 school days: the 22nd is 30 September, the 44th 30 October
  v1::DutyPolicy counselling =
      Policy(pair(0), v1::DUTY_KIND_COUNSELLING, v1::CADENCE_PERIOD_TERM_THIRD, 1, 1);
  Set(counselling);
  const fault::Paired& other = OtherOf(pair(0));
  const std::string pairing = PairWith(pair(0), other.helper, v1::PAIRING_ROLE_COUNSELLOR);
  ASSERT_TRUE(province_->Quiet().ok());
  AdvanceTo(On(10, 8, 10));
  EXPECT_THAT(Shown(pair(0), v1::DUTY_KIND_COUNSELLING),
              ElementsAre("7 0901-0929 3", "7 0930-1029 1", "7 1030-1130 1"));
  for (const v1::Duty& duty : Duties(pair(0)))
    EXPECT_EQ(duty.pairing() == pairing, duty.kind() == v1::DUTY_KIND_COUNSELLING) << Short(duty);
  EXPECT_NE(Talk(pair(0), other.helper, On(10, 8, 9), v1::CONTACT_KIND_COUNSELLING), "");
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(10, 7, 9), v1::CONTACT_KIND_COUNSELLING), "")
      << "the class teacher owes no counselling";
  EXPECT_THAT(Shown(pair(0), v1::DUTY_KIND_COUNSELLING),
              ElementsAre("7 0901-0929 3", "7 0930-1029 2", "7 1030-1130 1"));
}

// Mid-Autumn is on 25 September, National Day on 1 October. A call in both windows does the first, and moves
// when one that can do no other is reported later.
TEST_F(CadenceTest, EachOfTwoFestivalsCloseTogetherTakesACallOfItsOwn) {
  v1::DutyPolicy before = Policy(pair(0), kFamilyCall, v1::CADENCE_PERIOD_FESTIVAL, 1, 1);
  before.mutable_cadence()->add_festivals(v1::FESTIVAL_NATIONAL_DAY);
  before.mutable_cadence()->add_festivals(v1::FESTIVAL_MID_AUTUMN);
  before.mutable_cadence()->set_days(10);
  auto stored = Put(before);
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_THAT(stored->cadence().festivals(), ElementsAre(v1::FESTIVAL_MID_AUTUMN, v1::FESTIVAL_NATIONAL_DAY));
  EXPECT_EQ(stored->cadence().days(), 10);
  Set(before);
  AdvanceTo(On(9, 24, 12));
  const auto call = [&](absl::Time at) {
    return Talk(pair(0), pair(0).helper, at, v1::CONTACT_KIND_FAMILY_CALL);
  };
  EXPECT_THAT(Shown(pair(0), kFamilyCall), ElementsAre("5 0916-0925 1", "5 0922-1001 1"));
  EXPECT_NE(call(On(9, 23, 9)), "");
  EXPECT_THAT(Shown(pair(0), kFamilyCall), ElementsAre("5 0916-0925 2", "5 0922-1001 1"));
  EXPECT_NE(call(On(9, 17, 9)), "");
  EXPECT_THAT(Shown(pair(0), kFamilyCall), ElementsAre("5 0916-0925 2", "5 0922-1001 2"));
  EXPECT_EQ(call(On(9, 24, 9)), "");
  AdvanceTo(On(10, 4, 1));
  EXPECT_THAT(Shown(pair(1), kFamilyCall), ElementsAre("5 0916-0925 3", "5 0922-1001 3"));
}

// Former helpers' visits of the window count, whoever owes it in the end.
TEST_F(CadenceTest, AVisitBeforeTheHandOverIsDoneForTheMonth) {
  Set(Policy(pair(0), kVisit, v1::CADENCE_PERIOD_WEEK, 2, 1));
  AdvanceTo(On(9, 9, 10));
  HandOver(PairingOf(pair(0)), OtherOf(pair(0)).helper);
  AdvanceTo(On(9, 18, 10));
  const std::string closed = Talk(pair(0), pair(0).helper, On(9, 8, 9), v1::CONTACT_KIND_HOME_VISIT);
  EXPECT_NE(closed, "");
  EXPECT_EQ(Shown(pair(0), kVisit)[0], "2 0907-0920 2");
}

TEST_F(CadenceTest, WhatContradictsItselfIsRefusedByField) {
  const auto why = [&](const v1::DutyPolicy& policy) {
    const refusal::Refusal refused = refusal::Of(Put(policy).status());
    return refused.reason + " " + refused.field;
  };
  auto policy = Policy(pair(0), kVisit, v1::CADENCE_PERIOD_MONTH, 5, 1);
  EXPECT_EQ(why(policy), "CADENCE_OUT_OF_RANGE policy.cadence.every");
  policy = Policy(pair(0), kVisit, v1::CADENCE_PERIOD_MONTH, 0, 8);
  EXPECT_EQ(why(policy), "CADENCE_OUT_OF_RANGE policy.cadence.times");
  policy = Policy(pair(0), kVisit, v1::CADENCE_PERIOD_UNSPECIFIED, 0, 1);
  EXPECT_EQ(why(policy), "CADENCE_OUT_OF_RANGE policy.cadence.period");
  policy = Policy(pair(0), kVisit, v1::CADENCE_PERIOD_FESTIVAL, 0, 1);
  policy.mutable_cadence()->set_days(7);
  EXPECT_EQ(why(policy), "CADENCE_OUT_OF_RANGE policy.cadence.festivals");
  for (int i = 0; i < 2; ++i) policy.mutable_cadence()->add_festivals(v1::FESTIVAL_SPRING);
  EXPECT_EQ(why(policy), "CADENCE_OUT_OF_RANGE policy.cadence.festivals[1]");
  policy.mutable_cadence()->set_festivals(1, static_cast<v1::Festival>(10));
  EXPECT_EQ(why(policy), "CADENCE_OUT_OF_RANGE policy.cadence.festivals[1]");
  policy.mutable_cadence()->set_festivals(1, v1::FESTIVAL_MID_AUTUMN);
  policy.mutable_cadence()->set_days(31);
  EXPECT_EQ(why(policy), "CADENCE_OUT_OF_RANGE policy.cadence.days");
  policy = Policy(pair(0), kVisit, v1::CADENCE_PERIOD_MONTH, 0, 1);
  policy.set_effective_from("2026-08-31");
  EXPECT_EQ(why(policy), "EFFECTIVE_FROM_OUT_OF_RANGE policy.effective_from");
  policy.set_effective_from("next week");
  EXPECT_EQ(why(policy), "EFFECTIVE_FROM_OUT_OF_RANGE policy.effective_from");
  policy.clear_effective_from();
  policy.add_owed_by(v1::PAIRING_ROLE_CLASS_TEACHER);
  policy.add_owed_by(static_cast<v1::PairingRole>(77));
  EXPECT_EQ(why(policy), "PAIRING_ROLE_MISSING policy.owed_by[1]");
  v1::ListDutyPoliciesRequest list;
  list.set_parent("counties/" + pair(0).county);
  auto listed = clients().Call(&v1::DutyService::Stub::ListDutyPolicies, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->policies_size(), 10) << "nothing was stored";
}

}  // namespace
}  // namespace tonghu::system_test
