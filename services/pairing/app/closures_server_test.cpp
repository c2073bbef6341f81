// A county closed and opened again, some children a transaction, in a real PostgreSQL.
#include <gtest/gtest.h>

#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/directory/migrations.h"
#include "libs/journal/migrations.h"
#include "services/pairing/app/closures.h"
#include "services/pairing/app/duty_sweeps.h"
#include "services/pairing/postgres/migrations.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::pairing {
namespace {

constexpr char kCounty[] = "520324";
constexpr int kAtOnce = 1000;

class FixedClock final : public clock::Clock {
 public:
  absl::Time Now() const override { return now; }
  bool is_virtual() const override { return true; }
  // Wednesday 9 September 2026, 10:00 in China.
  absl::Time now = clock::StartOf(absl::CivilDay(2026, 9, 9)) + absl::Hours(10);
};

// 4,500 children of two schools in two townships, each owed a talk in the weeks of 7 and 14 September.
class ClosuresTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    ASSERT_TRUE(db_->Script("GRANT TRUNCATE ON journal TO CURRENT_USER; TRUNCATE child, school, pairing, "
                            "duty, judged, duty_policy, replanning, closure, "
                            "closing, contact, school_calendar, journal_head, journal; "
                            "INSERT INTO journal_head VALUES (0, 0)")
                    .ok());
    for (const char* school : {"s1", "s2"}) {
      ASSERT_TRUE(db_->Run("INSERT INTO school_calendar SELECT '520324', $2, '2026-autumn', 20697, 20834, $1",
                           postgres::Params().Text(calendar::AutumnTerm2026().ToText()).Text(school))
                      .ok());
    }
    auto filled = db_->Script(R"sql(
      INSERT INTO school VALUES ('520324', 's1', '520324104'), ('520324', 's2', '520324105');
      INSERT INTO child SELECT '520324', md5('c' || n)::uuid, 's' || s, '52032410' || 3 + s, 3, 1
        FROM generate_series(1, 4500) n, LATERAL (SELECT 1 + n % 2 AS s) x;
      INSERT INTO pairing (county, pairing_id, shard, line_id, child_id, helper_id, role, basis, owed_from, start_time, make_time)
        SELECT '520324', md5('p' || n)::uuid, 0, md5('p' || n)::uuid, md5('c' || n)::uuid, 'h', 1, 1, '2026-08-20', '2026-08-20', 'infinity'
        FROM generate_series(1, 4500) n;
      INSERT INTO duty (county, duty_id, shard, line_id, pairing_id, child_id, helper_id, paired_from, kind, window_start, window_end, due_time,
                        school_id, township_code, grade, class_number)
        SELECT c.county, md5(c.child_id::text || w)::uuid, 0, p.line_id, p.pairing_id, c.child_id, 'h', '2026-08-20', 1,
               timestamptz '2026-09-07 00:00+8' + w * interval '7 days', timestamptz '2026-09-14 00:00+8' + w * interval '7 days',
               timestamptz '2026-09-16 00:00+8' + w * interval '7 days', c.school_id, c.township_code, 3, 1
        FROM child c JOIN pairing p USING (child_id), generate_series(0, 1) w)sql");
    ASSERT_TRUE(filled.ok()) << filled;
    ASSERT_TRUE(db_->Script("ANALYZE child, pairing, duty").ok());
  }

  // Decides one command in a transaction; `commit` false loses it.
  template <class Reply, class Request, class Decide>
  absl::StatusOr<Reply> Do(const Request& request, Decide decide, bool commit = true) {
    auto transaction = journal::ShardTransaction::Open(*db_, {0, clock_});
    EXPECT_TRUE(transaction.ok()) << transaction.status();
    EXPECT_TRUE(transaction->Enter({}).ok());
    absl::StatusOr<Reply> reply = absl::UnknownError("undecided");
    const std::string county = kCounty, actor = "tester", id;
    const journal::ChildCheck check;
    const journal::Command<Request, Reply> command{&county, &actor, &id, &check, &request, &reply};
    EXPECT_TRUE(decide(*transaction, absl::MakeConstSpan(&command, 1)).ok());
    if (commit) {
      EXPECT_TRUE(transaction->Commit().ok());
    }
    return reply;
  }
  v1::Closure Close(const std::string& division, const char* first = "2026-09-09",
                    const char* last = "2026-09-11") {
    v1::CreateClosureRequest request;
    request.mutable_closure()->set_division(division);
    request.mutable_closure()->set_first_day(first);
    request.mutable_closure()->set_last_day(last);
    request.mutable_closure()->set_reason("汛情");
    auto made = Do<v1::Closure>(request, CreateClosures(ids_));
    EXPECT_TRUE(made.ok()) << made.status();
    return made.value_or(v1::Closure());
  }
  v1::DeleteClosureResponse Open(const v1::Closure& closure) {
    v1::DeleteClosureRequest request;
    request.set_name(closure.name());
    auto response = Do<v1::DeleteClosureResponse>(request, DeleteClosures);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::DeleteClosureResponse());
  }

  // One transaction of a sweep; gives how many were handled.
  int Fire(const journal::Sweep& sweep, bool commit = true) {
    auto transaction = journal::ShardTransaction::Open(*db_, {0, clock_});
    EXPECT_TRUE(transaction.ok()) << transaction.status();
    EXPECT_TRUE(transaction->Enter({}).ok());
    auto fired = sweep.fire(*transaction, kAtOnce);
    EXPECT_TRUE(fired.ok()) << fired.status();
    if (commit) {
      EXPECT_TRUE(transaction->Commit().ok());
    }
    return fired.value_or(-1);
  }
  void FireAll(const journal::Sweep& sweep) {
    while (Fire(sweep) > 0) {
    }
  }
  void JudgeAll(absl::CivilDay day) {
    clock_.now = clock::StartOf(day) + absl::Hours(10);
    FireAll(JudgeDueDuties());
  }

  int64_t Number(const std::string& sql) {
    auto rows = db_->Run(sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->Int(0, 0) : -1;
  }
  // How many duties of the first week, and of all weeks, are in a state.
  int64_t First(int state) {
    return Number(absl::StrCat(
        "SELECT count(*) FROM judged_duty WHERE window_start < '2026-09-10' AND state = ", state));
  }
  int64_t All(int state) {
    return Number(absl::StrCat("SELECT count(*) FROM judged_duty WHERE state = ", state));
  }
  // How many events of a type were published.
  int64_t Said(const char* type) {
    return Number(
        absl::StrCat("SELECT coalesce(sum(events), 0)::bigint FROM journal WHERE type = '", type, "'"));
  }

  FixedClock clock_;
  ids::RandomSource ids_;
  std::unique_ptr<postgres::Connection> db_;
};

