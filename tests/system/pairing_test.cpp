// What becomes of the talks a child is owed when its pairing changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "libs/journal/event_row.h"
#include "tests/fault/province.h"

namespace tonghu::system_test {
namespace {

namespace v1 = tonghu::pairing::v1;

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

absl::Time On(int month, int day, int hour = 0) {
  return absl::FromCivil(absl::CivilHour(2026, month, day, hour), clock::China());
}

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// Monday 31 August, 8:00; school begins on Tuesday. Each child is owed a talk by its class teacher from the
// first week on.
class PairingTest : public testing::Test {
 protected:
  void SetUp() override {
    auto province = fault::Province::Up(1, 12);
    ASSERT_TRUE(province.ok()) << province.status();
    province_ = std::move(*province);
    ASSERT_TRUE(province_->Quiet().ok());
  }

  const fault::Paired& pair(size_t i) const { return province_->paired()[i]; }
  demo::Clients& clients() { return province_->clients(); }

  void AdvanceTo(absl::Time time) {
    ASSERT_TRUE(province_->stack().clock().AdvanceTo(time).ok());
    ASSERT_TRUE(province_->Quiet().ok());
  }

  // By week.
  std::vector<v1::Duty> Duties(const fault::Paired& pair) {
    v1::ListDutiesRequest request;
    request.set_parent("counties/" + pair.county);
    request.set_child(pair.child);
    auto listed = demo::Call(*clients().duties, &v1::DutyService::Stub::ListDuties, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<v1::Duty> duties;
    if (listed.ok()) duties.assign(listed->duties().begin(), listed->duties().end());
    std::sort(duties.begin(), duties.end(), [](const v1::Duty& a, const v1::Duty& b) {
      return a.window_start().seconds() < b.window_start().seconds();
    });
    return duties;
  }

  std::vector<v1::DutyState> States(const fault::Paired& pair) {
    std::vector<v1::DutyState> states;
    for (const v1::Duty& duty : Duties(pair)) states.push_back(duty.state());
    return states;
  }

  std::string PairingOf(const fault::Paired& pair) { return Duties(pair).front().pairing(); }

  registry::v1::Child ChildOf(const fault::Paired& pair) {
    registry::v1::GetChildRequest get;
    get.set_name(pair.child);
    auto child = demo::Call(*clients().children, &registry::v1::ChildService::Stub::GetChild, get);
    EXPECT_TRUE(child.ok()) << child.status();
    return child.ok() ? *child : registry::v1::Child();
  }

  registry::v1::School SchoolOf(const fault::Paired& pair) {
    registry::v1::ListSchoolsRequest list;
    list.set_parent("counties/" + pair.county);
    auto listed = demo::Call(*clients().directory, &registry::v1::DirectoryService::Stub::ListSchools, list);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok() ? listed->schools(0) : registry::v1::School();
  }

  void SetTerm(const std::string& school, const std::string& first, const std::string& last) {
    v1::PutSchoolCalendarRequest put;
    put.mutable_calendar()->set_school(school);
    put.mutable_calendar()->set_first_day(first);
    put.mutable_calendar()->set_last_day(last);
    auto stored = demo::Call(*clients().calendars, &v1::CalendarService::Stub::PutSchoolCalendar, put);
    EXPECT_TRUE(stored.ok()) << stored.status();
    EXPECT_TRUE(province_->Quiet().ok());
  }

  // Another school of the child's county, of the same kind and township; it has no calendar yet.
  std::string NewSchool(const fault::Paired& pair) {
    registry::v1::PutSchoolRequest put;
    *put.mutable_school() = SchoolOf(pair);
    put.mutable_school()->set_name(ChildOf(pair).school() + "x");
    put.mutable_school()->set_display_name("新校");
    auto made = demo::Call(*clients().directory, &registry::v1::DirectoryService::Stub::PutSchool, put);
    EXPECT_TRUE(made.ok()) << made.status();
    EXPECT_TRUE(province_->Quiet().ok());
    return made.ok() ? made->name() : "";
  }

  void MoveTo(const fault::Paired& pair, const std::string& school) {
    registry::v1::UpdateChildRequest update;
    update.mutable_child()->set_name(pair.child);
    update.mutable_child()->set_school(school);
    update.mutable_update_mask()->add_paths("school");
    auto moved = demo::Call(*clients().children, &registry::v1::ChildService::Stub::UpdateChild, update);
    EXPECT_TRUE(moved.ok()) << moved.status();
    EXPECT_TRUE(province_->Quiet().ok());
  }

  // By child, read in pages of five.
  std::map<std::string, v1::UncoveredReason> Uncovered(const std::string& county) {
    v1::ListUncoveredChildrenRequest request;
    request.set_parent("counties/" + county);
    request.set_page_size(5);
    std::map<std::string, v1::UncoveredReason> found;
    absl::Status read = demo::CallPages(*clients().pairings, &v1::PairingService::Stub::ListUncoveredChildren,
                                        request, [&](const auto& page) {
                                          for (const auto& child : page.uncovered_children())
                                            found[child.child()] = child.reason();
                                        });
    EXPECT_TRUE(read.ok()) << read;
    return found;
  }

  // Another child of the same county, whose class teacher is somebody else.
  const fault::Paired& OtherOf(const fault::Paired& pair) {
    const auto& paired = province_->paired();
    const auto other = std::find_if(paired.begin(), paired.end(), [&](const fault::Paired& one) {
      return one.county == pair.county && one.helper != pair.helper;
    });
    EXPECT_NE(other, paired.end());
    return *other;
  }

  // A second pairing of the child; gives its name.
  std::string PairWith(const fault::Paired& pair, const std::string& helper) {
    v1::CreatePairingRequest create;
    create.set_parent("counties/" + pair.county);
    create.mutable_pairing()->set_child(pair.child);
    create.mutable_pairing()->set_helper(helper);
    create.mutable_pairing()->set_role(v1::PAIRING_ROLE_PROXY_PARENT);
    auto made = demo::Call(*clients().pairings, &v1::PairingService::Stub::CreatePairing, create);
    EXPECT_TRUE(made.ok()) << made.status();
    EXPECT_TRUE(province_->Quiet().ok());
    return made.ok() ? made->name() : "";
  }

  // Gives the new pairing's name.
  std::string HandOver(const std::string& pairing, const std::string& helper) {
    v1::HandOverPairingRequest request;
    request.set_name(pairing);
    request.set_new_helper(helper);
    auto handed = demo::Call(*clients().pairings, &v1::PairingService::Stub::HandOverPairing, request);
    EXPECT_TRUE(handed.ok()) << handed.status();
    EXPECT_TRUE(province_->Quiet().ok());
    return handed.ok() ? handed->name() : "";
  }

  void End(const std::string& pairing, v1::PairingEndReason reason = v1::PAIRING_END_REASON_PARENT_RETURNED) {
    v1::EndPairingRequest end;
    end.set_name(pairing);
    end.set_reason(reason);
    auto ended = demo::Call(*clients().pairings, &v1::PairingService::Stub::EndPairing, end);
    EXPECT_TRUE(ended.ok()) << ended.status();
  }

  // The name of the duty that a talk closes; empty: none.
  std::string Talk(const fault::Paired& pair, const std::string& helper, absl::Time happened) {
    v1::CreateContactRequest request;
    request.set_parent("counties/" + pair.county);
    request.mutable_contact()->set_child(pair.child);
    request.mutable_contact()->set_helper(helper);
    request.mutable_contact()->set_kind(v1::CONTACT_KIND_TALK);
    journal::SetTime(happened, request.mutable_contact()->mutable_happen_time());
    auto logged = demo::Call(*clients().contacts, &v1::ContactService::Stub::CreateContact, request);
    EXPECT_TRUE(logged.ok()) << logged.status();
    return logged.ok() ? logged->closed_duty() : "";
  }

  int64_t MissedAlerts(const fault::Paired& pair, const std::string& helper) {
    return province_
        ->Number("alerts", absl::StrCat("SELECT count(*) FROM alert WHERE kind = 1 AND child_id = '",
                                        IdOf(pair.child), "' AND helper_id = '", IdOf(helper), "'"))
        .value_or(-1);
  }

  std::unique_ptr<fault::Province> province_;
};

TEST_F(PairingTest, I4EndingExcusesWhatHasBegunAndTakesAwayTheRest) {
  const std::vector<v1::DutyState> others = States(pair(1));
  AdvanceTo(On(9, 1, 10));
  End(PairingOf(pair(0)));
  EXPECT_THAT(States(pair(0)), ElementsAre(v1::DUTY_STATE_EXCUSED));
  EXPECT_EQ(States(pair(1)), others) << "another child's";
  AdvanceTo(On(9, 17));
  EXPECT_THAT(States(pair(0)), ElementsAre(v1::DUTY_STATE_EXCUSED));
  EXPECT_EQ(MissedAlerts(pair(0), pair(0).helper), 0);
  EXPECT_EQ(MissedAlerts(pair(1), pair(1).helper), 2) << "weeks of 31 August and 7 September";
}

TEST_F(PairingTest, I4AHandOverTakesOpenDutiesAlongAndTheFormerHelpersTalksStillCount) {
  const fault::Paired& child = pair(0);
  const fault::Paired& other = OtherOf(child);
  const std::vector<v1::Duty> before = Duties(child), others = Duties(other);
  AdvanceTo(On(9, 1, 10));
  const std::string handed = HandOver(PairingOf(child), other.helper);
  const std::vector<v1::Duty> after = Duties(child);
  ASSERT_EQ(after.size(), before.size()) << "one a week";
  for (size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].name(), before[i].name());
    EXPECT_EQ(after[i].helper(), other.helper);
    EXPECT_EQ(after[i].pairing(), handed);
  }
  EXPECT_EQ(Duties(other).size(), others.size()) << "another child's";
  EXPECT_EQ(Talk(child, child.helper, On(8, 31, 9)), after[0].name()) << "the former helper's, before it";
  AdvanceTo(On(9, 8, 12));
  EXPECT_EQ(Talk(child, other.helper, On(9, 8, 11)), after[1].name());
  AdvanceTo(On(9, 24));
  EXPECT_THAT(States(child), testing::Contains(v1::DUTY_STATE_MISSED).Times(1)) << "week of 14 September";
  EXPECT_EQ(MissedAlerts(child, other.helper), 1);
  EXPECT_EQ(MissedAlerts(child, child.helper), 0);
}

TEST_F(PairingTest, I4AHandOverToWhoseOwnPairingEndedThisWeekIsOwedAllTheSame) {
  const fault::Paired& child = pair(0);
  const fault::Paired& other = OtherOf(child);
  const std::string first = PairingOf(child);
  const std::string second = PairWith(child, other.helper);
  AdvanceTo(On(9, 1, 10));
  End(second);
  const std::string handed = HandOver(first, other.helper);
  std::map<v1::DutyState, std::string> of_first_week;
  for (const v1::Duty& duty : Duties(child)) {
    EXPECT_EQ(duty.helper(), other.helper);
    if (journal::ToTime(duty.window_start()) == On(8, 31)) of_first_week[duty.state()] = duty.pairing();
  }
  EXPECT_THAT(of_first_week,
              UnorderedElementsAre(Pair(v1::DUTY_STATE_EXCUSED, second), Pair(v1::DUTY_STATE_OPEN, handed)));
}

TEST_F(PairingTest, AShorterTermTakesAwayWhatIsBehindItsEnd) {
  const fault::Paired& here = pair(0);
  const auto elsewhere = std::find_if(province_->paired().begin(), province_->paired().end(),
                                      [&](const fault::Paired& one) { return one.county != here.county; });
  const size_t others = Duties(*elsewhere).size();
  ASSERT_GT(Duties(here).size(), 2u);
  SetTerm(ChildOf(here).school(), "2026-09-01", "2026-09-11");
  const std::vector<v1::Duty> left = Duties(here);
  ASSERT_EQ(left.size(), 2u);
  EXPECT_EQ(journal::ToTime(left[0].window_start()), On(8, 31));
  EXPECT_EQ(journal::ToTime(left[1].window_start()), On(9, 7));
  EXPECT_EQ(Duties(*elsewhere).size(), others) << "another school's";
}

TEST_F(PairingTest, AChildWhoMovesIsOwedTheWeeksOfTheNewSchool) {
  const std::string school = NewSchool(pair(0));
  SetTerm(school, "2026-09-07", "2026-09-18");
  const size_t others = Duties(pair(1)).size();
  MoveTo(pair(0), school);
  std::vector<absl::Time> weeks;
  for (const v1::Duty& duty : Duties(pair(0))) weeks.push_back(journal::ToTime(duty.window_start()));
  EXPECT_THAT(weeks, ElementsAre(On(8, 31), On(9, 7), On(9, 14))) << "the first has begun";
  EXPECT_EQ(Duties(pair(1)).size(), others) << "another child's";
}

TEST_F(PairingTest, ChildrenNobodyWillTalkWithAreNamed) {
  EXPECT_THAT(Uncovered("-"), IsEmpty());
  const std::string county = pair(0).county, school = ChildOf(pair(0)).school();
  AdvanceTo(On(9, 1, 10));
  End(PairingOf(pair(0)), v1::PAIRING_END_REASON_OTHER_PAIRING);
  End(PairingOf(pair(1)), v1::PAIRING_END_REASON_PARENT_RETURNED);
  MoveTo(pair(2), NewSchool(pair(2)));
  const std::string first = PairingOf(pair(3));
  PairWith(pair(3), OtherOf(pair(3)).helper);
  End(first, v1::PAIRING_END_REASON_PARENT_RETURNED);  // the other one lasts
  SetTerm(school, "2026-09-01", "2026-09-11");
  std::map<std::string, v1::UncoveredReason> expected = {{pair(0).child, v1::UNCOVERED_REASON_NOT_PAIRED}};
  EXPECT_EQ(Uncovered(county), expected) << "the others are owed this week's";
  AdvanceTo(On(9, 14));
  for (const fault::Paired& one : province_->paired()) {
    if (one.county == county) expected.emplace(one.child, v1::UNCOVERED_REASON_CALENDAR_OVER);
  }
  expected.erase(pair(1).child);
  expected[pair(2).child] = v1::UNCOVERED_REASON_NO_CALENDAR;
  EXPECT_EQ(Uncovered(county), expected);
  EXPECT_EQ(Uncovered("-"), expected) << "nobody in the other county";
}

TEST_F(PairingTest, AMissedTalkIsReportedAfterAllOrMadeUpFor) {
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
