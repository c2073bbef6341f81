// Doubtful contacts, found, dismissed and forgotten in a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/clock/clock.h"
#include "libs/directory/migrations.h"
#include "libs/journal/event_run.h"
#include "libs/journal/migrations.h"
#include "libs/refusal/refusal.h"
#include "services/pairing/app/doubts.h"
#include "services/pairing/postgres/migrations.h"
#include "tests/harness/postgres_test.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"

namespace tonghu::pairing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kCounty[] = "520324";

class SetClock final : public clock::Clock {
 public:
  absl::Time Now() const override { return now; }
  bool is_virtual() const override { return true; }
  absl::Time now = clock::StartOf(absl::CivilDay(2026, 9, 12)) + absl::Hours(10);
};

// 120 helpers, each with four children of their own: c1 to c4 are those of h001. Each child was talked with
// once this week, at ten on Tuesday, with words of its own, and the talk did the week's duty.
class DoubtsTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    Script(R"sql(
      GRANT TRUNCATE ON journal TO CURRENT_USER;
      TRUNCATE child, staff, left_staff, school, pairing, duty, contact, school_calendar, doubt, doubt_look, journal_head, journal;
      INSERT INTO journal_head VALUES (0, 0);
      INSERT INTO school VALUES ('520324', 's0', '520324104');
      INSERT INTO school_calendar VALUES ('520324', 's0', '2026-autumn', date '2026-09-01' - date '1970-01-01',
        date '2027-01-15' - date '1970-01-01', 'term 2026-09-01 2027-01-15');
      INSERT INTO staff (county, staff_id, display_name) SELECT '520324', 'h' || lpad(n::text, 3, '0'), '老师' FROM generate_series(1, 120) n;
      INSERT INTO child SELECT '520324', md5('c' || n)::uuid, 's0', '520324104', 3, 1 FROM generate_series(1, 480) n;
      INSERT INTO pairing (county, pairing_id, shard, line_id, child_id, helper_id, role, basis, owed_from, start_time, make_time)
        SELECT '520324', md5('p' || n)::uuid, 0, md5('p' || n)::uuid, md5('c' || n)::uuid, 'h' || lpad(((n + 3) / 4)::text, 3, '0'), 1, 1,
               '2026-08-20', '2026-08-20', '2026-10-01'
        FROM generate_series(1, 480) n)sql");
    for (int n = 1; n <= 480; ++n)
      Record(n, absl::StrCat("t", n), "2026-09-08 10:00+8", absl::StrCat("和孩子谈了第", n, "件事情"));
    Do([&](journal::ShardTransaction& transaction) {
      return BeginDoubtLooks(transaction.db(), 0, {kCounty}, clock_.now, NextDoubtLook(clock_.now));
    });
  }

  void Script(const std::string& sql) {
    const auto done = db_->Script(sql);
    ASSERT_TRUE(done.ok()) << done;
  }
  // A talk with child `n` that did the duty of its week.
  void Record(int n, const std::string& id, const std::string& time, const std::string& note) {
    Script(absl::StrCat("INSERT INTO contact SELECT county, md5('", id, "')::uuid, child_id, helper_id, 1, '",
                        time, "', '", time, "'::timestamptz + interval '1 hour', '", note,
                        "', '', NULL, 0, 0, 1, false, '', NULL FROM pairing WHERE child_id = md5('c", n,
                        "')::uuid; INSERT INTO duty (county, duty_id, shard, line_id, pairing_id, child_id, "
                        "helper_id, paired_from, kind, outcome, "
                        "window_start, window_end, due_time, contact_id, school_id, township_code, grade, "
                        "class_number) SELECT county, md5('d",
                        id,
                        "')::uuid, 0, line_id, pairing_id, child_id, helper_id, start_time, 1, 2, w, w + "
                        "interval '7 days', w + interval '9 days', md5('",
                        id, "')::uuid, 's0', '520324104', 3, 1 FROM pairing, (SELECT date_trunc('week', '",
                        time,
                        "'::timestamptz AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai' AS w) k "
                        "WHERE child_id = md5('c",
                        n, "')::uuid"));
  }
  void Note(const std::string& id, const std::string& note) {
    Script(absl::StrCat("UPDATE contact SET note = '", note, "' WHERE contact_id = md5('", id, "')::uuid"));
  }

  template <class Work>
  void Do(Work work, bool commit = true) {
    auto transaction = journal::ShardTransaction::Begin(*db_, 0, clock_);
    ASSERT_TRUE(transaction.ok()) << transaction.status();
    const absl::Status done = work(*transaction);
    ASSERT_TRUE(done.ok()) << done;
    if (commit) {
      const absl::Status committed = transaction->Commit();
      ASSERT_TRUE(committed.ok()) << committed;
    }
  }
  // Fires until nothing is due, as the sweeper does. Every transaction is first done and lost.
  int Sweep() {
    const journal::Sweep sweep = LookForDoubtsDaily();
    for (int transactions = 0;; ++transactions) {
      auto next = db_->Run(sweep.next_sql, postgres::Params().Int(0));
      if (!next.ok() || next->rows() == 0 || next->Time(0, 0) > clock_.now) return transactions;
      EXPECT_LT(transactions, 20);
      if (transactions == 20) return transactions;
      for (const bool commit : {false, true}) {
        Do([&](journal::ShardTransaction& transaction) { return sweep.fire(transaction, 10000).status(); },
           commit);
      }
    }
  }
  void NextDay() {
    clock_.now += absl::Hours(24);
    Sweep();
  }

  std::string IdOf(const std::string& id) {
    auto found = db_->Run("SELECT md5($1)::uuid", postgres::Params().Text(id));
    return found.ok() ? found->Uuid(0, 0) : "";
  }
  // What was said since the last call: "t1 doubted 1 (20703)", in order of the contacts among those named.
  std::vector<std::string> Said(const std::vector<std::string>& contacts) {
    std::map<std::string, std::string> named;
    for (const std::string& id : contacts) named[IdOf(id)] = id;
    auto events = journal::ReadJournal(*db_, {"pairing", 0, seen_ + 1, 1000});
    EXPECT_TRUE(events.ok()) << events.status();
    std::vector<std::string> said;
    for (const journal::Event& event : events.value_or(std::vector<journal::Event>())) {
      seen_ = event.seq;
      if (event.type == "contact_doubted") {
        events::v1::ContactDoubted doubted;
        EXPECT_TRUE(doubted.ParseFromString(event.payload));
        said.push_back(absl::StrCat(named[doubted.contact_id()], doubted.was_doubtful() ? " still" : "",
                                    " doubted ", absl::StrJoin(doubted.reasons(), "+"), " (",
                                    absl::StrJoin(doubted.former_duty_window_days(), " "), ">",
                                    absl::StrJoin(doubted.duty_window_days(), " "), ")"));
        EXPECT_EQ(doubted.place().school_id(), "s0");
      } else if (event.type == "contact_doubt_ended") {
        events::v1::ContactDoubtEnded ended;
        EXPECT_TRUE(ended.ParseFromString(event.payload));
        said.push_back(absl::StrCat(named[ended.contact_id()],
                                    ended.dismissed() ? " dismissed (" : " ended (",
                                    absl::StrJoin(ended.former_duty_window_days(), " "), ")"));
        EXPECT_EQ(ended.place().school_id(), "s0");
      } else {
        said.push_back(event.type);
      }
    }
    std::sort(said.begin(), said.end());
    return said;
  }
  // The refusal's reason; empty: it was dismissed.
  std::string Dismiss(const std::string& contact, const std::string& by = "head",
                      const std::string& why = "已核实") {
    v1::DismissDoubtRequest request;
    request.set_name(absl::StrCat("counties/520324/doubts/", IdOf(contact)));
    request.set_staff_member("counties/520324/staffMembers/" + by);
    request.set_reason(why);
    absl::StatusOr<v1::Doubt> reply = absl::UnknownError("undecided");
    const std::string county = kCounty, actor = "tester", id;
    const journal::ChildCheck check;
    const journal::Command<v1::DismissDoubtRequest, v1::Doubt> command{&county, &actor,   &id,
                                                                       &check,  &request, &reply};
    Do([&](journal::ShardTransaction& transaction) {
      return DismissDoubts(transaction, absl::MakeConstSpan(&command, 1));
    });
    if (reply.ok()) {
      EXPECT_EQ(reply->state(), v1::DOUBT_STATE_DISMISSED);
    }
    return refusal::Of(reply.status()).reason;
  }
  // How many doubts stand.
  int64_t Standing() {
    auto rows = db_->Run("SELECT count(*) FROM doubt WHERE reasons & ~dismissed <> 0");
    return rows.ok() ? rows->Int(0, 0) : -1;
  }
  // What the duties are, whatever is thought of the contacts.
  std::string Duties() {
    auto rows = db_->Run("SELECT md5(string_agg(d::text, ',' ORDER BY duty_id)) FROM duty d");
    return rows.ok() ? std::string(rows->Text(0, 0)) : "";
  }

  std::unique_ptr<postgres::Connection> db_;
  SetClock clock_;
  int64_t seen_ = 0;
};

