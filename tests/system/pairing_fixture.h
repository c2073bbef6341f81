// A province in its first school week, and what tests of pairing ask and do there.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/clock/timestamp.h"
#include "tests/fault/province.h"

namespace tonghu::system_test {

namespace v1 = tonghu::pairing::v1;

inline absl::Time On(int month, int day, int hour = 0) {
  return absl::FromCivil(absl::CivilHour(2026, month, day, hour), clock::China());
}

inline std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

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
  client::Client& clients() { return province_->clients(); }

  void AdvanceTo(absl::Time time) {
    ASSERT_TRUE(province_->stack().clock().AdvanceTo(time).ok());
    ASSERT_TRUE(province_->Quiet().ok());
  }

  // By week.
  std::vector<v1::Duty> Duties(const fault::Paired& pair) {
    v1::ListDutiesRequest request;
    request.set_parent("counties/" + pair.county);
    request.set_child(pair.child);
    auto listed = clients().Call(&v1::DutyService::Stub::ListDuties, request);
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
    auto child = clients().Call(&registry::v1::ChildService::Stub::GetChild, get);
    EXPECT_TRUE(child.ok()) << child.status();
    return child.ok() ? *child : registry::v1::Child();
  }

  registry::v1::School SchoolOf(const fault::Paired& pair) {
    registry::v1::ListSchoolsRequest list;
    list.set_parent("counties/" + pair.county);
    auto listed = clients().Call(&registry::v1::DirectoryService::Stub::ListSchools, list);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok() ? listed->schools(0) : registry::v1::School();
  }

  absl::StatusOr<v1::SchoolCalendar> PutTerm(const std::string& school, const std::string& first,
                                             const std::string& last) {
    v1::PutSchoolCalendarRequest put;
    put.mutable_calendar()->set_school(school);
    put.mutable_calendar()->set_first_day(first);
    put.mutable_calendar()->set_last_day(last);
    return clients().Call(&v1::CalendarService::Stub::PutSchoolCalendar, put);
  }

  v1::SchoolCalendar SetTerm(const std::string& school, const std::string& first, const std::string& last) {
    auto stored = PutTerm(school, first, last);
    EXPECT_TRUE(stored.ok()) << stored.status();
    EXPECT_TRUE(province_->Quiet().ok());
    return stored.ok() ? *stored : v1::SchoolCalendar();
  }

  std::vector<std::string> Terms(const std::string& school) {
    v1::ListSchoolCalendarsRequest list;
    list.set_school(school);
    auto listed = clients().Call(&v1::CalendarService::Stub::ListSchoolCalendars, list);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<std::string> terms;
    if (!listed.ok()) return terms;
    for (const auto& one : listed->calendars())
      terms.push_back(absl::StrCat(one.term(), " ", one.first_day(), " ", one.last_day()));
    return terms;
  }

  int64_t AwaitedMornings(const std::string& school, absl::CivilDay from, absl::CivilDay to) {
    return province_
        ->Number("alerts",
                 absl::StrCat("SELECT count(*) FROM attendance_due WHERE state = 1 AND 'counties/' || "
                              "county || '/schools/' || school_id = '",
                              school, "' AND day BETWEEN ", from - absl::CivilDay(1970, 1, 1), " AND ",
                              to - absl::CivilDay(1970, 1, 1)))
        .value_or(-1);
  }

  v1::PairByClassResponse PairByClass(const std::string& county) {
    v1::PairByClassRequest request;
    request.set_parent("counties/" + county);
    auto paired = clients().Call(&v1::PairingService::Stub::PairByClass, request);
    EXPECT_TRUE(paired.ok()) << paired.status();
    EXPECT_TRUE(province_->Quiet().ok());
    return paired.ok() ? *paired : v1::PairByClassResponse();
  }

  // The child's lasting pairing.
  v1::Pairing Lasting(const fault::Paired& pair) {
    v1::ListPairingsRequest list;
    list.set_parent("counties/" + pair.county);
    list.set_child(pair.child);
    auto listed = clients().Call(&v1::PairingService::Stub::ListPairings, list);
    EXPECT_TRUE(listed.ok() && listed->pairings_size() == 1);
    return listed.ok() && listed->pairings_size() == 1 ? listed->pairings(0) : v1::Pairing();
  }

  void MoveToClass(const fault::Paired& pair, int grade, int class_number) {
    registry::v1::UpdateChildRequest update;
    update.mutable_child()->set_name(pair.child);
    update.mutable_child()->set_grade(grade);
    update.mutable_child()->set_class_number(class_number);
    update.mutable_update_mask()->add_paths("grade");
    update.mutable_update_mask()->add_paths("class_number");
    auto moved = clients().Call(&registry::v1::ChildService::Stub::UpdateChild, update);
    EXPECT_TRUE(moved.ok()) << moved.status();
    EXPECT_TRUE(province_->Quiet().ok());
  }

  void SetLevel(const std::string& child, registry::v1::CareLevel level) {
    registry::v1::UpdateChildRequest update;
    update.mutable_child()->set_name(child);
    update.mutable_child()->set_care_level(level);
    update.mutable_update_mask()->add_paths("care_level");
    auto changed = clients().Call(&registry::v1::ChildService::Stub::UpdateChild, update);
    EXPECT_TRUE(changed.ok()) << changed.status();
    EXPECT_TRUE(province_->Quiet().ok());
  }
  void SetGuardianship(const std::string& child, registry::v1::GuardianshipType type) {
    registry::v1::UpdateChildRequest update;
    update.mutable_child()->set_name(child);
    update.mutable_child()->set_guardianship_type(type);
    update.mutable_update_mask()->add_paths("guardianship_type");
    auto changed = clients().Call(&registry::v1::ChildService::Stub::UpdateChild, update);
    EXPECT_TRUE(changed.ok()) << changed.status();
    EXPECT_TRUE(province_->Quiet().ok());
  }
  // Gives all children one level, whatever the roster says of them.
  void SetAllLevels(registry::v1::CareLevel level) {
    for (const fault::Paired& pair : province_->paired()) SetLevel(pair.child, level);
  }

