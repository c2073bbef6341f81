// Which talk closes which duty.
#include <set>
#include <utility>

#include "tests/system/pairing_fixture.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

class TalksTest : public PairingTest {
 protected:
  // Who gave the commands of which types of events in pairing's journal.
  std::set<std::pair<std::string, std::string>> Actors() {
    std::set<std::pair<std::string, std::string>> actors;
    for (int shard = 0; shard < 8; ++shard) {
      journal::v1::ReadEventsRequest request;
      request.set_shard(shard);
      request.set_from_seq(1);
      request.set_page_size(5000);
      auto page = clients().CallAt("pairing", &journal::v1::JournalService::Stub::ReadEvents, request);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const auto& event : page->events()) actors.emplace(event.type(), event.actor());
    }
    return actors;
  }
};

// Every event says who gave the command that it came from; deadlines are the service's own.
TEST_F(TalksTest, TheJournalSaysWhoDidIt) {
  AdvanceTo(On(9, 16, 10));  // two weeks are missed
  Talk(pair(0), pair(0).helper, On(9, 15, 9));
  Talk(pair(0), pair(0).helper, On(9, 2, 9));
  const std::string caller = "operators/local";
  EXPECT_THAT(Actors(),
              testing::IsSupersetOf(std::set<std::pair<std::string, std::string>>{{"pairing_started", caller},
                                                                                  {"calendar_put", caller},
                                                                                  {"contact_logged", caller},
                                                                                  {"duty_done_late", caller},
                                                                                  {"duty_missed", ""}}));
  for (const auto& [type, actor] : Actors()) EXPECT_EQ(actor, type == "duty_missed" ? "" : caller) << type;
}

// What the phone page of a helper shows: a miss, this week's talk, and who was spoken with when.
TEST_F(TalksTest, AHelperSeesWhatIsOwedTheMostUrgentFirst) {
  AdvanceTo(On(9, 9, 10));  // the first week was missed
  const auto owed = [&](const std::string& child) {
    v1::ListOwedDutiesRequest list;
    list.set_parent("counties/" + pair(0).county);
    list.set_helper(pair(0).helper);
    list.set_page_size(1000);
    auto listed = clients().Call(&v1::DutyService::Stub::ListOwedDuties, list);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<v1::OwedDuty> rows;
    for (const v1::OwedDuty& row : listed->owed_duties()) {
      EXPECT_EQ(row.duty().helper(), pair(0).helper);
      if (row.duty().child() == child) rows.push_back(row);
    }
    return rows;
  };
  const auto before = owed(pair(0).child);
  ASSERT_EQ(before.size(), 2u);
  EXPECT_EQ(before[0].duty().state(), v1::DUTY_STATE_MISSED);
  EXPECT_EQ(before[1].duty().state(), v1::DUTY_STATE_OPEN);
  EXPECT_FALSE(before[1].has_last_contact_time());
  EXPECT_EQ(before[1].school(), ChildOf(pair(0)).school());
  EXPECT_EQ(before[1].class_number(), ChildOf(pair(0)).class_number());
  Talk(pair(0), pair(0).helper, On(9, 8, 9));
  const auto after = owed(pair(0).child);
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0].duty().state(), v1::DUTY_STATE_MISSED) << "one talk closes one duty";
  EXPECT_EQ(after[1].duty().state(), v1::DUTY_STATE_DONE);
  EXPECT_EQ(after[1].last_contact_time().seconds(), absl::ToUnixSeconds(On(9, 8, 9)));
}

// Term ends on Friday; a talk on Monday.
TEST_F(TalksTest, AMakeUpGivesTheSameEndWheneverItIsReported) {
  SetTerm(ChildOf(pair(0)).school(), "2026-09-01", "2026-09-04");
  ASSERT_EQ(ChildOf(pair(1)).school(), ChildOf(pair(0)).school());
  AdvanceTo(On(9, 7, 10));
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 7, 9)), Duties(pair(0))[0].name());
  AdvanceTo(On(9, 9, 10));
  EXPECT_EQ(MissedAlerts(pair(0), pair(0).helper), 0);
  EXPECT_EQ(UnresolvedAlerts(pair(1)), 1);
  EXPECT_EQ(Talk(pair(1), pair(1).helper, On(9, 7, 9)), Duties(pair(1))[0].name());
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_EQ(UnresolvedAlerts(pair(1)), 0);
  for (const fault::Paired& one : {pair(0), pair(1)}) {
    EXPECT_EQ(Duties(one)[0].state(), v1::DUTY_STATE_DONE_LATE);
    EXPECT_TRUE(Duties(one)[0].made_up());
  }
  EXPECT_EQ(province_->Number("reporting", "SELECT sum(done_late)::bigint FROM weekly_count").value_or(-1),
            2);
}

