// What goes wrong inside is told to the people who run the platform, and nobody is missed meanwhile.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <set>

#include "libs/clock/timestamp.h"
#include "tests/fault/province.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::fault {
namespace {

namespace v1 = alerts::v1;

class OperatorsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto province = Province::Up(/*replicas=*/1, /*children=*/6);
    ASSERT_TRUE(province.ok()) << province.status();
    province_ = std::move(*province);
  }

  const Paired& child() { return province_->paired()[0]; }
  std::string IdOf(const Paired& pair) { return pair.child.substr(pair.child.rfind('/') + 1); }

  // What a service stores of this child breaks a rule of its table from now on.
  void Poison(const char* service) {
    ASSERT_TRUE(
        province_
            ->Script(service, fmt::format("ALTER TABLE child ADD CONSTRAINT poison CHECK (child_id <> '{}') "
                                          "NOT VALID",
                                          IdOf(child())))
            .ok());
  }
  void Heal(const char* service) {
    ASSERT_TRUE(province_->Script(service, "ALTER TABLE child DROP CONSTRAINT poison").ok());
  }

  // The child moves to another class: a child_put.
  void Change(int class_number) {
    registry::v1::UpdateChildRequest request;
    request.mutable_child()->set_name(child().child);
    request.mutable_child()->set_class_number(class_number);
    request.mutable_update_mask()->add_paths("class_number");
    auto changed = province_->clients().Call(&registry::v1::ChildService::Stub::UpdateChild, request);
    ASSERT_TRUE(changed.ok()) << changed.status();
    ASSERT_TRUE(province_->Quiet().ok());
  }

  std::vector<v1::Alert> OperatorAlerts(v1::AlertState state) {
    v1::ListAlertsRequest request;
    request.set_parent("counties/" + child().county);
    request.set_kind(v1::ALERT_KIND_OPERATOR);
    request.set_state(state);
    auto listed = province_->clients().Call(&v1::AlertService::Stub::ListAlerts, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok() ? std::vector<v1::Alert>(listed->alerts().begin(), listed->alerts().end())
                       : std::vector<v1::Alert>();
  }

  void Release(const char* service) {
    journal::v1::ReleaseQuarantinedEventsRequest request;
    request.set_county(child().county);
    request.set_key(IdOf(child()));
    auto released = province_->clients().CallAt(
        service, &journal::v1::JournalService::Stub::ReleaseQuarantinedEvents, request);
    ASSERT_TRUE(released.ok()) << released.status();
    EXPECT_EQ(released->remaining(), 0) << released->error();
    ASSERT_TRUE(province_->Quiet().ok());
  }

  // Reports an emergency of the child; the levels told at once.
  std::set<v1::Level> ToldOfAnEmergency() {
    v1::ReportEmergencyRequest request;
    request.set_parent("counties/" + child().county);
    request.set_child(child().child);
    request.set_kind(v1::EMERGENCY_KIND_ACCIDENT);
    request.set_description("溺水");
    auto alert = province_->clients().Call(&v1::SignalService::Stub::ReportEmergency, request);
    EXPECT_TRUE(alert.ok()) << alert.status();
    std::set<v1::Level> told;
    if (!alert.ok()) return told;
    for (const auto& entry : alert->entries()) {
      if (entry.action() == v1::ALERT_ACTION_TOLD) told.insert(entry.level());
    }
    return told;
  }

  static bool ToldProvince(const v1::Alert& alert) {
    for (const auto& entry : alert.entries()) {
      if (entry.action() == v1::ALERT_ACTION_TOLD && entry.level() == v1::LEVEL_PROVINCE_OFFICE) return true;
    }
    return false;
  }

  std::unique_ptr<Province> province_;
};

TEST_F(OperatorsTest, EachServicesQuarantineIsOneAlertUntilItIsReleased) {
  for (const char* service : {"pairing", "alerts"}) {
    SCOPED_TRACE(service);
    Poison(service);
    Change(3);
    auto open = OperatorAlerts(v1::ALERT_STATE_OPEN);
    ASSERT_EQ(open.size(), 1u);
    EXPECT_TRUE(ToldProvince(open[0])) << "at once";
    EXPECT_EQ(open[0].notice().service(), service);
    EXPECT_EQ(open[0].notice().producer(), "registry");
    EXPECT_EQ(open[0].notice().type(), "child_put");
    EXPECT_EQ(open[0].notice().key(), IdOf(child()));
    EXPECT_GT(open[0].notice().seq(), 0);
    EXPECT_EQ(open[0].child(), "");
    Change(2);
    Change(1);
    open = OperatorAlerts(v1::ALERT_STATE_OPEN);
    ASSERT_EQ(open.size(), 1u) << "one alert a key";
    EXPECT_EQ(open[0].notices(), 3);
    Heal(service);
    Release(service);
    EXPECT_TRUE(OperatorAlerts(v1::ALERT_STATE_OPEN).empty()) << "settled by the release";
    // What was resolved while events still come is raised again.
    Poison(service);
    Change(4);
    ASSERT_EQ(OperatorAlerts(v1::ALERT_STATE_OPEN).size(), 1u);
    Heal(service);
    Release(service);
  }
  EXPECT_EQ(OperatorAlerts(v1::ALERT_STATE_RESOLVED).size(), 4u);
  // The figures pass them over and agree all the same.
  reporting::v1::QueryCountsRequest query;
  query.set_division(child().county);
  auto kept = province_->clients().Call(&reporting::v1::ReportService::Stub::QueryCounts, query);
  auto again = province_->clients().Call(&reporting::v1::ReportService::Stub::RecomputeCounts, query);
  ASSERT_TRUE(kept.ok() && again.ok()) << kept.status() << again.status();
  EXPECT_EQ(kept->weeks_size(), again->weeks_size());
  for (const auto& week : kept->weeks()) EXPECT_EQ(week.alerts_raised(), 0);
  for (const auto& week : again->weeks()) EXPECT_EQ(week.alerts_raised(), 0);
}

TEST_F(OperatorsTest, AnEmergencyOfAChildInQuarantineGoesOutAtOnce) {
  // As if alerts had never heard of the child.
  ASSERT_TRUE(
      province_->Script("alerts", fmt::format("DELETE FROM child WHERE child_id = '{}'", IdOf(child())))
          .ok());
  Poison("alerts");
  Change(2);
  Change(1);
  const std::set<v1::Level> told = ToldOfAnEmergency();
  EXPECT_TRUE(told.contains(v1::LEVEL_CLASS_TEACHER)) << "of the class that the waiting event names";
  EXPECT_TRUE(told.contains(v1::LEVEL_SCHOOL_HEAD));
  EXPECT_TRUE(told.contains(v1::LEVEL_COUNTY_OFFICE));
}

// The registry is away, so nobody can say whether the child exists.
TEST_F(OperatorsTest, AnEmergencyOfAChildNobodyCanAskForGoesToTheCounty) {
  ASSERT_TRUE(
      province_->Script("alerts", fmt::format("DELETE FROM child WHERE child_id = '{}'", IdOf(child())))
          .ok());
  ASSERT_TRUE(province_->stack().Kill("registry-1").ok());
  const std::set<v1::Level> told = ToldOfAnEmergency();
  EXPECT_TRUE(told.contains(v1::LEVEL_COUNTY_OFFICE));
  ASSERT_TRUE(province_->stack().Start("registry-1").ok());
}

}  // namespace
}  // namespace tonghu::fault
