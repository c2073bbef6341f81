// Policies of duties that a county refines for a school, a care level, a guardianship, or several of these.
#include "libs/refusal/refusal.h"
#include "tests/system/pairing_fixture.h"

namespace tonghu::system_test {
namespace {

using registry::v1::CARE_LEVEL_FOCUS;
using registry::v1::CARE_LEVEL_GENERAL;
using registry::v1::CareLevel;
using testing::ElementsAre;
using testing::IsEmpty;

class RefinementTest : public PairingTest {
 protected:
  void SetUp() override {
    PairingTest::SetUp();
    SetAllLevels(CARE_LEVEL_GENERAL);
    for (const fault::Paired& pair : province_->paired())
      SetGuardianship(pair.child, registry::v1::GUARDIANSHIP_TYPE_GRANDPARENTS);
  }

  // So many talks a week in the county of the first pair.
  v1::DutyPolicy Weekly(int times, const std::string& school, CareLevel level) {
    v1::DutyPolicy policy;
    policy.set_parent("counties/" + pair(0).county);
    policy.set_kind(v1::DUTY_KIND_TALK);
    policy.mutable_cadence()->set_period(v1::CADENCE_PERIOD_WEEK);
    policy.mutable_cadence()->set_times(times);
    policy.set_school(school);
    policy.set_care_level(level);
    return policy;
  }
  absl::StatusOr<v1::DutyPolicy> Put(const v1::DutyPolicy& policy) {
    v1::PutDutyPolicyRequest put;
    *put.mutable_policy() = policy;
    auto stored = clients().Call(&v1::DutyService::Stub::PutDutyPolicy, put);
    EXPECT_TRUE(province_->Quiet().ok());
    return stored;
  }
  absl::StatusOr<v1::DutyPolicy> Delete(const std::string& school, CareLevel level) {
    v1::DeleteDutyPolicyRequest request;
    request.set_parent("counties/" + pair(0).county);
    request.set_kind(v1::DUTY_KIND_TALK);
    request.set_school(school);
    request.set_care_level(level);
    auto ended = clients().Call(&v1::DutyService::Stub::DeleteDutyPolicy, request);
    EXPECT_TRUE(province_->Quiet().ok());
    return ended;
  }
  absl::StatusOr<v1::DutyPolicy> Get(const std::string& school, CareLevel level) {
    v1::GetDutyPolicyRequest request;
    request.set_parent("counties/" + pair(0).county);
    request.set_kind(v1::DUTY_KIND_TALK);
    request.set_school(school);
    request.set_care_level(level);
    return clients().Call(&v1::DutyService::Stub::GetDutyPolicy, request);
  }