TEST_F(TalksTest, ATalkOfTheWeekFreesTheMakeUpForAnotherWeek) {
  AdvanceTo(On(9, 16, 10));  // two weeks are missed
  const std::vector<v1::Duty> owed = Duties(pair(0));
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 15, 9)), owed[2].name());
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 16, 9)), owed[0].name());
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 2, 9)), owed[0].name());
  ASSERT_TRUE(province_->Quiet().ok());
  const std::vector<v1::Duty> after = Duties(pair(0));
  EXPECT_FALSE(after[0].made_up());
  EXPECT_EQ(after[1].state(), v1::DUTY_STATE_DONE_LATE);
  EXPECT_TRUE(after[1].made_up());
  EXPECT_EQ(UnresolvedAlerts(pair(0)), 0);
  v1::GetContactRequest get;
  get.set_name(after[1].contact());
  auto contact = clients().Call(&v1::ContactService::Stub::GetContact, get);
  ASSERT_TRUE(contact.ok()) << contact.status();
  EXPECT_THAT(contact->closed_duties(), testing::ElementsAre(after[1].name()));
}

// A talked on Tuesday; A handed over to B on Wednesday, B to C on Thursday; A's report comes on Friday.
TEST_F(TalksTest, WhoeverWasPairedWithinTheWeekCounts) {
  const fault::Paired& child = pair(0);
  std::vector<std::string> helpers;
  for (const fault::Paired& one : province_->paired()) {
    if (one.county == child.county && one.helper != child.helper &&
        std::find(helpers.begin(), helpers.end(), one.helper) == helpers.end())
      helpers.push_back(one.helper);
  }
  ASSERT_GE(helpers.size(), 2u);
  AdvanceTo(On(9, 2, 10));
  const std::string second = HandOver(PairingOf(child), helpers[0]);
  AdvanceTo(On(9, 3, 10));
  HandOver(second, helpers[1]);
  AdvanceTo(On(9, 4, 10));
  const std::string owed = Duties(child)[0].name();
  EXPECT_EQ(Duties(child)[0].helper(), helpers[1]);
  EXPECT_EQ(Talk(child, child.helper, On(9, 1, 9)), owed);
  EXPECT_EQ(Duties(child)[0].state(), v1::DUTY_STATE_DONE);
}

TEST_F(TalksTest, WhatADutyPolicyLeavesOutStaysAsItIs) {
  v1::PutDutyPolicyRequest put;
  put.mutable_policy()->set_parent("counties/520324");
  put.mutable_policy()->set_kind(v1::DUTY_KIND_TALK);
  put.mutable_policy()->mutable_late_report_after()->set_seconds(7200);
  const auto call = [&] { return clients().Call(&v1::DutyService::Stub::PutDutyPolicy, put); };
  auto stored = call();
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(stored->report_grace().seconds(), 48 * 3600) << "built in";
  put.mutable_policy()->clear_late_report_after();
  put.mutable_policy()->mutable_report_grace();  // 0 s, said
  stored = call();
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(stored->report_grace().seconds(), 0);
  EXPECT_EQ(stored->late_report_after().seconds(), 7200);
}

TEST_F(TalksTest, AMissedTalkIsReportedAfterAllOrMadeUpFor) {
  AdvanceTo(On(9, 9, 12));
  const std::string first = Duties(pair(0))[0].name(), second = Duties(pair(0))[1].name();
  ASSERT_EQ(Duties(pair(0))[0].state(), v1::DUTY_STATE_MISSED);
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 8, 9)), second) << "this week's comes first";
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 9, 9)), first) << "then the missed one is made up for";
  EXPECT_EQ(Talk(pair(0), pair(0).helper, On(9, 9, 10)), "") << "nothing is left";
  EXPECT_EQ(Talk(pair(1), pair(1).helper, On(9, 3, 9)), Duties(pair(1))[0].name())
      << "only its report was late";
  for (const fault::Paired& one : {pair(0), pair(1)})
    EXPECT_EQ(Duties(one)[0].state(), v1::DUTY_STATE_DONE_LATE);
}

}  // namespace
}  // namespace tonghu::system_test
