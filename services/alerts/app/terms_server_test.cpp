// Schools that lack a term, in a real PostgreSQL: one unresolved alert a school.
#include <gmock/gmock.h>

#include "services/alerts/events/testing/consume_test.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"

namespace tonghu::alerts {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class TermsTest : public ConsumeTest {
 protected:
  journal::Event Said(const std::string& school, const std::string& type, const std::string& payload) {
    journal::Event event = EventOf("", type, payload);
    event.key = school;
    event.time = kNow - absl::Hours(100 - ++said_);
    return event;
  }
  journal::Event Missing(const std::string& school) {
    pairing::events::v1::TermMissing missing;
    missing.set_first_day(static_cast<int32_t>(absl::CivilDay(2026, 9, 8) - absl::CivilDay(1970, 1, 1)));
    missing.mutable_place()->set_school_id(school);
    missing.mutable_place()->set_township_code("520324104");
    return Said(school, "term_missing", missing.SerializeAsString());
  }
  journal::Event Known(const std::string& school) {
    pairing::events::v1::TermKnown known;
    known.mutable_place()->set_school_id(school);
    return Said(school, "term_known", known.SerializeAsString());
  }
  // The alerts about the school, by id.
  std::vector<Alert> Of(const std::string& school) {
    auto listed = ListAlerts(*db_, {.county = kCounty, .within = {.everything = true}}, "", 100);
    EXPECT_TRUE(listed.ok()) << listed.status();
    auto alerts = listed.value_or(std::vector<Alert>());
    std::erase_if(alerts, [&](const Alert& alert) { return alert.place.school_id != school; });
    return alerts;
  }

  int said_ = 0;
};

TEST_F(TermsTest, ASchoolIsToldOnceUntilItsTermIsKnown) {
  const journal::Event first = Missing("s71");
  ASSERT_TRUE(Hear({first, Missing("s72")}).ok());
  ASSERT_TRUE(Hear({Missing("s71"), first}).ok()) << "told again, and the same event again";
  ASSERT_THAT(Of("s71"), SizeIs(1));
  const Alert alert = Of("s71").front();
  EXPECT_EQ(alert.kind, Kind::kTermMissing);
  EXPECT_EQ(alert.child_id, "");
  EXPECT_EQ(alert.day, absl::CivilDay(2026, 9, 8));
  EXPECT_EQ(alert.occurrences, 1);
  auto full = LoadAlerts(*db_, {alert.key()});
  ASSERT_TRUE(full.ok() && full->size() == 1);
  std::vector<std::string> notes;
  for (const Entry& entry : full->front().entries) {
    if (entry.action == Action::kNoted) notes.push_back(entry.note);
  }
  EXPECT_THAT(notes,
              ElementsAre("自2026-09-08起没有校历，本校儿童不会产生任何任务；请在学校页面填写该学期校历"));
  ASSERT_TRUE(Hear({Known("s71")}).ok());
  EXPECT_EQ(Of("s71").front().state, State::kResolved);
  EXPECT_EQ(Of("s72").front().state, State::kOpen) << "another school's";
  ASSERT_TRUE(Hear({first}).ok());
  EXPECT_THAT(Of("s71"), SizeIs(1)) << "the same event again is the same alert";
  ASSERT_TRUE(Hear({Missing("s71")}).ok());
  EXPECT_THAT(Of("s71"), SizeIs(2)) << "missing anew";
}

TEST_F(TermsTest, AnEventAboutNoSchoolGoesToQuarantine) {
  journal::Event event = Missing("s1");
  event.key = "s2";
  EXPECT_EQ(Hear({event}).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tonghu::alerts