  // How many talks are owed of each week: "0831 1", "0907 2", …
  std::vector<std::string> Weeks(const fault::Paired& pair) {
    std::map<std::string, int> weeks;
    for (const v1::Duty& duty : Duties(pair)) {
      EXPECT_EQ(duty.window_end().seconds() - duty.window_start().seconds(), 7 * 24 * 3600);
      ++weeks[absl::FormatTime("%m%d", clock::ToTime(duty.window_start()), clock::China())];
    }
    std::vector<std::string> shown;
    for (const auto& [week, times] : weeks) shown.push_back(absl::StrCat(week, " ", times));
    return shown;
  }
};

TEST_F(RefinementTest, WhoNeedsMoreCareIsOwedMoreFromTheNextWeekAndLessAgainLater) {
  ASSERT_TRUE(Put(Weekly(2, "", CARE_LEVEL_FOCUS)).ok());
  EXPECT_THAT(Weeks(pair(0)), ElementsAre("0831 1", "0907 1", "0914 1", "0921 1", "0928 1"))
      << "nobody is a focus child yet";
  SetLevel(pair(0).child, CARE_LEVEL_FOCUS);
  EXPECT_THAT(Weeks(pair(0)), ElementsAre("0831 1", "0907 2", "0914 2", "0921 2", "0928 2"));
  EXPECT_THAT(Weeks(pair(1)), ElementsAre("0831 1", "0907 1", "0914 1", "0921 1", "0928 1"));
  AdvanceTo(On(9, 9, 10));
  SetLevel(pair(0).child, CARE_LEVEL_GENERAL);
  const auto weeks = Weeks(pair(0));
  EXPECT_THAT(weeks, ElementsAre("0831 1", "0907 2", "0914 1", "0921 1", "0928 1", "1005 1"))
      << "the week that had begun stays as it was";
  SetLevel(pair(0).child, CARE_LEVEL_FOCUS);
  SetLevel(pair(0).child, CARE_LEVEL_GENERAL);
  EXPECT_EQ(Weeks(pair(0)), weeks) << "to and fro on one day";
}

// Who loses the guardian is owed more from the next week on, and of two needs the one that asks for more
// counts.
TEST_F(RefinementTest, WhoIsGuardedByNobodyIsOwedMoreFromTheNextWeek) {
  auto unguarded = Weekly(3, "", registry::v1::CARE_LEVEL_UNSPECIFIED);
  unguarded.set_guardianship_type(registry::v1::GUARDIANSHIP_TYPE_NOBODY);
  ASSERT_TRUE(Put(unguarded).ok());
  ASSERT_TRUE(Put(Weekly(2, "", CARE_LEVEL_FOCUS)).ok());
  AdvanceTo(On(9, 9, 10));
  const auto before = Weeks(pair(0));
  EXPECT_THAT(before, ElementsAre("0831 1", "0907 1", "0914 1", "0921 1", "0928 1", "1005 1"));
  SetGuardianship(pair(0).child, registry::v1::GUARDIANSHIP_TYPE_NOBODY);
  EXPECT_THAT(Weeks(pair(0)), ElementsAre("0831 1", "0907 1", "0914 3", "0921 3", "0928 3", "1005 3"));
  EXPECT_EQ(Weeks(pair(1)), before);
  SetLevel(pair(0).child, CARE_LEVEL_FOCUS);
  EXPECT_THAT(Weeks(pair(0)), ElementsAre("0831 1", "0907 1", "0914 3", "0921 3", "0928 3", "1005 3"))
      << "the level loosens nothing";
  AdvanceTo(On(9, 16, 10));
  SetGuardianship(pair(0).child, registry::v1::GUARDIANSHIP_TYPE_ONE_PARENT);
  EXPECT_THAT(Weeks(pair(0)),
              ElementsAre("0831 1", "0907 1", "0914 3", "0921 2", "0928 2", "1005 2", "1012 2"));
}

// The month has begun and stays owed; the weeks do not wait for its end.
TEST_F(RefinementTest, ARisenLevelDoesNotWaitForTheMonthsEnd) {
  auto monthly = Weekly(1, "", registry::v1::CARE_LEVEL_UNSPECIFIED);
  monthly.mutable_cadence()->set_period(v1::CADENCE_PERIOD_MONTH);
  monthly.set_kind(v1::DUTY_KIND_HOME_VISIT);
  auto weekly = Weekly(1, "", CARE_LEVEL_FOCUS);
  weekly.set_kind(v1::DUTY_KIND_HOME_VISIT);
  ASSERT_TRUE(Put(monthly).ok());
  ASSERT_TRUE(Put(weekly).ok());
  AdvanceTo(On(10, 13, 10));
  SetLevel(pair(0).child, CARE_LEVEL_FOCUS);
  AdvanceTo(On(10, 27, 10));
  std::vector<std::string> visits;
  for (const v1::Duty& duty : Duties(pair(0))) {
    if (duty.kind() != v1::DUTY_KIND_HOME_VISIT) continue;
    const absl::Time end = clock::ToTime(duty.window_end());
    visits.push_back(absl::FormatTime("-%m%d", end - absl::Hours(24), clock::China()));
  }
  EXPECT_THAT(visits, ElementsAre("-0930", "-1031", "-1025", "-1101", "-1108", "-1115", "-1122", "-1129"));
}

TEST_F(RefinementTest, ASchoolsPolicyHoldsForItsChildrenAndEndsForThem) {
  const std::string school = ChildOf(pair(0)).school();
  ASSERT_TRUE(Put(Weekly(3, school, registry::v1::CARE_LEVEL_UNSPECIFIED)).ok());
  EXPECT_THAT(Weeks(pair(0)), ElementsAre("0831 1", "0907 3", "0914 3", "0921 3", "0928 3"));
  const std::string other = NewSchool(pair(0));
  SetTerm(other, "2026-09-01", "2027-01-20");
  MoveTo(pair(0), other);
  EXPECT_THAT(Weeks(pair(0)), ElementsAre("0831 1", "0907 1", "0914 1", "0921 1", "0928 1"));
  ASSERT_EQ(ChildOf(pair(1)).school(), school);
  EXPECT_THAT(Weeks(pair(1)), ElementsAre("0831 1", "0907 3", "0914 3", "0921 3", "0928 3"));
  AdvanceTo(On(9, 7, 10));
  auto ended = Delete(school, registry::v1::CARE_LEVEL_UNSPECIFIED);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_TRUE(ended->withdrawn());
  EXPECT_EQ(ended->effective_from(), "2026-09-08");
  EXPECT_EQ(ended->version(), 2);
  EXPECT_THAT(Weeks(pair(1)), ElementsAre("0831 1", "0907 3", "0914 1", "0921 1", "0928 1", "1005 1"));
}

TEST_F(RefinementTest, TheListAndTheAnswerSayWhatHoldsForWhom) {
  const std::string school = ChildOf(pair(0)).school();
  const auto kAny = registry::v1::CARE_LEVEL_UNSPECIFIED;
  ASSERT_TRUE(Put(Weekly(3, school, kAny)).ok());
  ASSERT_TRUE(Put(Weekly(2, "", CARE_LEVEL_FOCUS)).ok());
  AdvanceTo(On(9, 2, 10));
  const auto times = [&](const std::string& of_school, CareLevel level) {
    auto got = Get(of_school, level);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? got->cadence().times() : -1;
  };
  EXPECT_EQ(times("", kAny), 1);
  EXPECT_EQ(times(school, kAny), 3);
  EXPECT_EQ(times(school, CARE_LEVEL_GENERAL), 3);
  EXPECT_EQ(times(school, CARE_LEVEL_FOCUS), 2) << "no school loosens what the county asks for them";
  v1::ListDutyPoliciesRequest list;
  list.set_parent("counties/" + pair(0).county);
  auto listed = clients().Call(&v1::DutyService::Stub::ListDutyPolicies, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  std::vector<std::string> talks;
  for (const v1::DutyPolicy& one : listed->policies()) {
    if (one.kind() == v1::DUTY_KIND_TALK)
      talks.push_back(absl::StrCat(one.school() == school ? "school" : one.school(), " ", one.care_level(),
                                   " ", one.cadence().times(), " ", one.version()));
  }
  EXPECT_THAT(talks, ElementsAre(" 0 1 0", " 2 2 1", "school 0 3 1"));
}

// The draft's figures are of its own children; the others keep the policy in effect in both columns.
TEST_F(RefinementTest, ADraftForSomeChildrenIsTriedAmongAll) {
  SetLevel(pair(0).child, CARE_LEVEL_FOCUS);
  AdvanceTo(On(9, 30, 10));
  v1::TryDutyPolicyRequest request;
  *request.mutable_policy() = Weekly(2, "", CARE_LEVEL_FOCUS);
  request.set_first_day("2026-08-31");
  request.set_last_day("2026-09-20");
  auto tried = clients().Call(&v1::DutyService::Stub::TryDutyPolicy, request);
  ASSERT_TRUE(tried.ok()) << tried.status();
  int children = 0;
  for (const fault::Paired& one : province_->paired()) children += one.county == pair(0).county ? 1 : 0;
  EXPECT_EQ(tried->current().duties(), 3 * children);
  EXPECT_EQ(tried->draft().duties(), 3 * children + 3) << "one more a week for one child";
  EXPECT_EQ(tried->policy().care_level(), CARE_LEVEL_FOCUS);
  EXPECT_EQ(tried->current_policy().version(), 0);
}

// Two counties: one takes what the province says, the other has put its own until it takes that back.
TEST_F(RefinementTest, TheProvincesPolicyHoldsWhereNoCountyHasPutItsOwn) {
  const auto kAny = registry::v1::CARE_LEVEL_UNSPECIFIED;
  const auto other = std::find_if(province_->paired().begin(), province_->paired().end(),
                                  [&](const fault::Paired& one) { return one.county != pair(0).county; });
  ASSERT_NE(other, province_->paired().end());
  ASSERT_TRUE(Put(Weekly(3, "", kAny)).ok());
  const auto own = Weeks(pair(0));
  ASSERT_THAT(own, ElementsAre("0831 1", "0907 3", "0914 3", "0921 3", "0928 3"));
  auto province = Weekly(2, "", kAny);
  province.set_parent("counties/000000");
  auto put = Put(province);
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_EQ(put->origin(), v1::POLICY_ORIGIN_PROVINCE);
  EXPECT_EQ(Weeks(pair(0)), own);
  EXPECT_THAT(Weeks(*other), ElementsAre("0831 1", "0907 2", "0914 2", "0921 2", "0928 2"));
  AdvanceTo(On(9, 7, 10));
  EXPECT_EQ(Get("", kAny)->origin(), v1::POLICY_ORIGIN_COUNTY);
  v1::GetDutyPolicyRequest of_other;
  of_other.set_parent("counties/" + other->county);
  of_other.set_kind(v1::DUTY_KIND_TALK);
  auto holding = clients().Call(&v1::DutyService::Stub::GetDutyPolicy, of_other);
  ASSERT_TRUE(holding.ok()) << holding.status();
  EXPECT_EQ(holding->origin(), v1::POLICY_ORIGIN_PROVINCE);
  EXPECT_EQ(holding->cadence().times(), 2);
  province.mutable_cadence()->set_times(4);
  province.clear_effective_from();
  ASSERT_TRUE(Put(province).ok());
  EXPECT_THAT(Weeks(*other), ElementsAre("0831 1", "0907 2", "0914 4", "0921 4", "0928 4", "1005 4"))
      << "the week that has begun stays";
  auto ended = Delete("", kAny);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_THAT(Weeks(pair(0)), ElementsAre("0831 1", "0907 3", "0914 4", "0921 4", "0928 4", "1005 4"));
}

TEST_F(RefinementTest, WhatContradictsItselfIsRefusedByField) {
  const std::string school = ChildOf(pair(0)).school();
  const auto kAny = registry::v1::CARE_LEVEL_UNSPECIFIED;
  const auto why = [](const absl::Status& status) {
    const refusal::Refusal refused = refusal::Of(status);
    return refused.reason + " " + refused.field;
  };
  auto late = Weekly(2, "", CARE_LEVEL_FOCUS);
  late.mutable_late_report_after()->set_seconds(7200);
  EXPECT_EQ(why(Put(late).status()), "LATENESS_NOT_REFINED policy.late_report_after");
  EXPECT_EQ(why(Put(Weekly(2, school + "y", kAny)).status()), "SCHOOL_NOT_FOUND policy.school");
  EXPECT_EQ(why(Put(Weekly(2, "counties/110101/schools/S1", kAny)).status()),
            "COUNTY_MISMATCH policy.school");
  EXPECT_EQ(why(Put(Weekly(2, "", static_cast<CareLevel>(9))).status()),
            "CARE_LEVEL_MISSING policy.care_level");
  auto guarded = Weekly(2, "", kAny);
  guarded.set_guardianship_type(static_cast<registry::v1::GuardianshipType>(9));
  EXPECT_EQ(why(Put(guarded).status()), "GUARDIANSHIP_MISSING policy.guardianship_type");
  EXPECT_EQ(why(Delete("", kAny).status()), "DUTY_POLICY_NOT_FOUND kind") << "the county has put nothing";
  auto province = Weekly(2, school, kAny);
  province.set_parent("counties/000000");
  EXPECT_EQ(why(Put(province).status()), "COUNTY_MISMATCH policy.school");
  EXPECT_EQ(why(Delete(school, kAny).status()), "DUTY_POLICY_NOT_FOUND kind");
  ASSERT_TRUE(Put(Weekly(2, school, kAny)).ok());
  ASSERT_TRUE(Delete(school, kAny).ok());
  EXPECT_EQ(why(Delete(school, kAny).status()), "DUTY_POLICY_NOT_FOUND kind") << "ended already";
}

}  // namespace
}  // namespace tonghu::system_test