constexpr char kCopied[] = "谈心：学习、生活情况正常";

TEST_F(DoubtsTest, EveryHelperOfACountyIsLookedAtOnceADayAndNoDutyChanges) {
  // Half of them have left since: what they recorded is looked at all the same.
  Script(
      "WITH gone AS (DELETE FROM staff WHERE staff_id > 'h060' RETURNING county, staff_id) "
      "INSERT INTO left_staff SELECT * FROM gone");
  const std::string duties = Duties();
  EXPECT_EQ(Sweep(), 0) << "not before three in the morning";
  clock_.now = NextDoubtLook(clock_.now);
  EXPECT_EQ(Sweep(), 4) << "fifty helpers, fifty, twenty, and the end";
  EXPECT_THAT(Said({}), IsEmpty());
  Script(absl::StrCat("UPDATE contact SET note = '", kCopied, "' WHERE note LIKE '%事情'"));
  NextDay();
  EXPECT_EQ(Standing(), 480) << "each helper's four, and no helper's with another's";
  EXPECT_EQ(Said({}).size(), 480u);
  NextDay();
  EXPECT_THAT(Said({}), IsEmpty()) << "said once";
  EXPECT_EQ(Duties(), duties);
}

// Of helpers who have many children fewer are looked at in a transaction, and none is passed over.
TEST_F(DoubtsTest, AHelperWithManyChildrenIsInATransactionWithFewOthers) {
  Script(absl::StrCat(
      "UPDATE pairing SET helper_id = 'h030' WHERE helper_id > 'h050'; "
      "UPDATE contact SET helper_id = 'h030' WHERE helper_id > 'h050'; UPDATE contact SET note = '",
      kCopied, "'"));
  clock_.now = NextDoubtLook(clock_.now);
  EXPECT_EQ(Sweep(), 5) << "up to h029; h030 to h034; up to h084, h120, and the end";
  EXPECT_EQ(Standing(), 480);
}

