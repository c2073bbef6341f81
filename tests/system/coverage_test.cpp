// Children for whom nobody is responsible, on a real stack: found, told once, and settled when somebody is.
#include "tests/fault/ask.h"
#include "tests/system/pairing_fixture.h"
#include "tonghu/pairing/v1/coverage_service.grpc.pb.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class CoverageTest : public PairingTest {
 protected:
  std::string County() const { return "counties/" + pair(0).county; }

  // The child's alerts that nobody is responsible for it, in the order in which they were raised.
  std::vector<alerts::v1::Alert> Told(const fault::Paired& pair) {
    auto listed = fault::Alerts(clients(), County(), pair.child);
    EXPECT_TRUE(listed.ok()) << listed.status();
    auto alerts = listed.value_or(std::vector<alerts::v1::Alert>());
    std::erase_if(alerts, [](const auto& one) { return one.kind() != alerts::v1::ALERT_KIND_UNCOVERED; });
    std::sort(alerts.begin(), alerts.end(), [](const auto& a, const auto& b) {
      return a.raise_time().seconds() < b.raise_time().seconds();
    });
    return alerts;
  }
  static std::vector<std::string> Notes(const alerts::v1::Alert& alert) {
    std::vector<std::string> notes;
    for (const auto& entry : alert.entries()) {
      if (entry.action() == alerts::v1::ALERT_ACTION_NOTED) notes.push_back(entry.note());
    }
    return notes;
  }
  int64_t Numbered(const std::string& service, const std::string& sql) {
    return province_->Number(service, sql).value_or(-1);
  }
};

TEST_F(CoverageTest, AChildThatIsLeftAloneIsToldOnceAlsoWhenEverythingWasOff) {
  AdvanceTo(On(9, 7, 10));
  End(Lasting(pair(0)).name(), v1::PAIRING_END_REASON_OTHER_PAIRING);
  AdvanceTo(On(9, 7, 11));
  EXPECT_EQ(Numbered("pairing", "SELECT count(*) FROM coverage_gap"), 1) << "found within the hour";
  AdvanceTo(On(9, 14, 9));
  EXPECT_THAT(Told(pair(0)), IsEmpty());

  // It is due while nothing runs, and killed again in the middle of it.
  for (const char* service : {"pairing-1", "alerts-1"}) ASSERT_TRUE(province_->stack().Kill(service).ok());
  ASSERT_TRUE(province_->stack().clock().AdvanceTo(On(9, 14, 12)).ok());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(province_->stack().Start("pairing-1").ok());
    ASSERT_TRUE(province_->stack().Kill("pairing-1").ok());
  }
  for (const char* service : {"pairing-1", "alerts-1"}) ASSERT_TRUE(province_->stack().Start(service).ok());
  ASSERT_TRUE(province_->Quiet().ok());
  ASSERT_THAT(Told(pair(0)), SizeIs(1));
  const alerts::v1::Alert alert = Told(pair(0)).front();
  EXPECT_EQ(alert.level(), alerts::v1::LEVEL_SCHOOL_HEAD);
  EXPECT_THAT(Notes(alert),
              ElementsAre("自2026-09-07起无人帮扶（未结对，或帮扶人已离岗），请安排结对或移交"));
  EXPECT_EQ(alert.occurrences(), 1);

  PairWith(pair(0), pair(0).helper, v1::PAIRING_ROLE_HELPER_TEACHER);
  ASSERT_THAT(Told(pair(0)), SizeIs(1));
  EXPECT_EQ(Told(pair(0)).front().resolution(), "已有人负责，或不再需要");
  EXPECT_EQ(Numbered("pairing", "SELECT count(*) FROM coverage_gap"), 0);
}

TEST_F(CoverageTest, WhoIsNotToBeLookedAfterAnyMoreIsNotTold) {
  End(Lasting(pair(0)).name(), v1::PAIRING_END_REASON_PARENT_RETURNED);
  AdvanceTo(On(9, 1, 10));
  AdvanceTo(On(9, 20, 10));
  EXPECT_THAT(Told(pair(0)), IsEmpty());
  EXPECT_EQ(Numbered("pairing", "SELECT count(*) FROM coverage_gap"), 0);
}

TEST_F(CoverageTest, AnAlertThatIsSettledThoughNothingChangedComesAgain) {
  End(Lasting(pair(0)).name(), v1::PAIRING_END_REASON_OTHER_PAIRING);
  AdvanceTo(On(8, 31, 10));
  AdvanceTo(On(9, 7, 10));
  ASSERT_THAT(Told(pair(0)), SizeIs(1));
  alerts::v1::ResolveAlertRequest resolve;
  resolve.set_name(Told(pair(0)).front().name());
  resolve.set_staff_member(pair(0).helper);
  resolve.set_resolution("已安排");
  auto resolved = clients().Call(&alerts::v1::AlertService::Stub::ResolveAlert, resolve);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  AdvanceTo(On(9, 13, 10));
  EXPECT_THAT(Told(pair(0)), SizeIs(1));
  AdvanceTo(On(9, 14, 10));
  ASSERT_THAT(Told(pair(0)), SizeIs(2));
  EXPECT_THAT(Notes(Told(pair(0)).back()),
              ElementsAre("自2026-08-31起无人帮扶（未结对，或帮扶人已离岗），请安排结对或移交"));
}

TEST_F(CoverageTest, AKindOfDutyThatNobodyOwesIsListedAndTold) {
  v1::PutDutyPolicyRequest put;
  put.mutable_policy()->set_parent(County());
  put.mutable_policy()->set_kind(v1::DUTY_KIND_LETTER);
  put.mutable_policy()->mutable_cadence()->set_period(v1::CADENCE_PERIOD_MONTH);
  put.mutable_policy()->mutable_cadence()->set_times(1);
  put.mutable_policy()->add_owed_by(v1::PAIRING_ROLE_COUNSELLOR);
  put.mutable_policy()->set_effective_from("2026-09-01");
  auto stored = clients().Call(&v1::DutyService::Stub::PutDutyPolicy, put);
  ASSERT_TRUE(stored.ok()) << stored.status();
  AdvanceTo(On(8, 31, 22));
  EXPECT_THAT(Uncovered(pair(0).county), IsEmpty());
  AdvanceTo(On(9, 1, 1));
  EXPECT_EQ(Uncovered(pair(0).county).at(pair(0).child), v1::UNCOVERED_REASON_NOBODY_OWES);
  AdvanceTo(On(9, 8, 1));
  ASSERT_THAT(Told(pair(0)), SizeIs(1));
  EXPECT_THAT(Notes(Told(pair(0)).front()),
              ElementsAre("自2026-09-01起以下任务无人负责：亲情书信；请安排负责人，或调整任务规定"));
  PairWith(pair(0), OtherOf(pair(0)).helper, v1::PAIRING_ROLE_COUNSELLOR);
  EXPECT_EQ(Told(pair(0)).front().state(), alerts::v1::ALERT_STATE_RESOLVED);
  EXPECT_FALSE(Uncovered(pair(0).county).contains(pair(0).child));
}

}  // namespace
}  // namespace tonghu::system_test
