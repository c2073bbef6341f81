#include "services/alerts/postgres/stored.h"

#include <gtest/gtest.h>

#include "services/alerts/postgres/policy_rows.h"

namespace tonghu::alerts {
namespace {

const absl::Time kNow = absl::FromUnixMicros(1'790'000'000'123'456);

bool Same(const Entry& a, const Entry& b) {
  return a.time == b.time && a.action == b.action && a.level == b.level && a.post_id == b.post_id &&
         a.staff_id == b.staff_id && a.staff_name == b.staff_name && a.as_deputy == b.as_deputy &&
         a.step == b.step && a.next_step_time == b.next_step_time;
}

TEST(StoredEntriesTest, BytesAppend) {
  const Entry told{.time = kNow,
                   .action = Action::kTold,
                   .level = Level::kSchoolHead,
                   .post_id = "school_head-s1",
                   .staff_id = "t3",
                   .staff_name = "校长",
                   .as_deputy = true,
                   .step = 1,
                   .next_step_time = kNow + absl::Hours(1)};
  const Entry resolved{.time = kNow, .action = Action::kResolved};
  const std::vector<Entry> read = DecodeEntries(EncodeEntries({told}) + EncodeEntries({resolved, told}));
  ASSERT_EQ(read.size(), 3u);
  EXPECT_TRUE(Same(read[0], told));
  EXPECT_TRUE(Same(read[1], resolved));
  EXPECT_TRUE(Same(read[2], told));
}

TEST(PolicySetTest, TheNewestIsInForceAndOldOnesStay) {
  PolicySet book;
  Policy policy = BuiltInPolicy(Kind::kAbsence);
  EXPECT_EQ(book.InForce("520521", Kind::kAbsence).version, 0);
  for (policy.version = 1; policy.version <= 3; ++policy.version) book.Put("520521", policy);
  EXPECT_EQ(book.InForce("520521", Kind::kAbsence).version, 3);
  EXPECT_EQ(book.Pinned("520521", Kind::kAbsence, 2).version, 2);
  EXPECT_EQ(book.Pinned("520521", Kind::kAbsence, 0).version, 0);
  EXPECT_EQ(book.Find("520521", Kind::kAbsence, 4), nullptr);
  EXPECT_EQ(book.InForce("520521", Kind::kEmergency).version, 0) << "another kind";
  EXPECT_EQ(book.InForce("520522", Kind::kAbsence).version, 0) << "another county";
}

}  // namespace
}  // namespace tonghu::alerts