TEST_F(DoubtsTest, AFurtherCopyIsSaidOfAlone) {
  Note("t1", kCopied), Note("t2", kCopied);
  NextDay();
  EXPECT_EQ(Said({}).size(), 2u);
  Note("t3", kCopied);
  NextDay();
  EXPECT_THAT(Said({"t3"}), ElementsAre("t3 doubted 1 (>20703)"));
  auto rows = db_->Run("SELECT count(*) FROM doubt WHERE alike = 2");
  EXPECT_EQ(rows->Int(0, 0), 3) << "of all it is known";
}

TEST_F(DoubtsTest, OneHelpersTextIsNoCopyOfAnothers) {
  Note("t1", kCopied);
  Note("t5", kCopied);
  NextDay();
  EXPECT_EQ(Standing(), 0);
}

TEST_F(DoubtsTest, WhatMadeADoubtTakenBackTheDoubtIsGone) {
  Note("t1", kCopied);
  Note("t2", "谈心:学习，生活情况正常。");
  NextDay();
  EXPECT_THAT(Said({"t1", "t2"}), ElementsAre("t1 doubted 1 (>20703)", "t2 doubted 1 (>20703)"));
  Script("UPDATE contact SET withdrawn = true, version = 2 WHERE contact_id = md5('t2')::uuid");
  NextDay();
  EXPECT_THAT(Said({"t1", "t2"}), ElementsAre("t1 ended (20703)", "t2 ended (20703)"));
  auto rows = db_->Run("SELECT count(*) FROM doubt");
  EXPECT_EQ(rows->Int(0, 0), 0);
}

TEST_F(DoubtsTest, WhatIsDismissedCountsAgainAndDoesNotComeBack) {
  for (const char* id : {"t1", "t2", "t3"}) Note(id, kCopied);
  EXPECT_EQ(Dismiss("t1"), "DOUBT_NOT_FOUND");
  NextDay();
  EXPECT_EQ(Said({}).size(), 3u);
  EXPECT_EQ(Dismiss("t1", "h001"), "DOUBT_OF_OWN_CONTACT");
  EXPECT_EQ(Dismiss("t1", "head", ""), "DISMISS_REASON_LENGTH");
  const std::string duties = Duties();
  EXPECT_EQ(Dismiss("t1"), "");
  EXPECT_EQ(Dismiss("t1"), "DOUBT_DISMISSED");
  EXPECT_EQ(Duties(), duties);
  EXPECT_THAT(Said({"t1"}), ElementsAre("t1 dismissed (20703)"));
  NextDay();
  EXPECT_THAT(Said({}), IsEmpty());
  EXPECT_EQ(Standing(), 2);
  // The others are taken back, and come again: t1 was looked into.
  Note("t2", "二"), Note("t3", "三");
  NextDay();
  EXPECT_THAT(Said({"t2", "t3"}), ElementsAre("t2 ended (20703)", "t3 ended (20703)"));
  Note("t2", kCopied), Note("t3", kCopied);
  NextDay();
  EXPECT_EQ(Said({}).size(), 2u);
  EXPECT_EQ(Standing(), 2);
  // A correction of t1 nobody has looked into.
  Script("UPDATE contact SET version = 2 WHERE contact_id = md5('t1')::uuid");
  NextDay();
  EXPECT_THAT(Said({"t1"}), ElementsAre("t1 doubted 1 (>20703)"));
  auto rows = db_->Run("SELECT dismissed_by || dismiss_reason FROM doubt WHERE contact_id = md5('t1')::uuid");
  EXPECT_EQ(rows->Text(0, 0), "");
}

