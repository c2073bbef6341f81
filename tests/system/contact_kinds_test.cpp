// Contacts that count for several kinds of duty, on a real stack: duties, figures and lists follow.
#include "absl/algorithm/container.h"
#include "libs/refusal/refusal.h"
#include "tests/system/pairing_fixture.h"

namespace tonghu::system_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// In the county of the first child a home visit is owed each month from September, and does for a talk from
// the second week on.
class ContactKindsTest : public PairingTest {
 protected:
  void SetUp() override {
    PairingTest::SetUp();
    v1::DutyPolicy visits;
    visits.set_kind(v1::DUTY_KIND_HOME_VISIT);
    visits.mutable_cadence()->set_period(v1::CADENCE_PERIOD_MONTH);
    visits.mutable_cadence()->set_times(1);
    ASSERT_TRUE(Put(visits).ok());
    v1::DutyPolicy talks;
    talks.set_kind(v1::DUTY_KIND_TALK);
    talks.add_fulfilled_by(v1::CONTACT_KIND_TALK);
    talks.add_fulfilled_by(v1::CONTACT_KIND_HOME_VISIT);
    ASSERT_TRUE(Put(talks).ok());
  }

  absl::StatusOr<v1::DutyPolicy> Put(v1::DutyPolicy policy) {
    v1::PutDutyPolicyRequest put;
    policy.set_parent("counties/" + pair(0).county);
    *put.mutable_policy() = policy;
    auto stored = clients().Call(&v1::DutyService::Stub::PutDutyPolicy, put);
    EXPECT_TRUE(province_->Quiet().ok());
    return stored;
  }
  // A contact with the first child, by its helper.
  v1::CreateContactRequest Asked(v1::ContactKind kind, absl::Time happened) {
    v1::CreateContactRequest request;
    request.set_parent("counties/" + pair(0).county);
    request.mutable_contact()->set_child(pair(0).child);
    request.mutable_contact()->set_helper(pair(0).helper);
    request.mutable_contact()->set_kind(kind);
    clock::SetTime(happened, request.mutable_contact()->mutable_happen_time());
    return request;
  }
  v1::Contact Record(v1::ContactKind kind, absl::Time happened) {
    auto logged = clients().Call(&v1::ContactService::Stub::CreateContact, Asked(kind, happened));
    EXPECT_TRUE(logged.ok()) << logged.status();
    EXPECT_TRUE(province_->Quiet().ok());
    return logged.value_or(v1::Contact());
  }
  // The duties that the contact closes, "谈心 0907", as the contact and as the duties say.
  std::vector<std::string> Closes(const v1::Contact& contact) {
    std::vector<std::string> by_contact, by_duty;
    for (const v1::Duty& duty : Duties(pair(0))) {
      const std::string what =
          absl::StrCat(duty.kind() == v1::DUTY_KIND_TALK ? "谈心 " : "家访 ",
                       absl::FormatTime("%m%d", clock::ToTime(duty.window_start()), clock::China()));
      if (absl::c_linear_search(contact.closed_duties(), duty.name())) by_contact.push_back(what);
      if (duty.contact() == contact.name()) by_duty.push_back(what);
    }
    EXPECT_EQ(by_contact, by_duty);
    EXPECT_EQ(contact.closed_duties_size(), static_cast<int>(by_contact.size()));
    return by_contact;
  }
  v1::Contact Again(const v1::Contact& contact) {
    v1::GetContactRequest get;
    get.set_name(contact.name());
    return clients().Call(&v1::ContactService::Stub::GetContact, get).value_or(v1::Contact());
  }
  int64_t Done() {
    return province_->Number("reporting", "SELECT sum(done)::bigint FROM weekly_count").value_or(-1);
  }
};

