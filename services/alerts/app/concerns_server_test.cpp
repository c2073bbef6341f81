// Contacts with concerns, in a real PostgreSQL: one alert a child, each contact counted once.
#include <gmock/gmock.h>

#include "services/alerts/events/testing/consume_test.h"
#include "services/alerts/postgres/concern_rows.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"
#include "tonghu/pairing/v1/contact_service.pb.h"

namespace tonghu::alerts {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class ConcernsTest : public ConsumeTest {
 protected:
  journal::Event Raised(const std::string& contact, const std::string& child, std::vector<int> concerns) {
    pairing::events::v1::ConcernRaised raised;
    raised.set_contact_id(Id(contact));
    raised.set_helper_id("t1");
    raised.mutable_concerns()->Assign(concerns.begin(), concerns.end());
    raised.set_happen_micros(absl::ToUnixMicros(kNow - absl::Hours(++said_)));
    raised.mutable_place()->set_school_id("s1");
    raised.mutable_place()->set_township_code("520324104");
    raised.mutable_place()->set_grade(3);
    raised.mutable_place()->set_class_number(1);
    return EventOf(child, "concern_raised", raised.SerializeAsString());
  }

  std::vector<std::string> MarkedContacts(const Alert& alert) {
    auto rows = LoadAlertedConcerns(*db_, {alert.key()});
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::vector<std::string> names;
    for (const ConcernRow& row : *rows) names.push_back(NameOf(row.contact_id));
    return names;
  }

  int said_ = 0;
};

TEST_F(ConcernsTest, ManyOfOneChildAreOneAlertAndEachContactCountsOnce) {
  const journal::Event first = Raised("a", "c1", {1, 2}), second = Raised("b", "c1", {4}),
                       other = Raised("c", "c2", {6});
  ASSERT_TRUE(Hear({first, other, first}).ok());
  ASSERT_TRUE(Hear({first, second}).ok());
  ASSERT_TRUE(Hear({second, other}).ok());
  ASSERT_THAT(Alerts("c1"), SizeIs(1));
  const Alert alert = Alerts("c1").front();
  EXPECT_EQ(alert.kind, Kind::kConcern);
  EXPECT_EQ(alert.occurrences, 2);
  EXPECT_EQ(alert.place.class_number, 1);
  EXPECT_THAT(MarkedContacts(alert), ElementsAre("b", "a")) << "by when they happened";
  auto rows = LoadAlertedConcerns(*db_, {alert.key()});
  EXPECT_EQ(rows->back().concerns, 0b110);
  ASSERT_THAT(Alerts("c2"), SizeIs(1));
  EXPECT_EQ(Alerts("c2").front().occurrences, 1);
}

TEST_F(ConcernsTest, WhatIsSettledIsNotAddedToAndAnotherContactRaisesAnew) {
  const journal::Event first = Raised("a", "c1", {1});
  ASSERT_TRUE(Hear({first}).ok());
  ASSERT_TRUE(
      db_->Script("UPDATE alert SET state = 3, next_step_time = NULL, resolve_time = raise_time").ok());
  ASSERT_TRUE(Hear({first, Raised("b", "c1", {1})}).ok());
  const std::vector<Alert> alerts = Alerts("c1");
  ASSERT_THAT(alerts, SizeIs(2));
  EXPECT_THAT(MarkedContacts(alerts[0].state == State::kResolved ? alerts[0] : alerts[1]), ElementsAre("a"));
  EXPECT_THAT(MarkedContacts(alerts[0].state == State::kResolved ? alerts[1] : alerts[0]), ElementsAre("b"));
}

TEST_F(ConcernsTest, AnEventThatNamesNobodyIsSetAside) {
  journal::Event nobody = Raised("a", "c1", {1});
  nobody.key = "c1";
  EXPECT_TRUE(absl::IsInvalidArgument(Hear({nobody})));
}

TEST_F(ConcernsTest, ConcernsOfALaterVersionAreKeptOut) {
  ASSERT_TRUE(Hear({Raised("a", "c1", {-3, 0, 2, 7, 40})}).ok());
  auto rows = LoadAlertedConcerns(*db_, {Alerts("c1").front().key()});
  ASSERT_THAT(*rows, SizeIs(1));
  EXPECT_EQ(rows->front().concerns, 0b100);
}

}  // namespace
}  // namespace tonghu::alerts