TEST_F(ClosuresTest, ASchoolIsClosedWithoutTheOther) {
  const v1::Closure closure = Close("counties/520324/schools/s1");
  EXPECT_EQ(First(4), 2000) << "the first two thousand children at once";
  EXPECT_TRUE(closure.working());
  FireAll(FollowClosuresLater());
  EXPECT_EQ(First(4), 2250);
  EXPECT_EQ(All(4), 2250) << "the next week is as it was";
  EXPECT_EQ(Number("SELECT count(*) FROM duty WHERE outcome = 4 AND school_id <> 's1'"), 0);
  EXPECT_EQ(Said("duty_excused"), 2250);
  EXPECT_EQ(Said("calendar_put"), 1);
}

TEST_F(ClosuresTest, ATownshipAndTheCountyCloseAllTheirSchools) {
  Close("520324105");
  FireAll(FollowClosuresLater());
  EXPECT_EQ(Number("SELECT count(*) FROM duty WHERE outcome = 4 AND school_id = 's2'"), 2250);
  EXPECT_EQ(First(4), 2250);
  const v1::Closure county = Close(kCounty);
  FireAll(FollowClosuresLater());
  EXPECT_EQ(First(4), 4500);
  EXPECT_EQ(Said("duty_excused"), 4500) << "each once";
  Open(county);
  FireAll(FollowClosuresLater());
  EXPECT_EQ(First(4), 2250) << "the township is closed still";
  EXPECT_EQ(Said("duty_changed"), 2250);
}

// The week is announced when its duties have been missed.
TEST_F(ClosuresTest, WhatWasMissedIsExcusedAndAfterAWithdrawalMissedAgainOnce) {
  JudgeAll(absl::CivilDay(2026, 9, 16));
  EXPECT_EQ(First(3), 4500);
  EXPECT_EQ(Said("duty_missed"), 4500);
  const v1::Closure closure = Close(kCounty);
  FireAll(FollowClosuresLater());
  EXPECT_EQ(First(4), 4500);
  EXPECT_EQ(Number("SELECT count(*) FROM judged_duty WHERE state = 4 AND missed AND excuse = '停课：汛情'"),
            4500);
  FireAll(JudgeDueDuties());
  EXPECT_EQ(Said("duty_missed"), 4500);
  Open(closure);
  FireAll(FollowClosuresLater());
  FireAll(JudgeDueDuties());
  EXPECT_EQ(First(3), 4500);
  EXPECT_EQ(Said("duty_missed"), 9000) << "an alert is raised again";
  FireAll(JudgeDueDuties());
  EXPECT_EQ(Said("duty_missed"), 9000) << "once";
}

