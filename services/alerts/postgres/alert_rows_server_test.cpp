#include "services/alerts/postgres/alert_rows.h"
#include "services/alerts/postgres/testing/store_test.h"

namespace tonghu::alerts {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> IdsOf(const std::vector<Alert>& alerts) {
  std::vector<std::string> ids;
  for (const Alert& alert : alerts) ids.push_back(alert.id);
  return ids;
}

TEST_F(StoreTest, AnAlertComesBackAsItWas) {
  Alert alert = NewAlert("a", Kind::kDutyMissed);
  alert.helper_id = "t7";
  alert.duty_id = "d1";
  alert.day = kMonday;
  alert.policy_version = 3;
  alert.entries.push_back({.time = kNow, .action = Action::kTold, .level = Level::kHelper, .staff_id = "t7"});
  Insert({alert});
  const Alert read = Load("a");
  EXPECT_EQ(read.kind, Kind::kDutyMissed);
  EXPECT_EQ(read.helper_id, "t7");
  EXPECT_EQ(read.duty_id, "d1");
  EXPECT_EQ(read.day, kMonday);
  EXPECT_EQ(read.place, alert.place);
  EXPECT_EQ(read.next_step_time, alert.next_step_time);
  EXPECT_EQ(read.policy_version, 3);
  EXPECT_EQ(read.resolve_time, absl::InfinitePast());
  EXPECT_EQ(read.generation, 1);
  ASSERT_EQ(read.entries.size(), 2u);
  EXPECT_EQ(read.entries[1].staff_id, "t7");
}

TEST_F(StoreTest, RepeatedKeysGiveOneAlertAndUnknownOnesNone) {
  Insert({NewAlert("a")});
  auto alerts = LoadAlerts(*db_, Keys({"a", "a", "b"}));
  ASSERT_TRUE(alerts.ok()) << alerts.status();
  EXPECT_THAT(IdsOf(*alerts), ElementsAre("a"));
}

TEST_F(StoreTest, OnlyUnresolvedAbsencesOfAChildAreOpen) {
  Alert resolved = NewAlert("resolved", Kind::kAbsence);
  resolved.state = State::kResolved;
  resolved.next_step_time = absl::InfinitePast();
  Alert other = NewAlert("other", Kind::kAbsence);
  other.child_id = "c2";
  Alert taken_up = NewAlert("taken_up", Kind::kAbsence);
  taken_up.state = State::kAcknowledged;
  Insert({resolved, other, taken_up, NewAlert("emergency")});
  auto open = LoadOpenAbsenceAlerts(*db_, Keys({"c1", "c1"}));
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_THAT(IdsOf(*open), ElementsAre("taken_up"));
}

TEST_F(StoreTest, DueAlertsComeInOrderAndBounded) {
  std::vector<Alert> alerts;
  for (int i = 0; i < 4; ++i) {
    alerts.push_back(NewAlert(std::string(1, static_cast<char>('a' + i))));
    alerts.back().next_step_time = kNow - absl::Minutes(i);
  }
  alerts.push_back(NewAlert("later"));
  Insert(alerts);
  auto due = LoadDueAlerts(*db_, 0, kNow, 3);
  ASSERT_TRUE(due.ok()) << due.status();
  EXPECT_THAT(IdsOf(*due), ElementsAre("d", "c", "b"));
  EXPECT_THAT(IdsOf(*LoadDueAlerts(*db_, 1, kNow, 3)), IsEmpty()) << "another shard";
  const auto any = [&](absl::Time now) {
    return db_->Run(kAlertsDue, postgres::Params().Int(0).Time(now))->Bool(0, 0);
  };
  EXPECT_TRUE(any(kNow));
  EXPECT_FALSE(any(kNow - absl::Hours(1)));
}

TEST_F(StoreTest, WhatExistsIsForgotten) {
  Insert({NewAlert("a")});
  const Alert a = NewAlert("a"), b = NewAlert("b");
  std::vector<AlertRow> rows = {{&a}, {&b}};
  ASSERT_TRUE(ForgetStored(*db_, rows).ok());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].alert->id, "b");
}

TEST_F(StoreTest, AChangeAppendsItsEntriesAndCountsTheGeneration) {
  Insert({NewAlert("a")});
  Alert alert = Load("a");
  alert.state = State::kAcknowledged;
  alert.acknowledged_by = "t1";
  alert.acknowledge_time = kNow;
  alert.entries.push_back({.time = kNow, .action = Action::kAcknowledged, .staff_id = "t1"});
  ASSERT_TRUE(UpdateAlerts(*db_, {{&alert, 1}}).ok());
  const Alert read = Load("a");
  EXPECT_EQ(read.state, State::kAcknowledged);
  EXPECT_EQ(read.acknowledged_by, "t1");
  EXPECT_EQ(read.generation, 2);
  EXPECT_EQ(read.entries.size(), 2u);
}

TEST_F(StoreTest, OfTwoChangesOfOneGenerationTheSecondIsAborted) {
  Insert({NewAlert("a"), NewAlert("b")});
  auto other = Open();
  const Alert mine = Load("a"), theirs = Load("a"), b = Load("b");
  ASSERT_TRUE(UpdateAlerts(*other, {{&theirs, 1}}).ok());
  const absl::Status second = UpdateAlerts(*db_, {{&mine, 1}, {&b, 1}});
  EXPECT_EQ(second.code(), absl::StatusCode::kAborted) << second;
}

TEST_F(StoreTest, AListIsFilteredAndGoesOnBehindAnId) {
  Alert child2 = NewAlert("b", Kind::kAbsence);
  child2.child_id = "c2";
  Alert taken_up = NewAlert("c");
  taken_up.state = State::kAcknowledged;
  Alert elsewhere = NewAlert("d");
  elsewhere.county = "520203";
  Insert({NewAlert("a"), child2, taken_up, elsewhere});
  const auto list = [&](AlertFilter filter, const std::string& after = "", int limit = 10) {
    filter.county = kCounty;
    auto alerts = ListAlerts(*db_, filter, after, limit);
    EXPECT_TRUE(alerts.ok()) << alerts.status();
    return IdsOf(*alerts);
  };
  EXPECT_THAT(list({}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(list({}, "a", 1), ElementsAre("b"));
  EXPECT_THAT(list({.state = 2}), ElementsAre("c"));
  EXPECT_THAT(list({.kind = static_cast<int>(Kind::kAbsence)}), ElementsAre("b"));
  EXPECT_THAT(list({.child_id = "c2"}), ElementsAre("b"));
}

}  // namespace
}  // namespace tonghu::alerts
