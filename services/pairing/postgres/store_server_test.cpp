// What the store's statements find and leave out, in a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/directory/migrations.h"
#include "libs/directory/read_model.h"
#include "libs/ids/ids.h"
#include "libs/journal/migrations.h"
#include "services/pairing/domain/duty_policies.h"
#include "services/pairing/postgres/calendar_store.h"
#include "services/pairing/postgres/contact_store.h"
#include "services/pairing/postgres/duty_store.h"
#include "services/pairing/postgres/migrations.h"
#include "services/pairing/postgres/queries.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::pairing {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

absl::Duration Days(int days) { return absl::Hours(24) * days; }

class StoreTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    ASSERT_TRUE(
        db_->Script("TRUNCATE child, duty, judged, journal_head; INSERT INTO journal_head VALUES (0, 0); "
                    "INSERT INTO child SELECT '520324', id::uuid, 's', '520324104', 3, 1, 1 FROM "
                    "unnest('{" +
                    Id("c") + "," + Id("other") + "}'::text[]) AS k (id)")
            .ok());
  }

  static std::string Id(const std::string& name) { return ids::Derived(name); }

  // A duty of child c. Each has a line of its own, since a line owes one a week.
  void Add(const std::string& id, int shard, absl::Time window_start, absl::Time due_time, bool done) {
    auto added = db_->Run(
        "INSERT INTO duty (county, duty_id, shard, line_id, pairing_id, child_id, helper_id, kind, outcome, "
        "window_start, window_end, due_time, paired_from, school_id, township_code, grade, class_number) "
        "SELECT '520324', $1, $2, $1, $1, $6, 'h', 1, $3, $4, $4 + interval '7 days', $5, $4, 's', "
        "'520324104', 3, 1",
        postgres::Params()
            .Uuid(Id(id))
            .Int(shard)
            .Int(done ? 2 : 0)
            .Time(window_start)
            .Time(due_time)
            .Uuid(Id("c")));
    ASSERT_TRUE(added.ok()) << added.status();
    names_.push_back(id);
  }

  std::string NameOf(const std::string& id) {
    for (const std::string& name : names_) {
      if (Id(name) == id) return name;
    }
    return "";
  }

  bool AnyDue(absl::Time now) {
    auto due = db_->Run(kNextDuty, postgres::Params().Int(0).Time(now));
    EXPECT_TRUE(due.ok()) << due.status();
    return due.ok() && due->rows() == 1 && due->Time(0, 0) <= now;
  }

  std::unique_ptr<postgres::Connection> db_;
  std::vector<std::string> names_;  // of the duties
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
    for (const PlacedDuty& one : judged->missed) missed.push_back(NameOf(one.duty.duty_id));
  }
  EXPECT_THAT(counts, ElementsAre(3, 3, 3, 1));
  EXPECT_THAT(missed, UnorderedElementsAre("d1", "d3", "d5"));
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
    for (const absl::Time time : happened) keys.push_back({"520324", Id("c"), time});
    auto context = LoadContactContext(*db_, keys, Policies(), kNow);
    EXPECT_TRUE(context.ok()) << context.status();
    std::vector<std::string> ids;
    for (const Duty& duty : context->at(ChildKey("520324", Id("c"))).facts.duties)
      ids.push_back(NameOf(duty.duty_id));
    return ids;
  };
  EXPECT_THAT(loaded({kNow}), UnorderedElementsAre("oldest", "this-week"));
  EXPECT_THAT(loaded({kNow - Days(30)}), UnorderedElementsAre("too-old", "oldest", "this-week"));
  EXPECT_THAT(loaded({kNow, kNow - Days(30), kNow}), UnorderedElementsAre("too-old", "oldest", "this-week"))
      << "contacts of one child in one batch: each duty once";
  EXPECT_THAT(loaded({absl::InfinitePast()}), IsEmpty()) << "a contact without a time, which is refused";
}

// A Monday, 0:00 in China, for windows are looked up by their beginning.
const absl::Time kWeek = clock::StartOf(absl::CivilDay(2026, 9, 14));