// As when the service is killed between two transactions, or in the middle of one.
TEST_F(ClosuresTest, ATransactionThatIsLostIsDoneAgain) {
  const v1::Closure closure = Close(kCounty);
  EXPECT_EQ(First(4), 2000);
  EXPECT_EQ(Fire(FollowClosuresLater(), /*commit=*/false), kAtOnce);
  EXPECT_EQ(First(4), 2000);
  EXPECT_EQ(Fire(FollowClosuresLater()), kAtOnce);
  EXPECT_EQ(First(4), 3000);
  // Withdrawn in the middle: the work begins again with the first child.
  const auto opened = Open(closure);
  EXPECT_EQ(opened.duties_owed_again(), 2000);
  EXPECT_TRUE(opened.working());
  EXPECT_EQ(Fire(FollowClosuresLater(), /*commit=*/false), kAtOnce);
  FireAll(FollowClosuresLater());
  EXPECT_EQ(First(4), 0);
  EXPECT_EQ(Said("duty_excused"), 3000);
  EXPECT_EQ(Said("duty_changed"), 3000);
  EXPECT_EQ(Number("SELECT count(*) FROM closing"), 0);
}

TEST_F(ClosuresTest, ACallThatIsLostLeavesNothing) {
  v1::CreateClosureRequest request;
  request.mutable_closure()->set_division(kCounty);
  request.mutable_closure()->set_first_day("2026-09-09");
  request.mutable_closure()->set_last_day("2026-09-11");
  request.mutable_closure()->set_reason("汛情");
  ASSERT_TRUE(Do<v1::Closure>(request, CreateClosures(ids_), /*commit=*/false).ok());
  EXPECT_EQ(All(4) + Number("SELECT count(*) FROM closure") + Number("SELECT count(*) FROM closing"), 0);
}

// A child that was excused at s1 and moved to s2 afterwards is owed the talk again when s1's closure is
// withdrawn, at s2; s2's closures have no say in a week that it spent at s1.
TEST_F(ClosuresTest, AWeekThatIsOverStaysWithTheSchoolOfThen) {
  const v1::Closure closure = Close("counties/520324/schools/s1");
  FireAll(FollowClosuresLater());
  JudgeAll(absl::CivilDay(2026, 9, 16));
  ASSERT_TRUE(
      db_->Script("UPDATE child SET school_id = 's2', township_code = '520324105' WHERE school_id = 's1'")
          .ok());
  Open(Close("counties/520324/schools/s2"));
  FireAll(FollowClosuresLater());
  EXPECT_EQ(First(4), 2250);
  Open(closure);
  FireAll(FollowClosuresLater());
  FireAll(JudgeDueDuties());
  EXPECT_EQ(First(3), 4500);
  EXPECT_EQ(Number("SELECT count(*) FROM duty WHERE window_start < '2026-09-10' AND school_id = 's2'"), 4500);
}

TEST_F(ClosuresTest, AContactThatFoundNothingToMakeUpForMakesUpForWhatIsOwedAgain) {
  const v1::Closure closure = Close(kCounty);
  FireAll(FollowClosuresLater());
  JudgeAll(absl::CivilDay(2026, 9, 16));
  ASSERT_TRUE(
      db_->Script("INSERT INTO contact SELECT '520324', md5('t' || n)::uuid, md5('c' || n)::uuid, 'h', 1, "
                  "'2026-09-15 09:00+8', '2026-09-15 10:00+8', '', '', NULL, 0, 0, 1, false, '', NULL FROM "
                  "generate_series(1, "
                  "10) n; "
                  "UPDATE duty SET outcome = 2 WHERE window_start > '2026-09-10'")
          .ok());
  Open(closure);
  FireAll(FollowClosuresLater());
  FireAll(JudgeDueDuties());
  EXPECT_EQ(First(5), 10) << "made up for";
  EXPECT_EQ(First(3), 4490);
}

}  // namespace
}  // namespace tonghu::pairing
