// What the store's statements find and leave out, in a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/journal/migrations.h"
#include "services/pairing/postgres/contact_store.h"
#include "services/pairing/postgres/duty_store.h"
#include "services/pairing/postgres/migrations.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::pairing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

absl::Duration Days(int days) { return absl::Hours(24) * days; }

class StoreTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = Open();
    ASSERT_NE(db_, nullptr);
    ASSERT_TRUE(postgres::Migrate(*db_, "journal", journal::Migrations()).ok());
    ASSERT_TRUE(postgres::Migrate(*db_, "pairing", Migrations()).ok());
    ASSERT_TRUE(db_->Script("TRUNCATE child, duty, judged; "
                            "INSERT INTO child VALUES ('520324', 'c', 's', '520324104', 3, 1)")
                    .ok());
  }

  // A duty of child c. Each has a line of its own, since a line owes one a week.
  void Add(const std::string& id, int shard, absl::Time window_start, absl::Time due_time, bool done) {
    auto added = db_->Run(
        "INSERT INTO duty (county, duty_id, shard, line_id, pairing_id, child_id, helper_id, kind, outcome, "
        "window_start, window_end, due_time) "
        "SELECT '520324', $1, $2, $1, $1, 'c', 'h', 1, $3, $4, $4 + interval '7 days', $5",
        postgres::Params().Text(id).Int(shard).Int(done ? 2 : 0).Time(window_start).Time(due_time));
    ASSERT_TRUE(added.ok()) << added.status();
  }

  bool AnyDue(absl::Time now) {
    auto due = db_->Run(kDutiesDue, postgres::Params().Int(0).Time(now));
    EXPECT_TRUE(due.ok()) << due.status();
    return due.ok() && due->Bool(0, 0);
  }

  std::unique_ptr<postgres::Connection> db_;
};

TEST_F(StoreTest, I4JudgingInBatchesMissesWhatIsOwedOnceAndNothingElse) {
  for (int i = 0; i < 10; ++i) Add(absl::StrCat("d", i), 0, kNow - Days(9), kNow, i % 2 == 0 || i > 6);
  Add("later", 0, kNow - Days(2), kNow + Days(7), false);
  Add("elsewhere", 1, kNow - Days(9), kNow, false);
  std::vector<int> counts;
  std::vector<std::string> missed;
  while (AnyDue(kNow)) {
    auto judged = JudgeDuties(*db_, 0, kNow, 3);
    ASSERT_TRUE(judged.ok()) << judged.status();
    ASSERT_GT(judged->count, 0) << "due, and none looked at";
    counts.push_back(judged->count);
    for (const PlacedDuty& one : judged->missed) missed.push_back(one.duty.duty_id);
  }
  EXPECT_THAT(counts, ElementsAre(3, 3, 3, 1));
  EXPECT_THAT(missed, ElementsAre("d1", "d3", "d5"));
  auto again = JudgeDuties(*db_, 0, kNow, 3);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->count, 0);
  EXPECT_TRUE(AnyDue(kNow + Days(7))) << "the later one";
}

TEST_F(StoreTest, AContactIsGivenWhatItMayCloseAndNoMore) {
  Add("too-old", 0, kNow - Days(75), kNow, false);
  Add("oldest", 0, kNow - Days(73), kNow, false);
  Add("done", 0, kNow - Days(10), kNow, true);
  Add("this-week", 0, kNow - Days(2), kNow + Days(7), false);
  Add("next-week", 0, kNow + Days(5), kNow + Days(14), false);
  const auto loaded = [&](std::vector<absl::Time> happened) {
    std::vector<ContactKey> keys;
    for (const absl::Time time : happened) keys.push_back({"520324", "c", time});
    auto context = LoadContactContext(*db_, keys, kNow);
    EXPECT_TRUE(context.ok()) << context.status();
    std::vector<std::string> ids;
    for (const Duty& duty : context->children.at(ChildKey("520324", "c")).facts.duties)
      ids.push_back(duty.duty_id);
    return ids;
  };
  EXPECT_THAT(loaded({kNow}), UnorderedElementsAre("oldest", "this-week"));
  EXPECT_THAT(loaded({kNow - Days(30)}), UnorderedElementsAre("too-old", "oldest", "this-week"));
  EXPECT_THAT(loaded({kNow, kNow - Days(30), kNow}), UnorderedElementsAre("too-old", "oldest", "this-week"))
      << "contacts of one child in one batch: each duty once";
  EXPECT_THAT(loaded({absl::InfinitePast()}), IsEmpty()) << "a contact without a time, which is refused";
}

}  // namespace
}  // namespace tonghu::pairing