TEST_F(ContactKindsTest, AVisitClosesTheVisitAndTheTalkOfAWeekThatBeginsUnderThePolicy) {
  AdvanceTo(On(9, 9, 10));
  const v1::Contact early = Record(v1::CONTACT_KIND_HOME_VISIT, On(9, 3, 16));
  EXPECT_THAT(Closes(early), ElementsAre("家访 0901")) << "the first week began before the policy";
  const v1::Contact visit = Record(v1::CONTACT_KIND_HOME_VISIT, On(9, 8, 16));
  EXPECT_THAT(Closes(visit), ElementsAre("谈心 0907")) << "the month's visit is done";
  EXPECT_EQ(Done(), 2);

  v1::WithdrawContactRequest withdraw;
  withdraw.set_name(early.name());
  withdraw.set_helper(early.helper());
  withdraw.set_reason("记错了孩子");
  ASSERT_TRUE(clients().Call(&v1::ContactService::Stub::WithdrawContact, withdraw).ok());
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_THAT(Closes(Again(visit)), UnorderedElementsAre("家访 0901", "谈心 0907"));
  EXPECT_EQ(Done(), 2);

  v1::UpdateContactRequest correct;
  correct.mutable_contact()->set_name(visit.name());
  correct.mutable_contact()->set_kind(v1::CONTACT_KIND_TALK);
  correct.mutable_update_mask()->add_paths("kind");
  correct.set_helper(visit.helper());
  correct.set_reason("没有去家里");
  const auto talk = clients().Call(&v1::ContactService::Stub::UpdateContact, correct);
  ASSERT_TRUE(talk.ok()) << talk.status();
  EXPECT_THAT(Closes(*talk), ElementsAre("谈心 0907"));
  correct.mutable_contact()->set_kind(v1::CONTACT_KIND_HOME_VISIT);
  const auto visited = clients().Call(&v1::ContactService::Stub::UpdateContact, correct);
  ASSERT_TRUE(visited.ok()) << visited.status();
  EXPECT_THAT(Closes(*visited), UnorderedElementsAre("家访 0901", "谈心 0907"));
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(Done(), 2);
}

// A talk of the week sets the visit free for no other talk, since its week has but one.
TEST_F(ContactKindsTest, AVisitAndATalkOfOneBatchOrApartComeToTheSame) {
  AdvanceTo(On(9, 8, 20));
  v1::BatchCreateContactsRequest batch;
  batch.set_parent("counties/" + pair(0).county);
  *batch.add_requests() = Asked(v1::CONTACT_KIND_HOME_VISIT, On(9, 8, 16));
  *batch.add_requests() = Asked(v1::CONTACT_KIND_TALK, On(9, 8, 17));
  *batch.add_requests() = Asked(v1::CONTACT_KIND_TALK, On(9, 2, 9));
  const auto recorded = clients().Call(&v1::ContactService::Stub::BatchCreateContacts, batch);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_THAT(Closes(Again(recorded->results(0).contact())), UnorderedElementsAre("家访 0901", "谈心 0907"));
  EXPECT_THAT(Closes(Again(recorded->results(1).contact())), IsEmpty());
  EXPECT_THAT(Closes(Again(recorded->results(2).contact())), ElementsAre("谈心 0831"));
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(Done(), 3);
}

TEST_F(ContactKindsTest, ARefinementSaysNothingOfWhatCounts) {
  v1::DutyPolicy policy;
  policy.set_kind(v1::DUTY_KIND_TALK);
  policy.set_care_level(registry::v1::CARE_LEVEL_FOCUS);
  policy.add_fulfilled_by(v1::CONTACT_KIND_TALK);
  const refusal::Refusal refused = refusal::Of(Put(policy).status());
  EXPECT_EQ(refused.reason, "FULFILMENT_NOT_REFINED");
  EXPECT_EQ(refused.field, "policy.fulfilled_by");
  policy.clear_fulfilled_by();
  policy.mutable_cadence()->set_period(v1::CADENCE_PERIOD_WEEK);
  policy.mutable_cadence()->set_times(2);
  const auto refined = Put(policy);
  ASSERT_TRUE(refined.ok()) << refined.status();
  EXPECT_THAT(refined->fulfilled_by(), IsEmpty());
  SetLevel(pair(0).child, registry::v1::CARE_LEVEL_FOCUS);
  AdvanceTo(On(9, 16, 10));
  const v1::Contact visit = Record(v1::CONTACT_KIND_HOME_VISIT, On(9, 15, 16));
  EXPECT_THAT(Closes(visit), UnorderedElementsAre("家访 0901", "谈心 0914")) << "as the county says";
}

}  // namespace
}  // namespace tonghu::system_test
