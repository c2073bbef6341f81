#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "libs/chain/check.h"
#include "libs/journal/event_run.h"
#include "libs/journal/shard_transaction.h"
#include "libs/journal/time.h"
#include "tests/harness/journal_test.h"

namespace tonghu::journal {
namespace {

using ShardTransactionTest = harness::JournalTest;

// A machine whose clock is an hour ahead.
class WrongClock final : public clock::Clock {
 public:
  absl::Time Now() const override { return absl::Now() + absl::Hours(1); }
  bool is_virtual() const override { return false; }
};

// A virtual clock that gives nanoseconds.
class FineClock final : public clock::Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixNanos(1'700'000'000'123'456'789); }
  bool is_virtual() const override { return true; }
};

TEST_F(ShardTransactionTest, TimesAreTheDatabasesWhateverTheMachinesClockSays) {
  const WrongClock wrong;
  auto connection = pool_->Acquire(absl::Seconds(5));
  ASSERT_TRUE(connection.ok());
  auto before = Now(**connection, wrong);
  ASSERT_TRUE(before.ok());
  auto transaction = ShardTransaction::Begin(**connection, 1, wrong);
  ASSERT_TRUE(transaction.ok()) << transaction.status();
  transaction->Append("said", "520102", "a", "word");
  const absl::Time stored = transaction->now();
  ASSERT_TRUE(transaction->Commit().ok());
  auto after = Now(**connection, wrong);
  ASSERT_TRUE(after.ok());
  EXPECT_LE(*before, stored);
  EXPECT_LE(stored, *after);
  EXPECT_EQ(Count("SELECT count(*) FROM journal j JOIN journal_head h USING (shard, seq, time)"), 1);
}

TEST_F(ShardTransactionTest, TheTimeIsReadWhenTheLockIsHad) {
  auto holder = pool_->Acquire(absl::Seconds(5)), waiter = pool_->Acquire(absl::Seconds(5));
  ASSERT_TRUE(holder.ok() && waiter.ok());
  auto held = ShardTransaction::Begin(**holder, 1, clock_);
  ASSERT_TRUE(held.ok());
  absl::Time had = absl::InfinitePast();
  std::thread waiting([&] {
    auto transaction = ShardTransaction::Begin(**waiter, 1, clock_);
    EXPECT_TRUE(transaction.ok()) << transaction.status();
    if (transaction.ok()) had = transaction->now();
  });
  EXPECT_TRUE(harness::Eventually([&] {
    return Count(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = "
               "current_user") == 1;
  }));
  auto waited = Now(**pool_->Acquire(absl::Seconds(5)), clock_);
  { auto end = std::move(*held); }  // rolls back: the waiter finds the row as it was
  waiting.join();
  ASSERT_TRUE(waited.ok());
  EXPECT_GE(had, *waited);
}

TEST_F(ShardTransactionTest, NoEventIsBeforeAnEarlierOneWhenTheClockIsALittleBehind) {
  auto connection = pool_->Acquire(absl::Seconds(5));
  ASSERT_TRUE(connection.ok());
  ASSERT_TRUE(
      (*connection)->Script("UPDATE journal_head SET time = clock_timestamp() + interval '30 s'").ok());
  auto transaction = ShardTransaction::Begin(**connection, 1, clock_);
  ASSERT_TRUE(transaction.ok());
  auto head = transaction->db().Run("SELECT time FROM journal_head WHERE shard = 1");
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(transaction->now(), head->Time(0, 0));
}

TEST_F(ShardTransactionTest, WhatIsReadWithTheLockIsReadBehindWhatItWaitedFor) {
  auto holder = pool_->Acquire(absl::Seconds(5)), reader = pool_->Acquire(absl::Seconds(5));
  ASSERT_TRUE(holder.ok() && reader.ok());
  auto held = ShardTransaction::Begin(**holder, 1, clock_);
  ASSERT_TRUE(held.ok()) << held.status();
  held->Append("said", "520102", "a", "word");
  auto opened = ShardTransaction::Open(**reader, {1, clock_});
  ASSERT_TRUE(opened.ok()) << opened.status();
  std::thread reading([&] {
    const absl::Status entered = opened->Enter({{"SELECT count(*) FROM journal", {}}});
    EXPECT_TRUE(entered.ok()) << entered;
  });
  EXPECT_TRUE(harness::Eventually([&] {
    return Count(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = "
               "current_user") == 1;
  }));
  ASSERT_TRUE(held->Commit().ok());
  reading.join();
  EXPECT_EQ(opened->also(0).Int(0, 0), 1) << "the event of the one that held the lock";
  EXPECT_EQ(opened->position(), 1);
  // Entered already, as behind answers that were looked for: only what is read comes.
  const absl::Time now = opened->now();
  ASSERT_TRUE(opened->Enter().ok());
  ASSERT_TRUE(opened->Enter({{"SELECT 7::bigint", {}}, {"SELECT 8::bigint", {}}}).ok());
  EXPECT_EQ(opened->also(0).Int(0, 0), 7);
  EXPECT_EQ(opened->also(1).Int(0, 0), 8);
  EXPECT_EQ(opened->now(), now);
  opened->Append("said", "520102", "a", "another");
  EXPECT_TRUE(opened->Commit().ok());
  EXPECT_EQ(Count("SELECT max(seq) FROM journal"), 2);
}

// Rows written one by one, few at a time and by COPY, at times finer than the database keeps, follow from one
// another.
TEST_F(ShardTransactionTest, EveryRowCarriesTheHashOfTheRowBefore) {
  auto connection = pool_->Acquire(absl::Seconds(5));
  ASSERT_TRUE(connection.ok());
  const FineClock fine;
  for (const int runs : {1, 3, 100}) {
    auto transaction = ShardTransaction::Begin(**connection, 1, fine);
    ASSERT_TRUE(transaction.ok()) << transaction.status();
    // Another type begins another run.
    for (int i = 0; i < runs; ++i)
      transaction->Append(i % 2 == 0 ? "said" : kFileRead, "520102", "a", absl::StrCat("word ", i));
    ASSERT_TRUE(transaction->Commit().ok());
  }
  auto rows = ReadRows(**connection, {"registry", 1, 1, 1000});
  auto head = ReadHead(**connection, 1);
  ASSERT_TRUE(rows.ok() && head.ok()) << rows.status() << head.status();
  ASSERT_EQ(rows->size(), 104u);
  chain::Check check({{head->seq, head->hash}});
  for (const v1::JournalRow& row : *rows)
    check.Add({1, row.seq(), row.events(), row.type(), row.county(), row.time_micros(), row.payload()},
              row.hash());
  EXPECT_EQ(check.End(head->seq), std::nullopt);
  EXPECT_EQ(head->seq, 104);
  EXPECT_EQ(head->fact_seq, 103) << "the last one is a reading";
}

}  // namespace
}  // namespace tonghu::journal
