#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/journal/quarantine.h"
#include "libs/refusal/refusal.h"
#include "tests/harness/journal_test.h"

namespace tonghu::journal {
namespace {

using testing::ElementsAre;

class QuarantineTest : public harness::JournalTest {
 protected:
  // What a test sets aside, by the error it gets: "it is poison".
  void Aside(std::vector<Event> events) {
    auto connection = pool_->Acquire(absl::Seconds(5));
    auto transaction = ShardTransaction::Begin(**connection, 1, clock_);
    ASSERT_TRUE(transaction.ok());
    for (const Event& event : events)
      ASSERT_TRUE(quarantine_.SetAside(*transaction, event, "it is poison").ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }

  // A transaction on shard 1 that has read what waits there.
  absl::StatusOr<ShardTransaction> BeginAware(postgres::Connection& connection) {
    const postgres::Connection::Statement also[] = {quarantine_.Waiting(1)};
    return ShardTransaction::Begin(connection, {1, clock_, Purpose::kBackground, also});
  }

  Quarantine::Released Release() {
    auto connection = pool_->Acquire(absl::Seconds(5));
    auto released = quarantine_.Release(**connection, {1, "520102", "a"}, clock_);
    EXPECT_TRUE(released.ok()) << released.status();
    return released.ok() ? *released : Quarantine::Released();
  }

  // The notices in the journal, in order: "child_put 3", or "over".
  std::vector<std::string> Notices() {
    auto connection = pool_->Acquire(absl::Seconds(5));
    auto said = ReadJournal(**connection, {"pairing", 1, 1, 1000});
    EXPECT_TRUE(said.ok()) << said.status();
    std::vector<std::string> notices;
    for (const Event& event : *said) {
      EXPECT_EQ(event.type, kOperatorNotice);
      EXPECT_EQ(event.key, kOperatorKey);
      EXPECT_EQ(event.county, "520102");
      OperatorNotice notice;
      EXPECT_TRUE(notice.ParseFromString(event.payload));
      EXPECT_EQ(notice.service(), "pairing");
      EXPECT_EQ(notice.key(), "a");
      notices.push_back(notice.over() ? "over" : absl::StrCat(notice.type(), " ", notice.seq()));
    }
    return notices;
  }

  static Event From(const std::string& producer, int64_t seq, const std::string& payload) {
    Event event = harness::Said(seq, "a", payload);
    event.producer = producer;
    event.actor = "actors/" + payload;
    return event;
  }

  std::vector<std::string> replayed_;
  const Quarantine quarantine_{{.service = "pairing",
                                .producers = {"registry", "alerts"},
                                .handler = [this](ShardTransaction& transaction, auto events) {
                                  absl::Status stored = harness::StoreSaid(transaction, events);
                                  if (stored.ok()) replayed_.push_back(events[0]->payload);
                                  return stored;
                                }}};
};

TEST_F(QuarantineTest, KeepsAKeysOrderAndReleasesIt) {
  auto connection = pool_->Acquire(absl::Seconds(5));
  const std::vector<Event> events = {harness::Said(1, "a", "poison"), harness::Said(2, "b", "fine"),
                                     harness::Said(3, "a", "later")};
  Aside({events[0]});
  {
    auto transaction = BeginAware(**connection);
    ASSERT_TRUE(transaction.ok());
    auto free = quarantine_.HoldBack(*transaction, {&events[1], &events[2]}, transaction->also(0));
    ASSERT_TRUE(free.ok()) << free.status();
    ASSERT_EQ(free->size(), 1u) << "the same key waits behind, others go on";
    EXPECT_EQ((*free)[0]->key, "b");
    ASSERT_TRUE(transaction->Commit().ok());
  }
  auto listed = ListQuarantined(**connection, "", 10);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ((*listed)[1].error(), "waits behind registry/1/1");
  const Quarantine::Released stuck = Release();
  EXPECT_EQ(stuck.applied, 0);
  EXPECT_EQ(stuck.remaining, 2);
  ASSERT_TRUE((*connection)->Script("ALTER TABLE said DROP CONSTRAINT said_word_check").ok());
  EXPECT_EQ(Release().applied, 2);
  EXPECT_EQ(Count("SELECT count(*) FROM quarantine"), 0);
  EXPECT_THAT(replayed_, ElementsAre("poison", "later"));
}

TEST_F(QuarantineTest, I3IsReleasedByPositionWhateverTheClockSaidMeanwhile) {
  Aside({From("registry", 4, "grade 7"), From("registry", 5, "grade 8")});
  // The clock steps back before the next one.
  ASSERT_TRUE(Execute("UPDATE quarantine SET set_aside_time = set_aside_time + interval '1.5 s'").ok());
  Aside({From("registry", 6, "grade 9")});
  EXPECT_EQ(Release().applied, 3);
  EXPECT_THAT(replayed_, ElementsAre("grade 7", "grade 8", "grade 9"));
}

TEST_F(QuarantineTest, OneProducerAfterTheOtherThoseWhoseFactsOthersReferToFirst) {
  Aside({From("alerts", 1, "a1"), From("alerts", 2, "a2"), From("registry", 9, "r9"),
         From("registry", 10, "r10")});
  EXPECT_EQ(Release().applied, 4);
  EXPECT_THAT(replayed_, ElementsAre("r9", "r10", "a1", "a2"));
}

TEST_F(QuarantineTest, OperatorsAreToldInTheSameTransactionAndWhenItIsOver) {
  const std::vector<Event> events = {harness::Said(1, "a", "poison"), harness::Said(2, "a", "later"),
                                     harness::Said(3, "a", "last")};
  Aside({events[0]});
  EXPECT_THAT(Notices(), ElementsAre("said 1"));
  {
    auto connection = pool_->Acquire(absl::Seconds(5));
    auto transaction = BeginAware(**connection);
    ASSERT_TRUE(quarantine_.HoldBack(*transaction, {&events[1], &events[2]}, transaction->also(0)).ok());
  }
  EXPECT_THAT(Notices(), ElementsAre("said 1")) << "rolled back with what it tells of";
  {
    auto connection = pool_->Acquire(absl::Seconds(5));
    auto transaction = BeginAware(**connection);
    ASSERT_TRUE(quarantine_.HoldBack(*transaction, {&events[1], &events[2]}, transaction->also(0)).ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }
  EXPECT_THAT(Notices(), ElementsAre("said 1", "said 2")) << "one of those that wait behind";
  Release();
  EXPECT_THAT(Notices(), ElementsAre("said 1", "said 2")) << "it failed again";
  ASSERT_TRUE(Execute("ALTER TABLE said DROP CONSTRAINT said_word_check").ok());
  EXPECT_EQ(Release().applied, 3);
  EXPECT_THAT(Notices(), ElementsAre("said 1", "said 2", "over"));
}

TEST_F(QuarantineTest, ListsPageByPageAndRefusesGarbage) {
  Aside({From("registry", 1, "a"), From("registry", 2, "b"), From("registry", 10, "c")});
  auto connection = pool_->Acquire(absl::Seconds(5));
  auto behind = ListQuarantined(**connection, "registry/1/1", 10);
  ASSERT_TRUE(behind.ok()) << behind.status();
  ASSERT_EQ(behind->size(), 2u);
  EXPECT_EQ((*behind)[0].event().seq(), 2);
  EXPECT_EQ((*behind)[0].event().actor(), "actors/b");
  for (const char* garbage : {"x", "registry", "registry/1", "registry/1/", "registry/x/1", "registry/1/0",
                              "//", "registry/-1/1", "registry/99999999999/1", "registry/1/1/1", "r g/1/1"}) {
    EXPECT_EQ(refusal::Of(ListQuarantined(**connection, garbage, 10).status()).reason, "PAGE_TOKEN_MALFORMED")
        << garbage;
  }
}

// What becomes of an error is decided in one place.
TEST_F(QuarantineTest, AnEventsFaultIsToldFromTheMachines) {
  auto connection = pool_->Acquire(absl::Seconds(5));
  for (const char* sql : {"SELECT 1/0", "INSERT INTO said VALUES ('1', 'poison')", "SELECT 'x'::int",
                          "INSERT INTO journal_head VALUES (0, 0)", "INSERT INTO lease (shard) VALUES (NULL)",
                          "DO $$ BEGIN RAISE EXCEPTION 'a trigger of ours'; END $$"})
    EXPECT_TRUE(IsEventsFault((*connection)->Script(sql))) << sql;
  for (const char* sql : {"SELECT * FROM no_such_table", "SELECT pg_sleep(1)", "SELECT no syntax at all",
                          "SELECT 1 FROM pg_authid"}) {
    ASSERT_TRUE((*connection)->Script("SET statement_timeout = '50ms'").ok());
    EXPECT_FALSE(IsEventsFault((*connection)->Script(sql))) << sql;
  }
  EXPECT_TRUE(IsEventsFault(absl::InvalidArgumentError("no child_put")));
  EXPECT_FALSE(IsEventsFault(absl::OkStatus()));
  for (const absl::Status& machines :
       {absl::ResourceExhaustedError("no connection is free"), absl::UnavailableError(""),
        absl::AbortedError(""), absl::InternalError(""), absl::UnknownError(""),
        absl::FailedPreconditionError("no shard 9"), absl::DeadlineExceededError(""),
        absl::PermissionDeniedError(""), absl::DataLossError("")})
    EXPECT_FALSE(IsEventsFault(machines)) << machines;
}

}  // namespace
}  // namespace tonghu::journal
