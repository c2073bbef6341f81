// Children for whom nobody is responsible, in a real PostgreSQL: one unresolved alert a child.
#include <gmock/gmock.h>

#include "services/alerts/events/testing/consume_test.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"

namespace tonghu::alerts {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class UncoveredTest : public ConsumeTest {
 protected:
  journal::Event Said(const std::string& child, const std::string& type, const std::string& payload) {
    journal::Event event = EventOf(child, type, payload);
    event.time = kNow - absl::Hours(100 - ++said_);
    return event;
  }
  journal::Event Uncovered(const std::string& child, bool grown, std::vector<int> kinds = {}) {
    pairing::events::v1::ChildUncovered uncovered;
    uncovered.set_not_looked_after(kinds.empty());
    uncovered.mutable_unowed_kinds()->Assign(kinds.begin(), kinds.end());
    uncovered.set_since_micros(
        absl::ToUnixMicros(absl::FromCivil(absl::CivilDay(2026, 9, 1), clock::China())));
    uncovered.set_grown(grown);
    uncovered.mutable_place()->set_school_id("s1");
    uncovered.mutable_place()->set_township_code("520324104");
    return Said(child, "child_uncovered", uncovered.SerializeAsString());
  }
  journal::Event Covered(const std::string& child) { return Said(child, "child_covered", ""); }

  std::vector<std::string> Notes(const Alert& listed) {
    auto alerts = LoadAlerts(*db_, {listed.key()});
    EXPECT_TRUE(alerts.ok() && alerts->size() == 1);
    std::vector<std::string> notes;
    for (const Entry& entry : alerts->front().entries) {
      if (entry.action == Action::kNoted) notes.push_back(entry.note);
    }
    return notes;
  }

  int said_ = 0;
};

TEST_F(UncoveredTest, WhatIsToldAgainAddsNothingAndWhatIsNewIsNoted) {
  ASSERT_TRUE(Hear({Uncovered("c1", true, {2}), Uncovered("c2", true)}).ok());
  ASSERT_TRUE(Hear({Uncovered("c1", false, {2}), Uncovered("c1", true, {2, 6, 99})}).ok());
  ASSERT_THAT(Alerts("c1"), SizeIs(1));
  const Alert alert = Alerts("c1").front();
  EXPECT_EQ(alert.kind, Kind::kUncovered);
  EXPECT_EQ(alert.state, State::kOpen);
  EXPECT_EQ(alert.occurrences, 2);
  EXPECT_THAT(Notes(alert),
              ElementsAre("自2026-09-01起以下任务无人负责：家访；请安排负责人，或调整任务规定",
                          "自2026-09-01起以下任务无人负责：家访、亲情书信；请安排负责人，或调整任务规定"))
      << "a kind of a later release is left out";
  ASSERT_THAT(Alerts("c2"), SizeIs(1));
  EXPECT_THAT(Notes(Alerts("c2").front()),
              ElementsAre("自2026-09-01起无人帮扶（未结对，或帮扶人已离岗），请安排结对或移交"));
}

TEST_F(UncoveredTest, CoveredSettlesAndTheNextTimeIsAnAlertOfItsOwn) {
  const journal::Event first = Uncovered("c1", true);
  ASSERT_TRUE(Hear({first, Covered("c1"), Covered("c3")}).ok());
  ASSERT_THAT(Alerts("c1"), SizeIs(1));
  EXPECT_EQ(Alerts("c1").front().state, State::kResolved);
  ASSERT_TRUE(Hear({first}).ok()) << "the same event again is the same alert";
  EXPECT_THAT(Alerts("c1"), SizeIs(1));
  ASSERT_TRUE(Hear({Uncovered("c1", false)}).ok()) << "told again though somebody has settled the alert";
  EXPECT_THAT(Alerts("c1"), SizeIs(2));
}

TEST_F(UncoveredTest, AnEventAboutNoChildGoesToQuarantine) {
  journal::Event event = Uncovered("c1", true);
  event.key = "nobody";
  EXPECT_EQ(Hear({event}).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tonghu::alerts
