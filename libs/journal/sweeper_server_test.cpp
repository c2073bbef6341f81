// Leases and sweeps against a real PostgreSQL.
#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "libs/journal/lease.h"
#include "libs/journal/sweeper.h"
#include "tests/harness/journal_test.h"

namespace tonghu::journal {
namespace {

constexpr char kNext[] = "SELECT due_time FROM due WHERE shard = $1 AND open ORDER BY due_time LIMIT 1";

using SweeperTest = harness::JournalTest;

TEST_F(SweeperTest, ReplicasShareTheShardsAndTakeOver) {
  auto one = std::make_unique<Leases>(Leases::Options{"one", kShards, absl::Milliseconds(400)}, *pool_);
  ASSERT_TRUE(harness::Eventually([&] { return one->Held().size() == kShards; }));
  Leases two({"two", kShards, absl::Milliseconds(400)}, *pool_);
  ASSERT_TRUE(harness::Eventually([&] { return one->Held().size() == 2 && two.Held().size() == 2; }));
  for (int shard : one->Held()) EXPECT_FALSE(two.Holds(shard));
  one = nullptr;
  EXPECT_TRUE(harness::Eventually([&] { return two.Held().size() == kShards; }));
}

TEST_F(SweeperTest, ASweepFiresEverythingOverdueOnce) {
  {
    auto connection = pool_->Acquire(absl::Seconds(5));
    ASSERT_TRUE((*connection)
                    ->Script("CREATE TABLE due (shard int, n int, open boolean, due_time timestamptz);"
                             "INSERT INTO due SELECT n % 4, n, true, now() - interval '1 day' FROM "
                             "generate_series(1, 2500) n")
                    .ok());
  }
  const Sweep sweep{"test", kNext, [](ShardTransaction& transaction, int limit) -> absl::StatusOr<int> {
                      auto fired = transaction.db().Run(
                          "UPDATE due SET open = false WHERE n IN (SELECT n FROM due WHERE shard = $1 AND "
                          "open AND due_time <= $2 LIMIT $3) RETURNING n::text",
                          postgres::Params().Int(transaction.shard()).Time(transaction.now()).Int(limit));
                      if (!fired.ok()) return fired.status();
                      for (int i = 0; i < fired->rows(); ++i)
                        transaction.Append("due", "520102", "k", fired->String(i, 0));
                      return fired->rows();
                    }};
  Leases leases({"one", kShards, absl::Seconds(5)}, *pool_);
  Sweeper sweeper({.batch = 100}, *pool_, leases, clock_, {sweep}, [](int, auto) {});
  ASSERT_TRUE(
      harness::Eventually([&] { return Count("SELECT coalesce(sum(events), 0) FROM journal") == 2500; }));
  auto connection = pool_->Acquire(absl::Seconds(5));
  std::set<std::string> fired;
  for (int shard = 0; shard < kShards; ++shard) {
    auto said = ReadJournal(**connection, {"pairing", shard, 1, 2500});
    ASSERT_TRUE(said.ok()) << said.status();
    for (const Event& event : *said) fired.insert(event.payload);
  }
  EXPECT_EQ(fired.size(), 2500u);
}

TEST_F(SweeperTest, ADeadlineThatIsKnownIsNotSleptOver) {
  ASSERT_TRUE(Execute("CREATE TABLE due (shard int, open boolean, due_time timestamptz); "
                      "INSERT INTO due VALUES (1, true, now() + interval '1 second')")
                  .ok());
  std::atomic<bool> fired{false};
  const Sweep sweep{"test", kNext, [&](ShardTransaction& transaction, int) -> absl::StatusOr<int> {
                      fired = true;
                      absl::Status closed = transaction.db().Run("UPDATE due SET open = false").status();
                      if (!closed.ok()) return closed;
                      return 1;
                    }};
  Leases leases({"one", kShards, absl::Seconds(5)}, *pool_);
  ASSERT_TRUE(harness::Eventually([&] { return leases.Held().size() == kShards; }));
  Sweeper sweeper({.poll = absl::Hours(1)}, *pool_, leases, clock_, {sweep}, [](int, auto) {});
  EXPECT_TRUE(harness::Eventually([&] { return fired.load(); }));
}

// A commit during a sweep may bring deadlines that the sweep has passed.
TEST_F(SweeperTest, AShardTouchedDuringItsSweepIsNotSwept) {
  ASSERT_TRUE(Execute("CREATE TABLE due (shard int, kind text, open boolean)").ok());
  Sweeper* sweeper = nullptr;
  std::atomic<bool> overlooked{false}, fired{false};
  const auto due = [](const char* kind) {
    return absl::StrCat("SELECT $2 FROM due WHERE shard = $1 AND open AND kind = '", kind, "' LIMIT 1");
  };
  const auto close = [](ShardTransaction& transaction, const char* kind) {
    return transaction.db()
        .Run("UPDATE due SET open = false WHERE kind = $1", postgres::Params().Text(kind))
        .status();
  };
  const Sweep first{"first", due("first"), [&](ShardTransaction& transaction, int) -> absl::StatusOr<int> {
                      if (sweeper->SweptThrough(1) != absl::InfinitePast()) overlooked = true;
                      fired = true;
                      if (absl::Status closed = close(transaction, "first"); !closed.ok()) return closed;
                      return 1;
                    }};
  // While this fires, somebody commits a row that the first sweep has just not seen.
  const Sweep second{"second", due("second"), [&](ShardTransaction& transaction, int) -> absl::StatusOr<int> {
                       EXPECT_TRUE(Execute("INSERT INTO due VALUES (1, 'first', true)").ok());
                       sweeper->Touch(1);
                       if (absl::Status closed = close(transaction, "second"); !closed.ok()) return closed;
                       return 1;
                     }};
  Leases leases({"one", kShards, absl::Seconds(5)}, *pool_);
  Sweeper one({.poll = absl::Milliseconds(20)}, *pool_, leases, clock_, {first, second}, [](int, auto) {});
  sweeper = &one;
  ASSERT_TRUE(Execute("INSERT INTO due VALUES (1, 'second', true)").ok());
  ASSERT_TRUE(harness::Eventually([&] { return fired.load(); }));
  EXPECT_FALSE(overlooked);
  EXPECT_TRUE(harness::Eventually([&] { return one.SweptThrough(1) != absl::InfinitePast(); }));
}

// A province is planned anew for minutes; who is late meanwhile is late at once.
TEST_F(SweeperTest, WorkWithoutADeadlineHoldsNoDeadlineUp) {
  ASSERT_TRUE(Execute("CREATE TABLE due (shard int, kind text, n int, open boolean); "
                      "INSERT INTO due SELECT n % 4, 'bulk', n, true FROM generate_series(1, 80) n")
                  .ok());
  const auto next = [](const char* kind) {
    return absl::StrCat("SELECT $2 FROM due WHERE shard = $1 AND open AND kind = '", kind, "' LIMIT 1");
  };
  const auto close = [](ShardTransaction& transaction, const char* kind) -> absl::StatusOr<int> {
    auto closed = transaction.db().Run(
        "UPDATE due SET open = false WHERE n = (SELECT min(n) FROM due WHERE shard = $1 AND open AND kind = "
        "$2)",
        postgres::Params().Int(transaction.shard()).Text(kind));
    if (!closed.ok()) return closed.status();
    return static_cast<int>(closed->affected());
  };
  std::atomic<bool> begun{false};
  const Sweep bulk{.name = "bulk",
                   .next_sql = next("bulk"),
                   .fire = [&](ShardTransaction& transaction, int) -> absl::StatusOr<int> {
                     // On every shard something falls due while the first one works.
                     if (!begun.exchange(true)) {
                       EXPECT_TRUE(Execute("INSERT INTO due SELECT s, 'deadline', 100 + s, true FROM "
                                           "generate_series(0, 3) s")
                                       .ok());
                     }
                     return close(transaction, "bulk");
                   },
                   .bulk = true};
  std::atomic<int64_t> least_left{80};
  const Sweep deadline{.name = "deadline",
                       .next_sql = next("deadline"),
                       .fire = [&](ShardTransaction& transaction, int) -> absl::StatusOr<int> {
                         const int64_t left = Count("SELECT count(*) FROM due WHERE open AND kind = 'bulk'");
                         least_left = std::min(least_left.load(), left);
                         return close(transaction, "deadline");
                       }};
  Leases leases({"one", kShards, absl::Seconds(5)}, *pool_);
  ASSERT_TRUE(harness::Eventually([&] { return leases.Held().size() == kShards; }));
  Sweeper sweeper({.poll = absl::Milliseconds(20)}, *pool_, leases, clock_, {bulk, deadline},
                  [](int, auto) {});
  ASSERT_TRUE(harness::Eventually([&] { return Count("SELECT count(*) FROM due WHERE open") == 0; }));
  EXPECT_GE(least_left, 70) << "every deadline fired within the first looks";
  EXPECT_TRUE(harness::Eventually([&] { return sweeper.SweptThrough(3) != absl::InfinitePast(); }));
}

}  // namespace
}  // namespace tonghu::journal
