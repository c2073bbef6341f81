// What a helper's list of owed duties holds and in which order, in a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/directory/migrations.h"
#include "libs/ids/ids.h"
#include "libs/journal/migrations.h"
#include "services/pairing/postgres/contact_store.h"
#include "services/pairing/postgres/migrations.h"
#include "services/pairing/postgres/owed_duties.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::pairing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

absl::Duration Days(int days) { return absl::Hours(24) * days; }

class OwedDutiesTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    ASSERT_TRUE(db_->Script("TRUNCATE child, pairing, duty, contact, judged").ok());
  }

  static std::string Id(const std::string& name) { return ids::Derived(name); }

  // Pairs a child with a helper; `end` is InfinitePast while the pairing lasts.
  void Pair(const std::string& child, const std::string& helper, absl::Time end = absl::InfinitePast()) {
    auto paired = db_->Run(
        "INSERT INTO pairing VALUES ('520324', $1, 0, $1, $2, $3, 1, 1, $4, $4, nullif($5, '-infinity'), 0, "
        "$4)",
        postgres::Params()
            .Uuid(Id(child + helper))
            .Uuid(Id(child))
            .Text(helper)
            .Time(kNow - Days(90))
            .Time(end));
    ASSERT_TRUE(paired.ok()) << paired.status();
  }

  struct Window {
    int weeks_ago = 0;
    int outcome = 0;  // a DutyState; 0: owed
  };
  // A duty of a window that began `weeks_ago` weeks and two days ago, judged two days after its end; its id
  // is that of "{child} {weeks_ago}".
  void Owe(const std::string& child, const std::string& helper, Window window) {
    const std::string name = absl::StrCat(child, " ", window.weeks_ago);
    const absl::Time start = kNow - Days(2 + 7 * window.weeks_ago);
    auto owed = db_->Run(
        "INSERT INTO duty (county, duty_id, shard, line_id, pairing_id, child_id, helper_id, kind, outcome, "
        "window_start, window_end, due_time, paired_from, school_id, township_code, grade, class_number) "
        "SELECT '520324', $1, 0, $2, $2, $3, $4, 1, $5, $6, $6 + interval '7 days', $6 + interval '9 days', "
        "$6, "
        "'s1', '520324104', 3, 1",
        postgres::Params()
            .Uuid(Id(name))
            .Uuid(Id(child + helper))
            .Uuid(Id(child))
            .Text(helper)
            .Int(window.outcome)
            .Time(start));
    ASSERT_TRUE(owed.ok()) << owed.status();
    names_[Id(name)] = name;
  }

  void Talk(const std::string& child, absl::Time at) {
    ASSERT_TRUE(InsertContacts(*db_, {{"520324", Id(absl::StrCat(child, absl::ToUnixSeconds(at))), Id(child),
                                       "h", ContactKind::kTalk, at, at, "", ""}})
                    .ok());
  }

  std::vector<OwedDuty> Rows(const std::string& helper, int limit = 100) {
    auto rows = ListOwedDuties(*db_, {"520324", helper, limit, {.everything = true}}, kNow);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? *rows : std::vector<OwedDuty>();
  }
  std::vector<std::string> Owed(const std::string& helper, int limit = 100) {
    std::vector<std::string> names;
    for (const OwedDuty& row : Rows(helper, limit)) names.push_back(names_[row.listed.placed.duty.duty_id]);
    return names;
  }
  // Judges everything that was due by now.
  void Judge() {
    auto judged = db_->Run("INSERT INTO judged VALUES (0, $1, 'ffffffff-ffff-ffff-ffff-ffffffffffff')",
                           postgres::Params().Time(kNow));
    ASSERT_TRUE(judged.ok()) << judged.status();
  }

  std::unique_ptr<postgres::Connection> db_;
  std::map<std::string, std::string> names_;  // of the duties, by id
};