class WindowTest : public StoreTest {
 protected:
  absl::StatusOr<Windows> Enter(const std::vector<ContactKey>& talks) {
    auto transaction = journal::ShardTransaction::Open(*db_, {0, clock_});
    return transaction.ok() ? EnterWithWindows(*transaction, talks, {}, {}) : transaction.status();
  }
  // Of one talk on Wednesday by each of these children.
  std::vector<ChildState> Load(std::vector<std::string> children) {
    std::vector<ContactKey> talks;
    for (const std::string& child : children) talks.push_back({"520324", Id(child), kWeek + Days(2)});
    auto windows = Enter(talks);
    EXPECT_TRUE(windows.ok()) << windows.status();
    return windows.ok() ? windows->children : std::vector<ChildState>(children.size());
  }

  clock::SystemClock clock_;
};

TEST_F(WindowTest, ATalkFindsTheDutyOfItsWeekWithAllThatIsSaid) {
  Add("before", 0, kWeek - Days(7), kNow + Days(7), false);
  Add("this", 0, kWeek, kNow + Days(7), false);
  Add("done", 0, kWeek, kNow + Days(7), true);
  const ChildState child = Load({"c"}).front();
  ASSERT_EQ(child.facts.duties.size(), 1u);
  const Duty& duty = child.facts.duties.front();
  EXPECT_EQ(duty.duty_id, Id("this"));
  EXPECT_EQ(duty.state, DutyState::kOpen);
  EXPECT_FALSE(duty.missed);
  EXPECT_EQ(duty.window_end, kWeek + Days(7));
  EXPECT_EQ(child.county, "520324");
  EXPECT_EQ(child.child_id, Id("c"));
  EXPECT_EQ(child.place.school_id, "s");
  EXPECT_EQ(child.place.grade, 3);
  ASSERT_EQ(child.facts.spans.size(), 1u);
  EXPECT_EQ(child.facts.spans.front().line_id, Id("this"));
  EXPECT_EQ(child.facts.spans.front().helper_id, "h");
  EXPECT_EQ(child.facts.spans.front().start, kWeek);
}

TEST_F(WindowTest, WhatIsJudgedIsMissedAndNothingBehindTheMark) {
  Add("judged", 0, kWeek, kNow, false);
  Add("behind", 0, kWeek, kNow + Days(1), false);
  auto judged = JudgeDuties(*db_, 0, kNow, 10);
  ASSERT_TRUE(judged.ok()) << judged.status();
  const std::vector<ChildState> children = Load({"c"});
  ASSERT_EQ(children.front().facts.duties.size(), 2u);
  for (const Duty& duty : children.front().facts.duties) {
    EXPECT_EQ(duty.missed, duty.duty_id == Id("judged"));
    EXPECT_EQ(duty.state, duty.missed ? DutyState::kMissed : DutyState::kOpen);
  }
}

TEST_F(WindowTest, AChildOfSeveralTalksOrOfAnotherCountyOrNoneIsLeftToAllFacts) {
  Add("this", 0, kWeek, kNow + Days(7), false);
  EXPECT_THAT(Load({"c", "c"})[0].facts.duties, IsEmpty());
  EXPECT_THAT(Load({"other"})[0].facts.duties, IsEmpty());
  auto elsewhere = Enter({{"520203", Id("c"), kWeek + Days(2)}, {"520324", "nobody", kWeek}});
  ASSERT_TRUE(elsewhere.ok()) << elsewhere.status();
  for (const ChildState& child : elsewhere->children) EXPECT_THAT(child.facts.duties, IsEmpty());
}

TEST_F(WindowTest, WhatIsClosedIsClosedWhereItWasReadAndOnceOnly) {
  Add("this", 0, kWeek, kNow + Days(7), false);
  Duty duty = Load({"c"}).front().facts.duties.front();
  duty.state = DutyState::kDone;
  duty.contact_id = Id("contact");
  const absl::Status closed = CloseDuties(*db_, {duty});
  ASSERT_TRUE(closed.ok()) << closed;
  auto stored = LoadDuty(*db_, "520324", Id("this"));
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(stored->front().duty.state, DutyState::kDone);
  EXPECT_EQ(stored->front().duty.contact_id, Id("contact"));
  EXPECT_EQ(CloseDuties(*db_, {duty}).code(), absl::StatusCode::kAborted) << "the row has moved on";
  Duty other = stored->front().duty;
  other.duty_id = Id("another");
  EXPECT_EQ(CloseDuties(*db_, {other}).code(), absl::StatusCode::kAborted) << "another duty lies there";
}

