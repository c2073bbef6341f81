#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/alerts/postgres/alert_rows.h"
#include "services/alerts/postgres/testing/store_test.h"

namespace tonghu::alerts {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class AlertRowsTest : public StoreTest {
 protected:
  static std::vector<std::string> NamesOf(const std::vector<Alert>& alerts) {
    std::vector<std::string> names;
    for (const Alert& alert : alerts) names.push_back(NameOf(alert.id));
    return names;
  }
};

TEST_F(AlertRowsTest, AnAlertComesBackAsItWas) {
  Alert alert = NewAlert("a", Kind::kDutyMissed);
  alert.helper_id = "t7";
  alert.duty_id = Id("d1");
  alert.duty_kind = 1;
  alert.day = kMonday;
  alert.last_day = kMonday + 13;
  alert.policy_version = 3;
  alert.entries.push_back({.time = kNow, .action = Action::kTold, .level = Level::kHelper, .staff_id = "t7"});
  Insert({alert});
  const Alert read = Load("a");
  EXPECT_EQ(read.kind, Kind::kDutyMissed);
  EXPECT_EQ(read.helper_id, "t7");
  EXPECT_EQ(read.duty_id, Id("d1"));
  EXPECT_EQ(read.duty_kind, 1);
  EXPECT_EQ(read.child_id, Id("c1"));
  EXPECT_EQ(read.day, kMonday);
  EXPECT_EQ(read.last_day, kMonday + 13);
  EXPECT_EQ(read.place, alert.place);
  EXPECT_EQ(read.next_step_time, alert.next_step_time);
  EXPECT_EQ(read.policy_version, 3);
  EXPECT_EQ(read.resolve_time, absl::InfinitePast());
  EXPECT_EQ(read.generation, 1);
  ASSERT_EQ(read.entries.size(), 2u);
  EXPECT_EQ(read.entries[1].staff_id, "t7");
}

TEST_F(AlertRowsTest, RepeatedKeysGiveOneAlertAndUnknownOnesNone) {
  Insert({NewAlert("a")});
  auto alerts = LoadAlerts(*db_, Keys({"a", "a", "b"}));
  ASSERT_TRUE(alerts.ok()) << alerts.status();
  EXPECT_THAT(NamesOf(*alerts), ElementsAre("a"));
}

TEST_F(AlertRowsTest, OnlyUnresolvedAbsencesOfAChildAreOpen) {
  Alert resolved = NewAlert("resolved", Kind::kAbsence);
  resolved.state = State::kResolved;
  resolved.next_step_time = absl::InfinitePast();
  Alert other = NewAlert("other", Kind::kAbsence);
  other.child_id = Id("c2");
  Alert taken_up = NewAlert("taken_up", Kind::kAbsence);
  taken_up.state = State::kAcknowledged;
  Insert({resolved, other, taken_up, NewAlert("emergency")});
  auto open = LoadUnresolvedAlerts(*db_, Kind::kAbsence, Keys({"c1", "c1"}));
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_THAT(NamesOf(*open), ElementsAre("taken_up"));
}

TEST_F(AlertRowsTest, DueAlertsComeInOrderAndBounded) {
  std::vector<Alert> alerts;
  for (int i = 0; i < 4; ++i) {
    alerts.push_back(NewAlert(std::string(1, static_cast<char>('a' + i))));
    alerts.back().next_step_time = kNow - absl::Minutes(i);
  }
  alerts.push_back(NewAlert("later"));
  Insert(alerts);
  auto due = LoadDueAlerts(*db_, 0, kNow, 3);
  ASSERT_TRUE(due.ok()) << due.status();
  EXPECT_THAT(NamesOf(*due), ElementsAre("d", "c", "b"));
  EXPECT_THAT(NamesOf(*LoadDueAlerts(*db_, 1, kNow, 3)), IsEmpty()) << "another shard";
  EXPECT_EQ(db_->Run(kNextAlert, postgres::Params().Int(0))->Time(0, 0), kNow - absl::Minutes(3));
  EXPECT_EQ(db_->Run(kNextAlert, postgres::Params().Int(1))->rows(), 0);
}

TEST_F(AlertRowsTest, WhatExistsIsForgotten) {
  Insert({NewAlert("a")});
  const Alert a = NewAlert("a"), b = NewAlert("b");
  std::vector<AlertRow> rows = {{&a}, {&b}};
  ASSERT_TRUE(ForgetStored(*db_, rows).ok());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(NameOf(rows[0].alert->id), "b");
}

// Few are looked for first, many are tried: all leave what is there.
TEST_F(AlertRowsTest, OfAlertsThatAreThereAlreadyNothingIsStoredAgain) {
  for (const int count : {2, 20, 63, 64, 100}) {
    Empty();
    std::vector<Alert> alerts;
    for (int i = 0; i < count; ++i) alerts.push_back(NewAlert(absl::StrCat("x", i)));
    Alert stored = alerts[1];
    stored.helper_id = "first";
    Insert({stored});
    for (const bool again : {false, true}) {
      auto transaction = postgres::Transaction::Begin(*db_);
      ASSERT_TRUE(transaction.ok()) << transaction.status();
      std::vector<AlertRow> rows;
      for (const Alert& alert : alerts) rows.push_back({&alert});
      const absl::Status done = InsertFresh(*db_, 0, rows);
      ASSERT_TRUE(done.ok()) << done;
      EXPECT_EQ(rows.size(), again ? 0u : static_cast<size_t>(count) - 1);
      ASSERT_TRUE(transaction->Commit().ok());
    }
    auto all = db_->Run("SELECT count(*), count(*) FILTER (WHERE helper_id = 'first') FROM alert");
    ASSERT_TRUE(all.ok()) << all.status();
    EXPECT_EQ(all->Int(0, 0), count);
    EXPECT_EQ(all->Int(0, 1), 1);
  }
}

TEST_F(AlertRowsTest, AChangeAppendsItsEntriesAndCountsTheGeneration) {
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

TEST_F(AlertRowsTest, OfTwoChangesOfOneGenerationTheSecondIsAborted) {
  Insert({NewAlert("a"), NewAlert("b")});
  auto other = Open();
  const Alert mine = Load("a"), theirs = Load("a"), b = Load("b");
  ASSERT_TRUE(UpdateAlerts(*other, {{&theirs, 1}}).ok());
  const absl::Status second = UpdateAlerts(*db_, {{&mine, 1}, {&b, 1}});
  EXPECT_EQ(second.code(), absl::StatusCode::kAborted) << second;
}

TEST_F(AlertRowsTest, AListIsFilteredAndGoesOnBehindAnId) {
  Alert child2 = NewAlert("b", Kind::kAbsence);
  child2.child_id = Id("c2");
  Alert taken_up = NewAlert("c");
  taken_up.state = State::kAcknowledged;
  Alert elsewhere = NewAlert("d");
  elsewhere.county = "520203";
  Insert({NewAlert("a"), child2, taken_up, elsewhere});
  const auto list = [&](AlertFilter filter, const std::string& after = "", int limit = 10) {
    filter.county = kCounty;
    if (filter.within.children.empty()) filter.within.everything = true;
    auto alerts = ListAlerts(*db_, filter, after, limit);
    EXPECT_TRUE(alerts.ok()) << alerts.status();
    return NamesOf(*alerts);
  };
  std::vector<std::string> all = {"a", "b", "c"};
  std::sort(all.begin(), all.end(), [](const auto& x, const auto& y) { return Id(x) < Id(y); });
  EXPECT_THAT(list({}), ElementsAreArray(all));
  EXPECT_THAT(list({}, Id(all[0]), 1), ElementsAre(all[1]));
  EXPECT_THAT(list({.child_id = "nobody"}), IsEmpty());
  EXPECT_THAT(list({.state = 2}), ElementsAre("c"));
  EXPECT_THAT(list({.kind = static_cast<int>(Kind::kAbsence)}), ElementsAre("b"));
  EXPECT_THAT(list({.child_id = Id("c2")}), ElementsAre("b"));
  EXPECT_THAT(list({.within = {.children = {Id("c2")}}}), ElementsAre("b")) << "what a helper sees";
  EXPECT_THAT(*ListAlerts(*db_, {.county = kCounty}, "", 10), IsEmpty()) << "who sees nothing";
}

TEST_F(AlertRowsTest, AnInboxHoldsWhatIsUnresolvedAndWhatClimbsFirstComesFirst) {
  const auto climbs = [](const char* name, int hours, State state = State::kOpen) {
    Alert alert = NewAlert(name);
    alert.state = state;
    alert.next_step_time = state == State::kResolved ? absl::InfinitePast() : kNow + absl::Hours(hours);
    return alert;
  };
  Alert elsewhere = climbs("d", 0);
  elsewhere.county = "520203";
  Insert({climbs("c", 9), climbs("a", 1), climbs("b", 1, State::kAcknowledged), elsewhere,
          climbs("e", 0, State::kResolved)});
  std::vector<std::string> in_order = {"a", "b", "c"};
  if (Id("b") < Id("a")) std::swap(in_order[0], in_order[1]);
  std::vector<std::string> seen;
  InboxPosition after;
  for (int page = 0; page < 3; ++page) {
    auto alerts = ListInbox(*db_, 0, {.county = kCounty, .within = {.everything = true}}, after, 1);
    ASSERT_TRUE(alerts.ok()) << alerts.status();
    ASSERT_EQ(alerts->size(), 1u);
    seen.push_back(NamesOf(*alerts).front());
    after = {alerts->front().next_step_time, alerts->front().id};
  }
  EXPECT_THAT(seen, ElementsAreArray(in_order));
  EXPECT_THAT(*ListInbox(*db_, 0, {.county = kCounty, .within = {.everything = true}}, after, 1), IsEmpty());
  EXPECT_THAT(
      *ListInbox(*db_, 0, {.county = kCounty, .child_id = "nobody", .within = {.everything = true}}, {}, 9),
      IsEmpty());
  EXPECT_THAT(*ListInbox(*db_, 1, {.county = kCounty, .within = {.everything = true}}, {}, 9), IsEmpty());
}

}  // namespace
}  // namespace tonghu::alerts