TEST_F(OwedDutiesTest, TheMostUrgentIsFirst) {
  for (const char* child : {"a", "b", "c", "d"}) Pair(child, "h");
  Owe("a", "h", {.outcome = 2});  // done this week
  Owe("b", "h", {});
  Owe("c", "h", {});
  Owe("d", "h", {});
  Owe("d", "h", {.weeks_ago = 3});
  Owe("c", "h", {.weeks_ago = 2});
  Owe("b", "h", {.weeks_ago = 1});  // over, and judged tonight: the report is outstanding
  Talk("b", kNow - Days(20));
  Talk("b", kNow - Days(1));
  Talk("c", kNow - Days(4));
  Judge();
  ASSERT_TRUE(db_->Run("UPDATE duty SET due_time = $1 WHERE duty_id = $2",
                       postgres::Params().Time(kNow + absl::Hours(3)).Uuid(Id("b 1")))
                  .ok());
  EXPECT_THAT(Owed("h"), ElementsAre("d 3", "c 2", "b 1", "d 0", "c 0", "b 0", "a 0"))
      << "missed, the oldest first; open by due time, and never spoken with before spoken with lately; done";
  const auto rows = Rows("h", 3);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].total, 7) << "what is left out is counted";
  EXPECT_EQ(rows[0].listed.placed.duty.state, DutyState::kMissed);
  EXPECT_EQ(rows[0].last_contact, absl::InfinitePast());
  EXPECT_EQ(rows[2].last_contact, kNow - Days(1)) << "the newest contact";
}

TEST_F(OwedDutiesTest, NothingIsListedThatNobodyCanDo) {
  Pair("a", "h");
  Pair("gone", "h", kNow - Days(3));
  Pair("other", "k");
  Owe("a", "h", {.weeks_ago = -1});               // begins in five days
  Owe("a", "h", {.weeks_ago = 10});               // too old to be made up for
  Owe("a", "h", {.weeks_ago = 4, .outcome = 5});  // made up for
  Owe("gone", "h", {.weeks_ago = 2});             // missed, and the helper has left
  Owe("other", "k", {});                          // somebody else's
  Judge();
  EXPECT_THAT(Owed("h"), IsEmpty());
  EXPECT_THAT(Owed("nobody"), IsEmpty());
}

TEST_F(OwedDutiesTest, WhoLeftStillOwesTheReportOfAnOpenWeek) {
  Pair("gone", "h", kNow - Days(1));
  Owe("gone", "h", {.weeks_ago = 1});
  EXPECT_THAT(Owed("h"), ElementsAre("gone 1"));
}

TEST_F(OwedDutiesTest, APlaceIsTheChildsPresentOne) {
  Pair("a", "h");
  Owe("a", "h", {.outcome = 2});
  EXPECT_EQ(Rows("h").at(0).place.school_id, "s1") << "the duty's, of a child that is not known";
  ASSERT_TRUE(db_->Run("INSERT INTO child VALUES ('520324', $1, 's2', '520324105', 4, 2, 1)",
                       postgres::Params().Uuid(Id("a")))
                  .ok());
  const Place place = Rows("h").at(0).place;
  EXPECT_EQ(place.school_id, "s2");
  EXPECT_EQ(place.grade, 4);
  EXPECT_EQ(place.class_number, 2);
}

// A class's condition names columns of its own: none may hide the row's.
TEST_F(OwedDutiesTest, OnlyWhatTheCallerMaySeeIsListed) {
  for (const auto& [child, class_number] : {std::pair("a", 1), std::pair("b", 2)}) {
    Pair(child, "h");
    Owe(child, "h", {});
    ASSERT_TRUE(
        db_->Run("INSERT INTO child (county, child_id, school_id, township_code, grade, class_number, "
                 "care_level) VALUES ('520324', $1, 's1', '520324104', 3, $2, 1)",
                 postgres::Params().Uuid(Id(child)).Int(class_number))
            .ok());
  }
  const auto seen = [&](const rights::Filter& within) {
    auto rows = ListOwedDuties(*db_, {"520324", "h", 100, within}, kNow);
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::vector<std::string> names;
    for (const OwedDuty& row : *rows) names.push_back(names_[row.listed.placed.duty.duty_id]);
    return names;
  };
  EXPECT_THAT(seen({.everything = true}), SizeIs(2));
  EXPECT_THAT(seen({.classes = {{"s1", 3, 1}}}), ElementsAre("a 0"));
  EXPECT_THAT(seen({.classes = {{"s1", 3, 1}}, .children = {Id("b")}}), SizeIs(2));
  EXPECT_THAT(seen({.schools = {"s2"}}), IsEmpty());
  EXPECT_THAT(seen({.children = {Id("b")}}), ElementsAre("b 0"));
  EXPECT_THAT(seen({}), IsEmpty());
}

}  // namespace
}  // namespace tonghu::pairing
