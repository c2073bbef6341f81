// Contacts that are corrected or withdrawn, on a real stack: duties, alerts, figures and lists follow.
#include "libs/refusal/refusal.h"
#include "tests/system/pairing_fixture.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

class CorrectionsTest : public PairingTest {
 protected:
  v1::Contact Record(const fault::Paired& pair, absl::Time happened, const std::string& helper = "",
                     const std::string& request_id = "") {
    v1::CreateContactRequest request;
    request.set_parent("counties/" + pair.county);
    request.set_request_id(request_id);
    request.mutable_contact()->set_child(pair.child);
    request.mutable_contact()->set_helper(helper.empty() ? pair.helper : helper);
    request.mutable_contact()->set_kind(v1::CONTACT_KIND_TALK);
    request.mutable_contact()->set_note("谈学习");
    clock::SetTime(happened, request.mutable_contact()->mutable_happen_time());
    auto logged = clients().Call(&v1::ContactService::Stub::CreateContact, request);
    EXPECT_TRUE(logged.ok()) << logged.status();
    return logged.value_or(v1::Contact());
  }
  absl::StatusOr<v1::Contact> TryWithdraw(const v1::Contact& contact, int version = 0) {
    v1::WithdrawContactRequest request;
    request.set_name(contact.name());
    request.set_helper(contact.helper());
    request.set_reason("记错了孩子");
    request.set_version(version);
    return clients().Call(&v1::ContactService::Stub::WithdrawContact, request);
  }
  void Withdraw(const v1::Contact& contact) {
    const auto withdrawn = TryWithdraw(contact);
    EXPECT_TRUE(withdrawn.ok()) << withdrawn.status();
    EXPECT_TRUE(province_->Quiet().ok());
  }
  v1::UpdateContactRequest Move(const v1::Contact& contact, absl::Time happened) {
    v1::UpdateContactRequest request;
    request.mutable_contact()->set_name(contact.name());
    clock::SetTime(happened, request.mutable_contact()->mutable_happen_time());
    request.mutable_update_mask()->add_paths("happen_time");
    request.set_helper(contact.helper());
    request.set_reason("日期填错");
    return request;
  }
  absl::StatusOr<v1::Contact> Update(const v1::UpdateContactRequest& request) {
    auto updated = clients().Call(&v1::ContactService::Stub::UpdateContact, request);
    EXPECT_TRUE(province_->Quiet().ok());
    return updated;
  }
  std::vector<v1::Contact> Listed(const fault::Paired& pair, bool withdrawn) {
    v1::ListContactsRequest request;
    request.set_parent("counties/" + pair.county);
    request.set_child(pair.child);
    request.set_show_withdrawn(withdrawn);
    auto listed = clients().Call(&v1::ContactService::Stub::ListContacts, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return {listed->contacts().begin(), listed->contacts().end()};
  }
  // "contacts done missed done_late", of all weeks and schools.
  std::string Figures() {
    std::string figures;
    for (const char* figure : {"contacts", "done", "missed", "done_late"}) {
      absl::StrAppend(
          &figures, figures.empty() ? "" : " ",
          province_->Number("reporting", absl::StrCat("SELECT sum(", figure, ")::bigint FROM weekly_count"))
              .value_or(-1));
    }
    return figures;
  }
  int64_t Missed() {
    return province_->Number("pairing", "SELECT count(*) FROM judged_duty WHERE state = 3").value_or(-1);
  }
};

std::string Reason(const absl::Status& status) {
  const refusal::Refusal refused = refusal::Of(status);
  return refused.reason.empty() ? status.ToString() : absl::StrCat(refused.reason, " ", refused.field);
}

TEST_F(CorrectionsTest, TheOnlyTalkOfAPastWeekIsWithdrawnAndItsAlertIsRaisedOnceThoughServicesDie) {
  const fault::Paired& child = pair(0);
  AdvanceTo(On(9, 2, 10));
  const v1::Contact talk = Record(child, On(9, 2, 9));
  ASSERT_THAT(talk.closed_duties(), testing::ElementsAre(Duties(child)[0].name()));
  AdvanceTo(On(9, 9, 10));
  ASSERT_EQ(Duties(child)[0].state(), v1::DUTY_STATE_DONE);
  const int64_t missed = Missed();
  const std::string others = absl::StrCat(missed);
  ASSERT_EQ(Figures(), absl::StrCat("1 1 ", others, " 0"));

  ASSERT_TRUE(province_->stack().Kill("alerts").ok());
  const auto withdrawn = TryWithdraw(talk);
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_TRUE(withdrawn->withdrawn());
  EXPECT_THAT(withdrawn->closed_duties(), testing::IsEmpty());
  ASSERT_TRUE(province_->stack().Kill("pairing").ok());
  ASSERT_TRUE(province_->stack().Start("pairing").ok());
  ASSERT_TRUE(province_->stack().Start("alerts").ok());
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(Duties(child)[0].state(), v1::DUTY_STATE_MISSED);
  EXPECT_EQ(Duties(child)[0].contact(), "");
  EXPECT_EQ(MissedAlerts(child, child.helper), 1);
  EXPECT_EQ(UnresolvedAlerts(child), 1);
  EXPECT_EQ(Figures(), absl::StrCat("0 0 ", missed + 1, " 0"));
  EXPECT_EQ(Listed(child, false).size(), 0u);
  ASSERT_EQ(Listed(child, true).size(), 1u);
  EXPECT_TRUE(Listed(child, true)[0].withdrawn());
  v1::BatchGetLastContactsRequest last;
  last.set_parent("counties/" + child.county);
  last.add_children(child.child);
  EXPECT_EQ(clients().Call(&v1::ContactService::Stub::BatchGetLastContacts, last)->last_contacts_size(), 0);

  // What settles the alert may be withdrawn too: a settled alert is final, so there is another.
  const v1::Contact again = Record(child, On(9, 3, 9));
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(Duties(child)[0].state(), v1::DUTY_STATE_DONE_LATE);
  EXPECT_EQ(UnresolvedAlerts(child), 0);
  EXPECT_EQ(Figures(), absl::StrCat("1 0 ", missed + 1, " 1"));
  Withdraw(again);
  EXPECT_EQ(MissedAlerts(child, child.helper), 2);
  EXPECT_EQ(UnresolvedAlerts(child), 1);
  EXPECT_EQ(Figures(), absl::StrCat("0 0 ", missed + 1, " 0"));
  Record(child, On(9, 4, 9));
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(UnresolvedAlerts(child), 0) << "the second alert is found too";
}

TEST_F(CorrectionsTest, ADateThatWasTypedWronglyIsSettledAsIfItHadBeenRight) {
  const fault::Paired& child = pair(0);
  AdvanceTo(On(9, 8, 10));
  const v1::Contact talk = Record(child, On(9, 8, 9));
  AdvanceTo(On(9, 9, 10));
  ASSERT_EQ(Duties(child)[0].state(), v1::DUTY_STATE_MISSED);
  ASSERT_EQ(UnresolvedAlerts(child), 1);
  const int64_t missed = Missed();
  const auto moved = Update(Move(talk, On(9, 3, 9)));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_THAT(moved->closed_duties(), testing::ElementsAre(Duties(child)[0].name()));
  EXPECT_EQ(moved->version(), 2);
  EXPECT_EQ(Duties(child)[0].state(), v1::DUTY_STATE_DONE) << "it was reported in time, on the 8th";
  EXPECT_TRUE(Duties(child)[0].reported_late()) << "five days after";
  EXPECT_EQ(Duties(child)[1].state(), v1::DUTY_STATE_OPEN);
  EXPECT_EQ(UnresolvedAlerts(child), 0);
  EXPECT_EQ(Figures(), absl::StrCat("1 1 ", missed - 1, " 0"));

  v1::ListContactVersionsRequest list;
  list.set_name(talk.name());
  const auto versions = clients().Call(&v1::ContactService::Stub::ListContactVersions, list);
  ASSERT_TRUE(versions.ok() && versions->versions_size() == 1) << versions.status();
  EXPECT_EQ(versions->versions(0).contact().happen_time().seconds(), absl::ToUnixSeconds(On(9, 8, 9)));
  EXPECT_EQ(versions->versions(0).reason(), "日期填错");
  EXPECT_EQ(versions->versions(0).changed_by(), "operators/local");

  ASSERT_TRUE(Update(Move(talk, On(9, 8, 9))).ok());
  EXPECT_EQ(Duties(child)[0].state(), v1::DUTY_STATE_MISSED);
  EXPECT_EQ(Duties(child)[1].state(), v1::DUTY_STATE_DONE);
  EXPECT_EQ(MissedAlerts(child, child.helper), 2);
  EXPECT_EQ(UnresolvedAlerts(child), 1);
  EXPECT_EQ(Figures(), absl::StrCat("1 1 ", missed, " 0"));
}

TEST_F(CorrectionsTest, WhoeverOwesTheDutyByNowOwesItAndAnExcuseCountsAgain) {
  const fault::Paired& child = pair(0);
  const std::string other = OtherOf(child).helper;
  AdvanceTo(On(9, 2, 10));
  const v1::Contact talk = Record(child, On(9, 2, 9));
  HandOver(PairingOf(child), other);
  Withdraw(talk);
  EXPECT_EQ(Duties(child)[0].state(), v1::DUTY_STATE_OPEN);
  EXPECT_EQ(Duties(child)[0].helper(), other);
  EXPECT_NE(Talk(child, other, On(9, 2, 10)), "") << "the present helper does it";

  const fault::Paired& excused = pair(1);
  v1::ExcuseDutyRequest excuse;
  excuse.set_name(Duties(excused)[0].name());
  excuse.set_reason("随父母外出");
  ASSERT_TRUE(clients().Call(&v1::DutyService::Stub::ExcuseDuty, excuse).ok());
  const v1::Contact beats = Record(excused, On(9, 2, 9));
  EXPECT_EQ(Duties(excused)[0].state(), v1::DUTY_STATE_DONE);
  EXPECT_EQ(Duties(excused)[0].excuse(), "");
  Withdraw(beats);
  EXPECT_EQ(Duties(excused)[0].state(), v1::DUTY_STATE_EXCUSED);
  EXPECT_EQ(Duties(excused)[0].excuse(), "随父母外出");
  AdvanceTo(On(9, 9, 10));
  EXPECT_EQ(UnresolvedAlerts(excused), 0);
}

TEST_F(CorrectionsTest, AConcernThatIsTakenBackIsNotedAndOneThatIsAddedCounts) {
  const fault::Paired& child = pair(0);
  AdvanceTo(On(9, 2, 10));
  const v1::Contact talk = Record(child, On(9, 2, 9));
  v1::UpdateContactRequest mark;
  mark.mutable_contact()->set_name(talk.name());
  mark.mutable_contact()->add_concerns(v1::CONCERN_SAFETY);
  mark.mutable_update_mask()->add_paths("concerns");
  mark.set_helper(talk.helper());
  mark.set_reason("补充");
  ASSERT_TRUE(Update(mark).ok());
  const auto alert = [&] {
    alerts::v1::ListAlertsRequest list;
    list.set_parent("counties/" + child.county);
    list.set_kind(alerts::v1::ALERT_KIND_CONCERN);
    auto listed = clients().Call(&alerts::v1::AlertService::Stub::ListAlerts, list);
    EXPECT_TRUE(listed.ok() && listed->alerts_size() == 1) << listed.status();
    return listed->alerts(0);
  };
  EXPECT_EQ(alert().occurrences(), 1);
  mark.mutable_contact()->set_concerns(0, v1::CONCERN_HEALTH);
  ASSERT_TRUE(Update(mark).ok());
  EXPECT_EQ(alert().occurrences(), 2) << "another concern";
  EXPECT_EQ(alert().marked_contacts(0).concerns(0), v1::CONCERN_HEALTH);
  Withdraw(talk);
  EXPECT_TRUE(alert().marked_contacts(0).withdrawn());
  EXPECT_EQ(alert().state(), alerts::v1::ALERT_STATE_OPEN) << "somebody looks into it all the same";
  const alerts::v1::Alert last = alert();
  const auto& entries = last.entries();
  EXPECT_EQ(std::count_if(entries.begin(), entries.end(),
                          [](const auto& entry) { return entry.action() == alerts::v1::ALERT_ACTION_NOTED; }),
            2);
}

TEST_F(CorrectionsTest, ARepeatOfTheRequestDoesNotRecordAgainWhatWasChanged) {
  const fault::Paired& child = pair(0);
  AdvanceTo(On(9, 8, 10));
  const std::string id = "0193aaaa-0000-7000-8000-000000000001";
  const v1::Contact talk = Record(child, On(9, 8, 9), "", id);
  ASSERT_TRUE(Update(Move(talk, On(9, 3, 9))).ok());
  const v1::Contact corrected = Record(child, On(9, 8, 9), "", id);
  EXPECT_EQ(corrected.name(), talk.name());
  EXPECT_EQ(corrected.happen_time().seconds(), absl::ToUnixSeconds(On(9, 3, 9))) << "as it stands now";
  Withdraw(talk);
  EXPECT_TRUE(Record(child, On(9, 8, 9), "", id).withdrawn());
  EXPECT_EQ(Listed(child, true).size(), 1u);
}

TEST_F(CorrectionsTest, WhatCannotBeChangedIsRefusedWithItsField) {
  const fault::Paired& child = pair(0);
  AdvanceTo(On(9, 8, 10));
  const v1::Contact talk = Record(child, On(9, 8, 9));
  const auto refused = [&](const v1::UpdateContactRequest& request) {
    return Reason(clients().Call(&v1::ContactService::Stub::UpdateContact, request).status());
  };
  v1::UpdateContactRequest request = Move(talk, On(9, 7, 9));
  request.set_reason("");
  EXPECT_EQ(refused(request), "REASON_MISSING reason");
  request.set_reason(std::string(501, 'x'));
  EXPECT_EQ(refused(request), "REASON_TOO_LONG reason");
  request.set_reason("x");
  request.set_helper(OtherOf(child).helper);
  EXPECT_EQ(refused(request), "CONTACT_OF_ANOTHER helper");
  request.set_helper(talk.helper());
  request.set_version(7);
  EXPECT_EQ(refused(request), "CONTACT_CHANGED version");
  request.set_version(-1);
  EXPECT_EQ(refused(request), "CONTACT_CHANGED version");
  request.set_version(1);
  EXPECT_EQ(refused(Move(talk, On(9, 8, 11))), "HAPPEN_TIME_IN_FUTURE contact.happen_time");
  EXPECT_EQ(refused(Move(talk, On(7, 1, 9))), "HAPPEN_TIME_TOO_OLD contact.happen_time");
  EXPECT_EQ(refused(Move(talk, On(9, 8, 9))), "NOTHING_CHANGED update_mask");
  request.clear_update_mask();
  EXPECT_EQ(refused(request), "UPDATE_MASK_EMPTY update_mask");
  request.mutable_update_mask()->add_paths("child");
  EXPECT_EQ(refused(request), "UPDATE_MASK_UNKNOWN_PATH update_mask.paths[0]");
  request.mutable_update_mask()->set_paths(0, "note");
  request.mutable_contact()->set_note(std::string(1 << 20, 'x'));
  EXPECT_EQ(refused(request), "NOTE_TOO_LONG contact.note");
  request.mutable_update_mask()->set_paths(0, "concerns");
  request.mutable_contact()->add_concerns(static_cast<v1::Concern>(99));
  EXPECT_EQ(refused(request), "CONCERNS_INVALID contact.concerns");
  request.mutable_contact()->set_name(child.child);
  EXPECT_EQ(refused(request), "NAME_MALFORMED contact.name");
  request.mutable_contact()->set_name("counties/" + child.county +
                                      "/contacts/01990000-0000-7000-8000-0000000000ff");
  EXPECT_EQ(refused(request), "CONTACT_NOT_FOUND contact.name");
  EXPECT_EQ(Reason(TryWithdraw(talk, 2).status()), "CONTACT_CHANGED version");
  AdvanceTo(On(9, 9, 10));
  EXPECT_EQ(refused(Move(talk, On(9, 9, 9))), "HAPPEN_TIME_AFTER_REPORT contact.happen_time");
  for (int change = 1; change <= 20; ++change)
    ASSERT_TRUE(
        clients().Call(&v1::ContactService::Stub::UpdateContact, Move(talk, On(9, 8, change % 2 + 7))).ok());
  EXPECT_EQ(refused(Move(talk, On(9, 8, 6))), "TOO_MANY_CHANGES contact.name");
  const v1::Contact another = Record(child, On(9, 9, 9));
  Withdraw(another);
  EXPECT_EQ(Reason(TryWithdraw(another).status()), "CONTACT_WITHDRAWN name");
  EXPECT_EQ(refused(Move(another, On(9, 8, 9))), "CONTACT_WITHDRAWN contact.name");
}

}  // namespace
}  // namespace tonghu::system_test
