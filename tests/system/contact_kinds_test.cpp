// Contacts that count for several kinds of duty, on a real stack: duties, figures and lists follow.
#include "absl/algorithm/container.h"
#include "absl/strings/str_format.h"
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

TEST_F(ContactKindsTest, AVisitOfTheClassTeacherAndTheProxyParentDoesWhatBothOwe) {
  const std::string proxy = OtherOf(pair(0)).helper;
  PairWith(pair(0), proxy);
  AdvanceTo(On(9, 9, 10));
  v1::CreateContactRequest together = Asked(v1::CONTACT_KIND_TALK, On(9, 8, 16));
  together.mutable_contact()->add_together_with(proxy);
  const auto talk = clients().Call(&v1::ContactService::Stub::CreateContact, together);
  ASSERT_TRUE(talk.ok()) << talk.status();
  EXPECT_THAT(Closes(Again(*talk)), ElementsAre("谈心 0907", "谈心 0907"));
  EXPECT_THAT(Again(*talk).together_with(), ElementsAre(proxy));
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(Done(), 2);

  v1::UpdateContactRequest correct;
  correct.mutable_contact()->set_name(talk->name());
  correct.mutable_update_mask()->add_paths("together_with");
  correct.set_helper(talk->helper());
  correct.set_reason("代理家长没有来");
  const auto alone = clients().Call(&v1::ContactService::Stub::UpdateContact, correct);
  ASSERT_TRUE(alone.ok()) << alone.status();
  EXPECT_THAT(Closes(Again(*talk)), ElementsAre("谈心 0907"));
  v1::ListContactVersionsRequest list;
  list.set_name(talk->name());
  const auto versions = clients().Call(&v1::ContactService::Stub::ListContactVersions, list);
  ASSERT_TRUE(versions.ok() && versions->versions_size() == 1) << versions.status();
  EXPECT_THAT(versions->versions(0).contact().together_with(), ElementsAre(proxy));
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(Done(), 1);

  v1::CreateContactRequest stranger = Asked(v1::CONTACT_KIND_TALK, On(9, 8, 17));
  stranger.mutable_contact()->add_together_with(proxy);
  stranger.mutable_contact()->add_together_with("counties/" + pair(0).county + "/staffMembers/nobody");
  const refusal::Refusal refused =
      refusal::Of(clients().Call(&v1::ContactService::Stub::CreateContact, stranger).status());
  EXPECT_EQ(refused.reason, "NOT_PAIRED");
  EXPECT_EQ(refused.field, "contact.together_with[1]");
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

// One contact with several children of one helper.
class GroupContactTest : public PairingTest {
 protected:
  v1::CreateGroupContactRequest Meeting(const std::vector<std::string>& children) {
    v1::CreateGroupContactRequest request;
    request.set_parent("counties/" + pair(0).county);
    request.mutable_contact()->set_helper(pair(0).helper);
    request.mutable_contact()->set_kind(v1::CONTACT_KIND_TALK);
    request.mutable_contact()->set_note("防溺水");
    clock::SetTime(On(9, 2, 9), request.mutable_contact()->mutable_happen_time());
    for (const std::string& child : children) request.add_children(child);
    return request;
  }
  absl::StatusOr<v1::CreateGroupContactResponse> Record(const v1::CreateGroupContactRequest& request) {
    return clients().Call(&v1::ContactService::Stub::CreateGroupContact, request);
  }
  std::string Why(const v1::CreateGroupContactRequest& request) {
    const refusal::Refusal refused = refusal::Of(Record(request).status());
    return refused.reason + " " + refused.field;
  }
  int64_t Contacts() { return province_->Number("pairing", "SELECT count(*) FROM contact").value_or(-1); }
};

TEST_F(GroupContactTest, EachChildIsRecordedAndARepeatIsNoSecondMeeting) {
  const fault::Paired& other = OtherOf(pair(0));
  PairWith(other, pair(0).helper);
  AdvanceTo(On(9, 2, 10));
  v1::CreateGroupContactRequest request = Meeting({other.child, pair(0).child});
  request.set_request_id("01890000-0000-4000-8000-000000000001");
  const auto met = Record(request);
  ASSERT_TRUE(met.ok()) << met.status();
  ASSERT_EQ(met->contacts_size(), 2);
  EXPECT_NE(met->group(), "");
  int closed = 0;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(met->contacts(i).child(), request.children(i));
    EXPECT_EQ(met->contacts(i).group(), met->group());
    EXPECT_EQ(met->contacts(i).note(), "防溺水");
    closed += met->contacts(i).closed_duties_size();
  }
  EXPECT_EQ(met->contacts(1).closed_duties_size(), 1) << "the week's talk";
  const auto again = Record(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->group(), met->group());
  EXPECT_EQ(again->contacts_size(), 2);
  EXPECT_EQ(Contacts(), 2);
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(province_->Number("reporting", "SELECT sum(done)::bigint FROM weekly_count").value_or(-1),
            closed);
}

TEST_F(GroupContactTest, AClassIsTheHelpersOwnChildrenOfIt) {
  PairWith(OtherOf(pair(0)), pair(0).helper);
  AdvanceTo(On(9, 2, 10));
  v1::CreateGroupContactRequest request = Meeting({});
  request.set_school(pair(0).school);
  request.set_grade(pair(0).grade);
  request.set_class_number(pair(0).class_number);
  const auto met = Record(request);
  ASSERT_TRUE(met.ok()) << met.status();
  ASSERT_EQ(met->contacts_size(), 1) << "the other child is in another class";
  EXPECT_EQ(met->contacts(0).child(), pair(0).child);
}

TEST_F(GroupContactTest, OneChildTooManyOrNotTheHelpersAndNothingIsRecorded) {
  AdvanceTo(On(9, 2, 10));
  const std::vector<std::string> own = {pair(0).child};
  EXPECT_EQ(Why(Meeting({})), "GROUP_MISSING children");
  EXPECT_EQ(Why(Meeting({own[0], OtherOf(pair(0)).child})), "NOT_PAIRED children[1]");
  EXPECT_EQ(Why(Meeting({own[0], own[0]})), "CHILD_TWICE children[1]");
  const std::string nobody = "counties/" + pair(0).county + "/children/01990000-0000-7000-8000-0000000000ff";
  EXPECT_EQ(Why(Meeting({own[0], nobody})), "CHILD_NOT_FOUND children[1]");
  std::vector<std::string> many;
  for (int i = 0; i < 1000; ++i) {
    many.push_back(absl::StrFormat("counties/%s/children/01990000-0000-7000-8000-%012d", pair(0).county, i));
  }
  EXPECT_EQ(Why(Meeting(many)), "GROUP_SIZE children") << "a thousand children in one class contact";
  many.resize(61);
  EXPECT_EQ(Why(Meeting(many)), "GROUP_SIZE children");
  auto marked = Meeting(own);
  marked.mutable_contact()->add_concerns(v1::CONCERN_MOOD);
  EXPECT_EQ(Why(marked), "MARKS_OF_GROUP contact.concerns");
  auto both = Meeting(own);
  both.set_school(ChildOf(pair(0)).school());
  EXPECT_EQ(Why(both), "GROUP_MISSING children");
  auto empty = Meeting({});
  empty.set_school(ChildOf(pair(0)).school());
  empty.set_grade(1);
  empty.set_class_number(99);
  EXPECT_EQ(Why(empty), "CLASS_WITHOUT_OWN school");
  EXPECT_EQ(Contacts(), 0);
  EXPECT_TRUE(Record(Meeting(own)).ok());
}

}  // namespace
}  // namespace tonghu::system_test
