#include <gtest/gtest.h>

#include "libs/journal/quarantine.h"
#include "tests/harness/journal_test.h"

namespace tonghu::journal {
namespace {

using QuarantineTest = harness::JournalTest;

TEST_F(QuarantineTest, QuarantineKeepsAKeysOrderAndReleasesIt) {
  auto connection = pool_->Acquire(absl::Seconds(5));
  const std::vector<Event> events = {harness::Said(1, "a", "poison"), harness::Said(2, "b", "fine"),
                                     harness::Said(3, "a", "later")};
  {
    auto transaction = ShardTransaction::Begin(**connection, 1, clock_);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(SetAside(*transaction, events[0], "it is poison").ok());
    auto free = HoldBack(*transaction, {&events[1], &events[2]});
    ASSERT_TRUE(free.ok()) << free.status();
    ASSERT_EQ(free->size(), 1u) << "the same key waits behind, others go on";
    EXPECT_EQ((*free)[0]->key(), "b");
    ASSERT_TRUE(transaction->Commit().ok());
  }
  auto listed = ListQuarantined(**connection, "", 10);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ((*listed)[1].error(), "waits behind 1");
  auto stuck = Release(**connection, 1, "520102", "a", clock_, harness::StoreSaid);
  ASSERT_TRUE(stuck.ok()) << stuck.status();
  EXPECT_EQ(stuck->applied, 0);
  EXPECT_EQ(stuck->remaining, 2);
  ASSERT_TRUE((*connection)->Script("ALTER TABLE said DROP CONSTRAINT said_word_check").ok());
  auto released = Release(**connection, 1, "520102", "a", clock_, harness::StoreSaid);
  EXPECT_EQ(released->applied, 2);
  EXPECT_EQ(Count("SELECT count(*) FROM quarantine"), 0);
  EXPECT_EQ(Count("SELECT count(*) FROM said"), 2);
}

}  // namespace
}  // namespace tonghu::journal
