// The county's and the province's calendars, and the schools that follow them, on a real stack.
#include "libs/refusal/refusal.h"
#include "tests/system/pairing_fixture.h"

namespace tonghu::system_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class CountyCalendarsTest : public PairingTest {
 protected:
  absl::StatusOr<v1::CountyCalendar> Put(const std::string& parent, const std::string& first,
                                         const std::string& last, const std::string& term = "") {
    v1::PutCountyCalendarRequest put;
    put.mutable_calendar()->set_parent(parent);
    put.mutable_calendar()->set_first_day(first);
    put.mutable_calendar()->set_last_day(last);
    put.mutable_calendar()->set_term(term);
    return clients().Call(&v1::CalendarService::Stub::PutCountyCalendar, put);
  }
  void Set(const std::string& parent, const std::string& first, const std::string& last) {
    const auto put = Put(parent, first, last);
    ASSERT_TRUE(put.ok()) << put.status();
    ASSERT_TRUE(province_->Quiet().ok());
  }
  void Delete(const std::string& parent, const std::string& term) {
    v1::DeleteCountyCalendarRequest request;
    request.set_parent(parent);
    request.set_term(term);
    const auto deleted = clients().Call(&v1::CalendarService::Stub::DeleteCountyCalendar, request);
    ASSERT_TRUE(deleted.ok()) << deleted.status();
    ASSERT_TRUE(province_->Quiet().ok());
  }
  absl::Status DeleteOwn(const std::string& school, const std::string& term) {
    v1::DeleteSchoolCalendarRequest request;
    request.set_school(school);
    request.set_term(term);
    const auto deleted = clients().Call(&v1::CalendarService::Stub::DeleteSchoolCalendar, request).status();
    EXPECT_TRUE(province_->Quiet().ok());
    return deleted;
  }
  // "term first last origin", by first day.
  std::vector<std::string> OfCounty(const std::string& parent) {
    v1::ListCountyCalendarsRequest list;
    list.set_parent(parent);
    auto listed = clients().Call(&v1::CalendarService::Stub::ListCountyCalendars, list);
    std::vector<std::string> terms;
    EXPECT_TRUE(listed.ok()) << listed.status();
    if (!listed.ok()) return terms;
    for (const auto& one : listed->calendars())
      terms.push_back(absl::StrCat(one.term(), " ", one.first_day(), " ", one.last_day(), " ", one.origin()));
    return terms;
  }
  v1::CalendarOrigin OriginOf(const std::string& school, const std::string& term) {
    v1::GetSchoolCalendarRequest get;
    get.set_school(school);
    get.set_term(term);
    auto found = clients().Call(&v1::CalendarService::Stub::GetSchoolCalendar, get);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(v1::SchoolCalendar()).origin();
  }
  // How many of the child's duties are open.
  size_t Owed(const fault::Paired& child) {
    size_t open = 0;
    for (const v1::Duty& duty : Duties(child)) {
      if (duty.state() == v1::DUTY_STATE_OPEN) ++open;
    }
    return open;
  }

  const std::string province_name_ = "counties/000000";
};

TEST_F(CountyCalendarsTest, ASchoolWithoutItsOwnFollowsTheCountyElseTheProvince) {
  const auto elsewhere = std::find_if(province_->paired().begin(), province_->paired().end(),
                                      [&](const fault::Paired& one) { return one.county != pair(0).county; });
  const std::string county = "counties/" + pair(0).county, other = "counties/" + elsewhere->county;
  const std::string school = NewSchool(pair(0));
  MoveTo(pair(0), school);
  EXPECT_THAT(Terms(school), IsEmpty());

  Set(province_name_, "2026-09-01", "2027-01-15");
  EXPECT_THAT(Terms(school), ElementsAre("2026-autumn 2026-09-01 2027-01-15"));
  EXPECT_EQ(OriginOf(school, "2026-autumn"), v1::CALENDAR_ORIGIN_PROVINCE);
  EXPECT_EQ(AwaitedMornings(school, absl::CivilDay(2026, 9, 1), absl::CivilDay(2026, 9, 4)), 4)
      << "alerts knows the days too";
  EXPECT_EQ(OriginOf(ChildOf(pair(1)).school(), "2026-autumn"), v1::CALENDAR_ORIGIN_SCHOOL)
      << "schools keep their own";

  Set(county, "2026-09-01", "2027-01-15");
  EXPECT_EQ(OriginOf(school, "2026-autumn"), v1::CALENDAR_ORIGIN_COUNTY) << "of the same days";
  Set(county, "2026-09-07", "2027-01-22");
  EXPECT_THAT(Terms(school), ElementsAre("2026-autumn 2026-09-07 2027-01-22"));
  EXPECT_EQ(OriginOf(school, "2026-autumn"), v1::CALENDAR_ORIGIN_COUNTY);
  EXPECT_EQ(AwaitedMornings(school, absl::CivilDay(2026, 9, 1), absl::CivilDay(2026, 9, 8)), 2);
  EXPECT_THAT(OfCounty(county), ElementsAre("2026-autumn 2026-09-07 2027-01-22 2"));
  EXPECT_THAT(OfCounty(other), ElementsAre("2026-autumn 2026-09-01 2027-01-15 3"));

  // Its own, under another id: the county's, which has days of it, gives way.
  v1::PutSchoolCalendarRequest own;
  own.mutable_calendar()->set_school(school);
  own.mutable_calendar()->set_first_day("2026-09-14");
  own.mutable_calendar()->set_last_day("2027-01-29");
  own.mutable_calendar()->set_term("own");
  const auto put = clients().Call(&v1::CalendarService::Stub::PutSchoolCalendar, own);
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_EQ(OriginOf(school, "own"), v1::CALENDAR_ORIGIN_SCHOOL);
  Set(county, "2026-09-08", "2027-01-22");
  EXPECT_THAT(Terms(school), ElementsAre("own 2026-09-14 2027-01-29")) << "its own stays";

  EXPECT_TRUE(DeleteOwn(school, "own").ok());
  EXPECT_THAT(Terms(school), ElementsAre("2026-autumn 2026-09-08 2027-01-22"));
  EXPECT_EQ(refusal::Of(DeleteOwn(school, "2026-autumn")).reason, "CALENDAR_INHERITED");
  Delete(county, "2026-autumn");
  EXPECT_THAT(Terms(school), ElementsAre("2026-autumn 2026-09-01 2027-01-15"));
  Delete(province_name_, "2026-autumn");
  EXPECT_THAT(Terms(school), IsEmpty());
  EXPECT_EQ(AwaitedMornings(school, absl::CivilDay(2026, 9, 1), absl::CivilDay(2026, 9, 8)), 0);
  EXPECT_THAT(Terms(ChildOf(pair(1)).school()), Not(IsEmpty()));
}