TEST_F(WindowTest, ATransactionWhoseDutyIsNotThereStoresNothingAndMayBeDoneAgain) {
  Add("this", 0, kWeek, kNow + Days(7), false);
  Add("moved", 0, kWeek, kNow + Days(8), false);
  std::vector<Duty> duties = Load({"c"}).front().facts.duties;
  ASSERT_EQ(duties.size(), 2u);
  for (Duty& duty : duties) {
    duty.state = DutyState::kDone;
    duty.contact_id = Id("contact");
  }
  duties[1].duty_id = Id("another");
  auto transaction = postgres::Transaction::Begin(*db_);
  ASSERT_TRUE(transaction.ok()) << transaction.status();
  ASSERT_TRUE(CloseDuties(*db_, duties).ok()) << "it travels with the commit";
  const absl::Status committed = transaction->Commit();
  EXPECT_EQ(committed.code(), absl::StatusCode::kAborted) << committed;
  EXPECT_TRUE(postgres::IsTransient(committed));
  const std::vector<ChildState> children = Load({"c"});
  for (const Duty& duty : children.front().facts.duties) EXPECT_EQ(duty.state, DutyState::kOpen);
}

TEST_F(WindowTest, ADutyThatIsOwedGoesAlongWithItsChild) {
  Add("this", 0, kWeek, kNow + Days(7), false);
  Add("done", 0, kWeek - Days(7), kNow, true);
  ASSERT_TRUE(directory::Store(*db_, {.children = {{"520324", Id("c"), {"s2", "520324105", 4, 2}}}}).ok());
  ASSERT_TRUE(MovePlaces(*db_, {{"520324", Id("c")}, {"520324", Id("c")}, {"520324", Id("other")}}).ok());
  const Place place = Load({"c"}).front().place;
  EXPECT_EQ(place.school_id, "s2");
  EXPECT_EQ(place.township_code, "520324105");
  EXPECT_EQ(place.grade, 4);
  EXPECT_EQ(place.class_number, 2);
  auto done = LoadDuty(*db_, "520324", Id("done"));
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->front().place.school_id, "s") << "nobody asks where a child was whose duty is done";
}

