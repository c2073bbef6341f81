// A county planned anew, some pairings a transaction, in a real PostgreSQL.
#include <gtest/gtest.h>

#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/directory/migrations.h"
#include "libs/journal/migrations.h"
#include "services/pairing/app/duty_sweeps.h"
#include "services/pairing/postgres/migrations.h"
#include "services/pairing/postgres/policy_store.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::pairing {
namespace {

constexpr char kCounty[] = "520324";
constexpr int kPairings = 250, kAtOnce = 100;

// Monday 7 September 2026, 10:00 in China.
class FixedClock final : public clock::Clock {
 public:
  absl::Time Now() const override { return clock::StartOf(absl::CivilDay(2026, 9, 7)) + absl::Hours(10); }
  bool is_virtual() const override { return true; }
};

class ReplanTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    ASSERT_TRUE(
        db_->Script("TRUNCATE child, pairing, duty, judged, duty_policy, replanning, school_calendar, "
                    "journal_head; INSERT INTO journal_head VALUES (0, 0)")
            .ok());
    ASSERT_TRUE(db_->Run("INSERT INTO school_calendar SELECT '520324', 's', '2026-autumn', 0, 99999, $1",
                         postgres::Params().Text(calendar::AutumnTerm2026().ToText()))
                    .ok());
    ASSERT_TRUE(
        db_->Script(
               "INSERT INTO child SELECT '520324', md5('c' || n)::uuid, 's', '520324104', 3, 1, 1 FROM "
               "generate_series(1, 250) n; "
               "INSERT INTO pairing (county, pairing_id, shard, line_id, child_id, helper_id, role, basis, "
               "owed_from, start_time, make_time) SELECT '520324', md5('p' || n)::uuid, 0, md5('p' || "
               "n)::uuid, "
               "md5('c' || n)::uuid, 'h', 1, 1, '2026-08-20', '2026-08-20', 'infinity' FROM "
               "generate_series(1, 250) n")
            .ok());
  }

  // A version from the next day on of so many talks a week, put at `time`.
  void Put(int times, absl::Time time, absl::Duration grace = absl::Hours(48)) {
    DutyPolicy policy = RuleOf(DutyKind::kTalk).built_in;
    policy.cadence = {Period::kWeek, 1, times};
    policy.report_grace = grace;
    policy.effective_from = clock::DayOf(time) + 1;
    auto transaction = journal::ShardTransaction::Open(*db_, {0, clock_});
    ASSERT_TRUE(transaction.ok()) << transaction.status();
    ASSERT_TRUE(transaction->Enter({}).ok());
    ASSERT_TRUE(PutPolicy(*db_, kCounty, DutyKind::kTalk, policy).ok());
    ASSERT_TRUE(BeginReplanning(*db_, 0, kCounty, time).ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }

  // One transaction of the sweep; gives how many pairings it planned.
  int Sweep(bool commit = true) {
    auto transaction = journal::ShardTransaction::Open(*db_, {0, clock_});
    EXPECT_TRUE(transaction.ok()) << transaction.status();
    EXPECT_TRUE(transaction->Enter({}).ok());
    auto planned = ReplanCounties().fire(*transaction, kAtOnce);
    EXPECT_TRUE(planned.ok()) << planned.status();
    if (commit) {
      EXPECT_TRUE(transaction->Commit().ok());
    }
    return planned.value_or(-1);
  }

  // Duties of windows that begin after this week, by "lines/duties".
  std::string Planned() {
    auto rows = db_->Run(
        "SELECT count(DISTINCT line_id) || '/' || count(*) FROM duty WHERE window_start > "
        "'2026-09-08'");
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->String(0, 0) : "";
  }
  bool Waits() {
    auto rows = db_->Run(kNextReplanning, postgres::Params().Int(0));
    return rows.ok() && rows->rows() == 1;
  }

  FixedClock clock_;
  std::unique_ptr<postgres::Connection> db_;
};

// Four weeks lie within the horizon; the week of 7 September has begun and keeps its one duty.
TEST_F(ReplanTest, SomePairingsATransactionUntilAllAreAndNoneTwice) {
  Put(1, clock_.Now());
  EXPECT_EQ(Sweep(), kAtOnce);
  EXPECT_EQ(Sweep(), kAtOnce);
  EXPECT_TRUE(Waits());
  EXPECT_EQ(Sweep(), kPairings - 2 * kAtOnce);
  EXPECT_FALSE(Waits());
  EXPECT_EQ(Planned(), "250/1000");
  EXPECT_EQ(Sweep(), 0) << "nothing is left";
}

TEST_F(ReplanTest, ATransactionThatIsLostIsDoneAgain) {
  Put(3, clock_.Now());
  EXPECT_EQ(Sweep(), kAtOnce);
  EXPECT_EQ(Sweep(/*commit=*/false), kAtOnce);
  EXPECT_EQ(Planned(), "100/1200");
  EXPECT_EQ(Sweep(), kAtOnce);
  EXPECT_EQ(Sweep(), kPairings - 2 * kAtOnce);
  EXPECT_EQ(Planned(), "250/3000");
}

TEST_F(ReplanTest, APolicyPutInTheMiddleBeginsAgainWithTheFirstPairing) {
  Put(3, clock_.Now());
  EXPECT_EQ(Sweep(), kAtOnce);
  Put(2, clock_.Now());
  while (Waits()) ASSERT_GT(Sweep(), 0);
  EXPECT_EQ(Planned(), "250/2000");
}

TEST_F(ReplanTest, WhatStaysAsItWasKeepsItsRow) {
  Put(1, clock_.Now());
  while (Waits()) ASSERT_GT(Sweep(), 0);
  const auto rows = [&] {
    auto found = db_->Run("SELECT md5(string_agg(duty_id || ' ' || ctid, ',' ORDER BY duty_id)) FROM duty");
    return found.ok() ? found->String(0, 0) : "";
  };
  const std::string before = rows();
  Put(1, clock_.Now());
  while (Waits()) ASSERT_GT(Sweep(), 0);
  EXPECT_EQ(rows(), before);
}

// The policy was put on Sunday; the county waited until Monday, when the week had begun.
TEST_F(ReplanTest, AWindowThatBeganWhileTheCountyWaitedFollowsTheNewPolicy) {
  const absl::Time sunday = clock_.Now() - absl::Hours(24);
  Put(1, sunday);
  while (Waits()) ASSERT_GT(Sweep(), 0);
  Put(1, sunday, absl::Hours(24));
  while (Waits()) ASSERT_GT(Sweep(), 0);
  auto graces = db_->Run(
      "SELECT DISTINCT extract(hour FROM due_time - window_end)::bigint + "
      "24 * extract(day FROM due_time - window_end)::bigint FROM duty");
  ASSERT_TRUE(graces.ok()) << graces.status();
  ASSERT_EQ(graces->rows(), 1) << "the present week too";
  EXPECT_EQ(graces->Int(0, 0), 24);
}

}  // namespace
}  // namespace tonghu::pairing