TEST_F(CountyCalendarsTest, DutiesFollowAndWhatWasDueStays) {
  const std::string county = "counties/" + pair(0).county, school = ChildOf(pair(0)).school();
  const size_t before = Owed(pair(0));
  ASSERT_GT(before, 2u);
  ASSERT_TRUE(DeleteOwn(school, "2026-autumn").ok());
  EXPECT_EQ(Owed(pair(0)), 1u) << "the present week has begun";
  Set(county, "2026-09-01", "2027-01-15");
  EXPECT_EQ(Owed(pair(0)), before);
  AdvanceTo(On(9, 10));  // The first week's talk is missed.
  const auto missed = [this] {
    const auto states = States(pair(0));
    return std::count(states.begin(), states.end(), v1::DUTY_STATE_MISSED);
  };
  ASSERT_EQ(missed(), 1);
  // A term that begins later takes back what is ahead, not what was due.
  Set(county, "2026-09-28", "2027-01-15");
  EXPECT_EQ(missed(), 1);
  Delete(county, "2026-autumn");
  EXPECT_EQ(missed(), 1);
}

TEST_F(CountyCalendarsTest, ASchoolThatComesLaterFollowsAndNothingIsLostWhilePairingIsGone) {
  const std::string county = "counties/" + pair(0).county;
  const std::string before = NewSchool(pair(0));
  ASSERT_TRUE(Put(county, "2026-09-01", "2027-01-15").ok());
  ASSERT_TRUE(province_->stack().Kill("pairing-1").ok());
  const std::string after = NewSchool(pair(0), "y", false);
  ASSERT_TRUE(province_->stack().Start("pairing-1").ok());
  ASSERT_TRUE(province_->Quiet().ok());
  EXPECT_THAT(Terms(before), ElementsAre("2026-autumn 2026-09-01 2027-01-15"));
  EXPECT_THAT(Terms(after), ElementsAre("2026-autumn 2026-09-01 2027-01-15"));
}

TEST_F(CountyCalendarsTest, WhatContradictsIsRefused) {
  const std::string county = "counties/" + pair(0).county;
  Set(county, "2026-09-01", "2027-01-15");
  EXPECT_EQ(refusal::Of(Put(county, "2027-01-15", "2027-07-01", "spring").status()).reason, "TERMS_OVERLAP");
  EXPECT_EQ(refusal::Of(Put(county, "2027-09-01", "2028-01-15", "2026-autumn").status()).reason,
            "TERM_MOVED");
  EXPECT_EQ(refusal::Of(Put(county, "2027-03-01", "2027-02-01").status()).reason, "CALENDAR_MALFORMED");
  EXPECT_EQ(refusal::Of(Put(county, "2027-03-01", "2027-07-01", "学期").status()).reason, "TERM_MALFORMED");
  v1::DeleteCountyCalendarRequest remove;
  remove.set_parent(county);
  remove.set_term("2027-spring");
  EXPECT_EQ(
      refusal::Of(clients().Call(&v1::CalendarService::Stub::DeleteCountyCalendar, remove).status()).reason,
      "CALENDAR_NOT_FOUND");
  EXPECT_THAT(OfCounty(county), ElementsAre("2026-autumn 2026-09-01 2027-01-15 2"));
}

}  // namespace
}  // namespace tonghu::system_test