  void SetClassTeacher(const registry::v1::Child& child, const std::string& holder) {
    registry::v1::PutPostRequest put;
    put.set_parent(child.name().substr(0, child.name().find("/children/")));
    put.mutable_post()->set_kind(registry::v1::POST_KIND_CLASS_TEACHER);
    put.mutable_post()->set_school(child.school());
    put.mutable_post()->set_grade(child.grade());
    put.mutable_post()->set_class_number(child.class_number());
    put.mutable_post()->set_holder(holder);
    auto stored = clients().Call(&registry::v1::DirectoryService::Stub::PutPost, put);
    EXPECT_TRUE(stored.ok()) << stored.status();
    EXPECT_TRUE(province_->Quiet().ok());
  }

  // Another school of the child's county, of the same kind and township; it has no calendar of its own.
  // `wait`: until all services know it.
  std::string NewSchool(const fault::Paired& pair, const std::string& suffix = "x", bool wait = true) {
    registry::v1::PutSchoolRequest put;
    *put.mutable_school() = SchoolOf(pair);
    put.mutable_school()->set_name(ChildOf(pair).school() + suffix);
    put.mutable_school()->set_display_name("新校");
    auto made = clients().Call(&registry::v1::DirectoryService::Stub::PutSchool, put);
    EXPECT_TRUE(made.ok()) << made.status();
    EXPECT_TRUE(!wait || province_->Quiet().ok());
    return made.ok() ? made->name() : "";
  }

  void MoveTo(const fault::Paired& pair, const std::string& school) {
    registry::v1::UpdateChildRequest update;
    update.mutable_child()->set_name(pair.child);
    update.mutable_child()->set_school(school);
    update.mutable_update_mask()->add_paths("school");
    auto moved = clients().Call(&registry::v1::ChildService::Stub::UpdateChild, update);
    EXPECT_TRUE(moved.ok()) << moved.status();
    EXPECT_TRUE(province_->Quiet().ok());
  }

  // By child, read in pages of five.
  std::map<std::string, v1::UncoveredReason> Uncovered(const std::string& county) {
    v1::ListUncoveredChildrenRequest request;
    request.set_parent("counties/" + county);
    request.set_page_size(5);
    std::map<std::string, v1::UncoveredReason> found;
    absl::Status read = clients().ForEachPage(&v1::CoverageService::Stub::ListUncoveredChildren, request,
                                              [&](const auto& page) {
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
  std::string PairWith(const fault::Paired& pair, const std::string& helper,
                       v1::PairingRole role = v1::PAIRING_ROLE_PROXY_PARENT) {
    v1::CreatePairingRequest create;
    create.set_parent("counties/" + pair.county);
    create.mutable_pairing()->set_child(pair.child);
    create.mutable_pairing()->set_helper(helper);
    create.mutable_pairing()->set_role(role);
    auto made = clients().Call(&v1::PairingService::Stub::CreatePairing, create);
    EXPECT_TRUE(made.ok()) << made.status();
    EXPECT_TRUE(!wait || province_->Quiet().ok());
    return made.ok() ? made->name() : "";
  }

  // Gives the new pairing's name.
  std::string HandOver(const std::string& pairing, const std::string& helper) {
    v1::HandOverPairingRequest request;
    request.set_name(pairing);
    request.set_new_helper(helper);
    auto handed = clients().Call(&v1::PairingService::Stub::HandOverPairing, request);
    EXPECT_TRUE(handed.ok()) << handed.status();
    EXPECT_TRUE(province_->Quiet().ok());
    return handed.ok() ? handed->name() : "";
  }

  void End(const std::string& pairing, v1::PairingEndReason reason = v1::PAIRING_END_REASON_PARENT_RETURNED) {
    v1::EndPairingRequest end;
    end.set_name(pairing);
    end.set_reason(reason);
    auto ended = clients().Call(&v1::PairingService::Stub::EndPairing, end);
    EXPECT_TRUE(ended.ok()) << ended.status();
  }

  // The name of the duty that a talk, or another contact, closes; empty: none.
  std::string Talk(const fault::Paired& pair, const std::string& helper, absl::Time happened,
                   v1::ContactKind kind = v1::CONTACT_KIND_TALK) {
    v1::CreateContactRequest request;
    request.set_parent("counties/" + pair.county);
    request.mutable_contact()->set_child(pair.child);
    request.mutable_contact()->set_helper(helper);
    request.mutable_contact()->set_kind(kind);
    clock::SetTime(happened, request.mutable_contact()->mutable_happen_time());
    auto logged = clients().Call(&v1::ContactService::Stub::CreateContact, request);
    EXPECT_TRUE(logged.ok()) << logged.status();
    return logged.ok() ? absl::StrJoin(logged->closed_duties(), " ") : "";
  }

  int64_t MissedAlerts(const fault::Paired& pair, const std::string& helper, const char* also = "") {
    return province_
        ->Number("alerts", absl::StrCat("SELECT count(*) FROM alert WHERE kind = 1 AND child_id = '",
                                        IdOf(pair.child), "' AND helper_id = '", IdOf(helper), "' ", also))
        .value_or(-1);
  }
  int64_t UnresolvedAlerts(const fault::Paired& pair) {
    return MissedAlerts(pair, pair.helper, "AND state <> 3");
  }

  std::unique_ptr<fault::Province> province_;
};

}  // namespace tonghu::system_test