class ListTest : public StoreTest {
 protected:
  std::string Plan(const std::string& sql) {
    auto rows = db_->Run("EXPLAIN " + sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::string text;
    for (int i = 0; rows.ok() && i < rows->rows(); ++i) absl::StrAppend(&text, rows->String(i, 0), "\n");
    return text;
  }
};

TEST_F(ListTest, DutiesGoByWindowAndThenById) {
  Add("second", 0, kWeek + Days(7), kNow + Days(30), false);
  Add("first", 0, kWeek, kNow + Days(30), true);
  Add("third", 0, kWeek + Days(14), kNow + Days(30), false);
  const auto list = [&](const DutyFilter& filter, const std::string& after = "",
                        const std::string& child = "") {
    auto rows = ListDuties(*db_, {"520324", child, after, 10, {.everything = true}}, filter);
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::vector<std::string> names;
    for (const ListedDuty& row : *rows) names.push_back(NameOf(row.placed.duty.duty_id));
    return names;
  };
  EXPECT_THAT(list({}), ElementsAre("first", "second", "third"));
  EXPECT_THAT(list({.behind = kWeek + Days(7)}, Id("first")), ElementsAre("second", "third"));
  EXPECT_THAT(list({.state = 1}, "", Id("c")), ElementsAre("second", "third"));
  ASSERT_TRUE(
      db_->Run("UPDATE duty SET kind = 2 WHERE duty_id = $1", postgres::Params().Uuid(Id("second"))).ok());
  EXPECT_THAT(list({.kind = 2}), ElementsAre("second"));
  EXPECT_THAT(list({.state = 1, .kind = 1}, "", Id("c")), ElementsAre("third"));
  EXPECT_THAT(list({.window_from = kWeek + Days(7)}), ElementsAre("second", "third"))
      << "the first one is over";
  EXPECT_THAT(list({.window_from = kWeek + Days(6), .window_before = kWeek + Days(8)}),
              ElementsAre("first", "second"));
}

TEST_F(ListTest, ContactsAreFoundByWhenTheyHappenedHoweverLateTheyWereReported) {
  ASSERT_TRUE(db_->Script("TRUNCATE contact").ok());
  ids::SeededSource source(1);
  const auto put = [&](const std::string& note, absl::Time happened, absl::Time reported) {
    return InsertContacts(*db_, {{"520324", source.Next(reported), Id("c"), "h", ContactKind::kTalk, happened,
                                  reported, note, ""}});
  };
  ASSERT_TRUE(put("a minute ahead", kNow + absl::Minutes(1), kNow).ok());
  ASSERT_TRUE(put("at once", kNow + Days(1), kNow + Days(1)).ok());
  ASSERT_TRUE(put("at last", kNow + Days(1), kNow + Days(1) + kOldestContact).ok());
  ASSERT_TRUE(put("the day after", kNow + Days(2), kNow + Days(2)).ok());
  const auto list = [&](const ContactFilter& filter) {
    auto rows = ListContacts(*db_, {"520324", "", "", 10, {.everything = true}}, filter);
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::vector<std::string> notes;
    for (const ContactRow& row : *rows) notes.push_back(row.note);
    return notes;
  };
  EXPECT_THAT(list({kNow + Days(1), kNow + Days(2)}), ElementsAre("at once", "at last"));
  EXPECT_THAT(list({kNow + absl::Minutes(1), kNow + Days(1)}), ElementsAre("a minute ahead"));
  EXPECT_THAT(list({}), ElementsAre("a minute ahead", "at once", "the day after", "at last"));
}

// A county of 20,000 children has 1,600,000 duties and as many contacts after two years.
TEST_F(ListTest, ACountysDatesAreFoundByAnIndex) {
  ASSERT_TRUE(
      db_->Script(
             "INSERT INTO duty (county, duty_id, shard, line_id, pairing_id, child_id, helper_id, kind, "
             "window_start, window_end, due_time, paired_from, school_id, township_code, grade, "
             "class_number) "
             "SELECT '520324', md5('d' || n)::uuid, 0, id, id, id, 'h', 1, w, w + interval '7 days', w + "
             "interval "
             "'9 days', w, 's', '520324104', 3, 1 FROM (SELECT n, md5((n % 250)::text)::uuid AS id, "
             "timestamptz "
             "'2025-01-06 00:00+8' + n / 250 * interval '7 days' AS w FROM generate_series(0, 19999) n) k; "
             "INSERT INTO contact (county, contact_id, child_id, helper_id, kind, happen_time, report_time, "
             "note, closed_duty_ids, request_id, mood, concerns, version, withdrawn, together_with) SELECT "
             "'520324', "
             "md5(n::text)::uuid, "
             "md5((n % "
             "250)::text)::uuid, 'h', 1, "
             "now(), "
             "now(), '', '', md5('r' || n)::uuid, 0, 0, 1, false, '' FROM generate_series(1, 20000) n; "
             "ANALYZE "
             "duty; "
             "ANALYZE "
             "contact")
          .ok());
  EXPECT_THAT(Plan("SELECT * FROM judged_duty WHERE county = '520324' AND (window_end, duty_id) > "
                   "('2026-03-02 00:00+8', '00000000-0000-0000-0000-000000000000') "
                   "AND window_start < '2026-03-30 00:00+8' ORDER BY window_end, duty_id LIMIT 101"),
              HasSubstr("duty_list"));
  EXPECT_THAT(
      Plan("SELECT * FROM contact WHERE county = '520324' AND contact_id > "
           "'10000000-0000-7000-8000-000000000000' AND contact_id < '12000000-0000-7000-8000-000000000000' "
           "ORDER BY contact_id LIMIT 101"),
      HasSubstr("contact_pkey"));
}

TEST_F(StoreTest, APairingFollowsItsChildAndThePostOfItsClass) {
  ASSERT_TRUE(db_->Script("TRUNCATE pairing, post").ok());
  const PairingRow paired{.county = "520324",
                          .pairing_id = Id("p"),
                          .line_id = Id("p"),
                          .child_id = Id("c"),
                          .helper_id = "t1",
                          .basis = PairingBasis::kClassTeacher,
                          .owed_from = kNow,
                          .start_time = kNow};
  ASSERT_TRUE(InsertPairings(*db_, 0, {paired}, kNow).ok());
  const auto put = [&](const std::string& holder) {
    const directory::PostFact post{
        "520324", "post", directory::PostKind::kClassTeacher, {"s", "", 3, 1}, {{holder, ""}, {}}};
    ASSERT_TRUE(directory::Store(*db_, {.posts = {post}}).ok());
  };
  const auto followers = [&](const std::vector<postgres::Key>& children,
                             const std::vector<postgres::Key>& posts) {
    auto found = FindToFollow(*db_, children, posts);
    EXPECT_TRUE(found.ok()) << found.status();
    std::vector<std::string> helpers;
    for (const PairingRow& row : *found) helpers.push_back(row.former_helper_id + " to " + row.helper_id);
    return helpers;
  };
  const std::vector<postgres::Key> child = {{"520324", Id("c")}}, post = {{"520324", "post"}};
  EXPECT_THAT(followers(child, post), IsEmpty()) << "a class without a post";
  put("t2");
  EXPECT_THAT(followers(child, {}), ElementsAre("t1 to t2"));
  EXPECT_THAT(followers({}, post), ElementsAre("t1 to t2"));
  EXPECT_THAT(followers(child, post), ElementsAre("t1 to t2")) << "once";
  EXPECT_THAT(followers({{"520324", Id("other")}}, {{"520324", "another"}}), IsEmpty());
  for (const char* holder : {"", "t1"}) {
    put(holder);
    EXPECT_THAT(followers(child, post), IsEmpty()) << "held by '" << holder << "'";
  }
}

// The schools that wait, in order, as "id/puts".
std::vector<std::string> Waiting(postgres::Connection& db, int shard = 0) {
  auto followers = LoadFollowers(db, shard, 10);
  EXPECT_TRUE(followers.ok()) << followers.status();
  std::vector<std::string> waiting;
  if (!followers.ok()) return waiting;
  for (const Follower& one : *followers) waiting.push_back(absl::StrCat(one.school.id, "/", one.puts));
  return waiting;
}

TEST_F(StoreTest, ASchoolWaitsUntilALookHasSeenTheLastPut) {
  ASSERT_TRUE(db_->Script("TRUNCATE calendar_follower").ok());
  const auto school = [](const char* county, const char* id) {
    return ids::Name{.county = county, .collection = "", .id = id};
  };
  ASSERT_TRUE(AddFollowers(*db_, 0, {school("520324", "a"), school("520325", "b")}, kNow).ok());
  ASSERT_TRUE(AddFollowers(*db_, 1, {school("520326", "c")}, kNow).ok());
  EXPECT_THAT(Waiting(*db_), ElementsAre("a/1", "b/1"));
  const auto followers = *LoadFollowers(*db_, 0, 1);
  ASSERT_EQ(followers.size(), 1u);
  // A put comes while the school is compared with what was there before.
  ASSERT_TRUE(TouchFollowers(*db_, "520324", kNow + Days(1)).ok());
  ASSERT_TRUE(EndLook(*db_, followers[0]).ok());
  EXPECT_THAT(Waiting(*db_), ElementsAre("a/2", "b/1"));
  EXPECT_EQ(LoadFollowers(*db_, 0, 1)->front().since, kNow) << "the first put that no look has seen";
  while (!Waiting(*db_).empty()) ASSERT_TRUE(EndLook(*db_, LoadFollowers(*db_, 0, 1)->front()).ok());

  ASSERT_TRUE(AddFollowers(*db_, 0, {school("520324", "a")}, kNow).ok());
  EXPECT_THAT(Waiting(*db_), IsEmpty()) << "known already";
  EXPECT_THAT(Waiting(*db_, 1), ElementsAre("c/1")) << "another shard's";
  ASSERT_TRUE(TouchFollowers(*db_, "520325", kNow).ok());
  EXPECT_THAT(Waiting(*db_), ElementsAre("b/2"));
  ASSERT_TRUE(db_->Run("BEGIN", {}).ok());
  ASSERT_TRUE(TouchFollowers(*db_, kOfProvince, kNow + Days(1)).ok());
  ASSERT_TRUE(db_->Run("COMMIT", {}).ok());
  EXPECT_THAT(Waiting(*db_), ElementsAre("b/3", "a/3"));
  EXPECT_THAT(Waiting(*db_, 1), ElementsAre("c/2"));
}

}  // namespace
}  // namespace tonghu::pairing
