// Schools without a term, to whose children nothing is owed, on a real stack: told once, settled when the
// term is known.
#include "tests/fault/ask.h"
#include "tests/system/pairing_fixture.h"

namespace tonghu::system_test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class MissingTermsTest : public PairingTest {
 protected:
  // The alerts that the school lacks a term, oldest first.
  std::vector<alerts::v1::Alert> Told(const std::string& school) {
    auto listed = fault::Alerts(clients(), "counties/" + pair(0).county, "");
    EXPECT_TRUE(listed.ok()) << listed.status();
    auto alerts = listed.value_or(std::vector<alerts::v1::Alert>());
    std::erase_if(alerts, [&](const auto& one) {
      return one.kind() != alerts::v1::ALERT_KIND_TERM_MISSING || one.school() != school;
    });
    std::sort(alerts.begin(), alerts.end(), [](const auto& a, const auto& b) {
      return a.raise_time().seconds() < b.raise_time().seconds();
    });
    return alerts;
  }
};

TEST_F(MissingTermsTest, ASchoolWithChildrenAndNoCalendarIsToldAfterADay) {
  const std::string school = NewSchool(pair(0));
  AdvanceTo(On(8, 31, 10));
  EXPECT_THAT(Told(school), IsEmpty()) << "a school without children owes nothing";
  MoveTo(pair(0), school);
  AdvanceTo(On(8, 31, 11));
  AdvanceTo(On(9, 1, 10));
  EXPECT_THAT(Told(school), IsEmpty());
  AdvanceTo(On(9, 1, 12));
  ASSERT_THAT(Told(school), SizeIs(1));
  EXPECT_EQ(Told(school).front().date(), "2026-09-08");
  EXPECT_EQ(Told(school).front().level(), alerts::v1::LEVEL_TOWNSHIP_SUPERVISOR) << "the school has no head";
  SetTerm(school, "2026-09-01", "2026-12-18");
  ASSERT_THAT(Told(school), SizeIs(1));
  EXPECT_EQ(Told(school).front().state(), alerts::v1::ALERT_STATE_RESOLVED);
  EXPECT_EQ(Told(school).front().resolution(), "校历已补全，或学校已无在册儿童");
}

TEST_F(MissingTermsTest, ATermThatIsTakenAwayAndPutBackIsNotTold) {
  const std::string school = ChildOf(pair(0)).school();
  AdvanceTo(On(8, 31, 10));
  EXPECT_THAT(Told(school), IsEmpty());
  v1::DeleteSchoolCalendarRequest remove;
  remove.set_school(school);
  remove.set_term("2026-autumn");
  auto deleted = clients().Call(&v1::CalendarService::Stub::DeleteSchoolCalendar, remove);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  AdvanceTo(On(9, 1, 9));
  SetTerm(school, "2026-09-01", "2027-01-15");
  AdvanceTo(On(9, 3, 10));
  EXPECT_THAT(Told(school), IsEmpty());
}

TEST_F(MissingTermsTest, AnAlertThatIsSettledThoughNoTermIsKnownComesAgain) {
  const std::string school = ChildOf(pair(0)).school();
  SetTerm(school, "2026-09-01", "2026-09-30");
  AdvanceTo(On(9, 17, 10));
  EXPECT_THAT(Told(school), IsEmpty()) << "found two weeks ahead, told a day later";

  // That day passes while nothing runs.
  for (const char* service : {"pairing-1", "alerts-1"}) ASSERT_TRUE(province_->stack().Kill(service).ok());
  ASSERT_TRUE(province_->stack().clock().AdvanceTo(On(9, 18, 10)).ok());
  for (const char* service : {"pairing-1", "alerts-1"}) ASSERT_TRUE(province_->stack().Start(service).ok());
  ASSERT_TRUE(province_->Quiet().ok());
  ASSERT_THAT(Told(school), SizeIs(1));
  EXPECT_EQ(Told(school).front().date(), "2026-10-01");
  EXPECT_EQ(Told(school).front().level(), alerts::v1::LEVEL_SCHOOL_HEAD);

  alerts::v1::ResolveAlertRequest resolve;
  resolve.set_name(Told(school).front().name());
  resolve.set_staff_member(pair(0).helper);
  resolve.set_resolution("已知悉");
  auto resolved = clients().Call(&alerts::v1::AlertService::Stub::ResolveAlert, resolve);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  AdvanceTo(On(9, 25, 9));
  EXPECT_THAT(Told(school), SizeIs(1));
  AdvanceTo(On(9, 25, 12));
  EXPECT_THAT(Told(school), SizeIs(2));
  AdvanceTo(On(10, 1, 11));
  EXPECT_THAT(Told(school), SizeIs(2)) << "one is unresolved";
}

}  // namespace
}  // namespace tonghu::system_test