TEST_F(DoubtsTest, NearlyEverythingOnAFridayIsDoubtfulAndNotInASchoolWithoutACalendar) {
  // Twelve children are h001's now, talked with on Friday the 11th but for one.
  Script(
      "UPDATE pairing SET helper_id = 'h001' WHERE helper_id IN ('h002', 'h003');"
      "UPDATE contact SET helper_id = 'h001', happen_time = '2026-09-11 15:00+8' WHERE helper_id IN ('h001', "
      "'h002', 'h003');"
      "UPDATE contact SET happen_time = '2026-09-07 15:00+8' WHERE contact_id = md5('t1')::uuid");
  NextDay();
  EXPECT_EQ(Standing(), 11);
  auto rows =
      db_->Run("SELECT count(*) FROM doubt WHERE reasons = 1 << 3 AND happen_time = '2026-09-11 15:00+8'");
  EXPECT_EQ(rows->Int(0, 0), 11);
  // Another reported for Monday, and it is not nine in ten any more.
  Script("UPDATE contact SET happen_time = '2026-09-07 15:00+8' WHERE contact_id = md5('t2')::uuid");
  NextDay();
  EXPECT_EQ(Standing(), 0);
  Script(
      "UPDATE contact SET happen_time = '2026-09-11 15:00+8' WHERE contact_id = md5('t2')::uuid; DELETE FROM "
      "school_calendar");
  NextDay();
  EXPECT_EQ(Standing(), 0);
}

TEST_F(DoubtsTest, WhatWasReportedWhileEverythingWasOffIsFound) {
  NextDay();
  clock_.now = clock::StartOf(absl::CivilDay(2026, 11, 20)) + absl::Hours(4);
  // Reported on the first day of those weeks, of something that happened two months before.
  Script(absl::StrCat("UPDATE contact SET happen_time = '2026-07-20 10:00+8', note = '", kCopied,
                      "' WHERE contact_id IN (md5('t1')::uuid, md5('t2')::uuid)"));
  Sweep();
  EXPECT_EQ(Standing(), 2);
  auto rows = db_->Run("SELECT next_time, looked_to FROM doubt_look");
  EXPECT_EQ(rows->Time(0, 0), clock::StartOf(absl::CivilDay(2026, 11, 21)) + absl::Hours(3));
  EXPECT_EQ(rows->Time(0, 1), clock::StartOf(absl::CivilDay(2026, 9, 14)) + absl::Hours(3))
      << "when it was due";
}

TEST_F(DoubtsTest, AListIsByScopeSchoolHelperStateAndTimeTheLatestFirst) {
  Script("UPDATE child SET school_id = 's1' WHERE child_id = md5('c3')::uuid");
  for (const char* id : {"t1", "t2", "t3", "t5", "t6"}) Note(id, kCopied);
  NextDay();
  ASSERT_EQ(Dismiss("t2"), "");
  const auto list = [&](v1::ListDoubtsRequest request, const rights::Filter& within = {.everything = true}) {
    DoubtFilter filter{.helper_id = request.helper(), .state = request.state()};
    if (!request.school().empty()) filter.of = {.schools = {request.school()}};
    int count = 0;
    std::string last;
    for (;;) {
      auto rows = ListDoubts(*db_, {.county = kCounty, .after = last, .limit = 2, .within = within}, filter);
      EXPECT_TRUE(rows.ok()) << rows.status();
      if (!rows.ok() || rows->empty()) return count;
      for (const DoubtRow& row : *rows) {
        EXPECT_TRUE(last.empty() || row.contact_id < last);
        last = row.contact_id;
        ++count;
      }
    }
  };
  v1::ListDoubtsRequest request;
  EXPECT_EQ(list(request), 5);
  EXPECT_EQ(list(request, {.schools = {"s1"}}), 1);
  request.set_helper("h001");
  EXPECT_EQ(list(request), 3);
  request.set_state(v1::DOUBT_STATE_DISMISSED);
  EXPECT_EQ(list(request), 1);
  request.set_state(v1::DOUBT_STATE_OPEN);
  EXPECT_EQ(list(request), 2);
  request.set_school("s1");
  EXPECT_EQ(list(request), 1);
}

}  // namespace
}  // namespace tonghu::pairing
