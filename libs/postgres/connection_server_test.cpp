// Statements that travel together: what is stored, and whose error it is.
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "libs/postgres/columns.h"
#include "libs/postgres/connection.h"
#include "libs/postgres/pool.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::postgres {
namespace {

struct Number {
  int64_t n;
};
constexpr Columns kNumber{Field<&Number::n>("n")};

std::vector<Number> Numbers(int64_t first, int64_t last) {
  std::vector<Number> numbers;
  for (int64_t n = first; n <= last; ++n) numbers.push_back({n});
  return numbers;
}

struct Large {
  int64_t n;
  std::string text;
};

constexpr char kInsert[] = "INSERT INTO t VALUES ($1)";

class ConnectionTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = Open();
    other_ = Open();
    ASSERT_TRUE(db_ != nullptr && other_ != nullptr);
    ASSERT_TRUE(db_->Script("DROP TABLE IF EXISTS t; CREATE TABLE t (n bigint PRIMARY KEY)").ok());
  }

  absl::Status Insert(int64_t n) { return db_->Defer(kInsert, Params().Int(n)); }
  // As another connection sees it.
  int64_t Stored() {
    auto rows = other_->Run("SELECT count(*) FROM t");
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->Int(0, 0) : -1;
  }

  std::unique_ptr<Connection> db_, other_;
};

TEST_F(ConnectionTest, DeferredStatementsTravelWithTheNextInOrder) {
  auto transaction = Transaction::Begin(*db_);
  ASSERT_TRUE(transaction.ok());
  ASSERT_TRUE(Insert(1).ok());
  ASSERT_TRUE(Insert(2).ok());
  auto seen = db_->Run("SELECT count(*) FROM t");
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->Int(0, 0), 2);
  ASSERT_TRUE(Insert(3).ok());
  ASSERT_TRUE(kNumber.Insert(*db_, "t", Numbers(4, 10)).ok());    // waits
  ASSERT_TRUE(kNumber.Insert(*db_, "t", Numbers(11, 300)).ok());  // goes by COPY
  ASSERT_TRUE(Insert(301).ok());
  EXPECT_EQ(Stored(), 0);
  ASSERT_TRUE(transaction->Commit().ok());
  EXPECT_EQ(Stored(), 301);
}

TEST_F(ConnectionTest, OutsideATransactionNothingIsDeferred) {
  ASSERT_TRUE(Insert(1).ok());
  EXPECT_EQ(Stored(), 1);
  EXPECT_EQ(Insert(1).code(), absl::StatusCode::kAlreadyExists);
  ASSERT_TRUE(Insert(2).ok()) << "the connection is as good as before";
}

TEST_F(ConnectionTest, ADeferredStatementsErrorIsTheNextOnesAndTheTransactionIsLost) {
  for (const bool at_commit : {false, true}) {
    {
      auto transaction = Transaction::Begin(*db_);
      ASSERT_TRUE(transaction.ok());
      ASSERT_TRUE(Insert(1).ok());
      ASSERT_TRUE(Insert(1).ok()) << "not sent yet";
      ASSERT_TRUE(Insert(2).ok());
      const absl::Status next = at_commit ? transaction->Commit() : db_->Run("SELECT 1").status();
      EXPECT_EQ(next.code(), absl::StatusCode::kAlreadyExists) << next;
    }
    EXPECT_EQ(Stored(), 0);
    auto after = db_->Run("SELECT count(*) FROM t");
    ASSERT_TRUE(after.ok()) << after.status();
    EXPECT_EQ(after->Int(0, 0), 0);
  }
}

TEST_F(ConnectionTest, ManyDeferredStatementsDoNotWaitForTheNext) {
  auto transaction = Transaction::Begin(*db_);
  ASSERT_TRUE(transaction.ok());
  absl::Status deferred = Insert(0);
  for (int i = 0; i < 1000 && deferred.ok(); ++i) deferred = Insert(0);
  EXPECT_EQ(deferred.code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(ConnectionTest, AnErrorPassedOverDoesNotCommit) {
  {
    auto transaction = Transaction::Begin(*db_);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(Insert(1).ok());
    EXPECT_FALSE(db_->Defer("INSERT INTO nowhere VALUES (1)").ok());
    EXPECT_EQ(transaction->Commit().code(), absl::StatusCode::kInternal);
    EXPECT_EQ(Stored(), 0);
  }
  auto transaction = Transaction::Begin(*db_);
  ASSERT_TRUE(transaction.ok());
  ASSERT_TRUE(db_->Run(kInsert, Params().Int(1)).ok());
  EXPECT_FALSE(db_->Run("SELECT 1 / 0").ok());
  EXPECT_EQ(transaction->Commit().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Stored(), 0);
}

TEST_F(ConnectionTest, AnAbandonedTransactionLeavesNothing) {
  enum Sent { kNothing, kAStatement, kCopyOnly };
  int stored = 0;
  // Twice: a statement seen for the first time is prepared, for which BEGIN is sent.
  for (const Sent sent : {kNothing, kNothing, kAStatement, kCopyOnly}) {
    {
      auto transaction = Transaction::Begin(*db_);
      ASSERT_TRUE(transaction.ok());
      if (sent == kCopyOnly) {
        ASSERT_TRUE(kNumber.Insert(*db_, "t", Numbers(1001, 1200)).ok());
      } else {
        ASSERT_TRUE(Insert(1).ok());
      }
      if (sent == kAStatement) {
        ASSERT_TRUE(db_->Run("SELECT 1").ok());
      }
    }
    ASSERT_TRUE(db_->Run(kInsert, Params().Int(100 + stored)).ok());
    EXPECT_EQ(Stored(), ++stored) << "what comes afterwards stands alone";
  }
}

TEST_F(ConnectionTest, SeveralGiveAResultEachOrTheFirstError) {
  auto transaction = Transaction::Begin(*db_);
  ASSERT_TRUE(transaction.ok());
  ASSERT_TRUE(Insert(7).ok());
  auto results = db_->RunAll({{"SELECT n FROM t", {}}, {"SELECT $1::bigint", Params().Int(5)}});
  ASSERT_TRUE(results.ok()) << results.status();
  ASSERT_EQ(results->size(), 2u);
  EXPECT_EQ((*results)[0].Int(0, 0), 7);
  EXPECT_EQ((*results)[1].Int(0, 0), 5);
  EXPECT_EQ(db_->RunAll({{"SELECT 1 / 0", {}}, {"SELECT 1", {}}}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ConnectionTest, ATextThatCantBePreparedLeavesNothingWaiting) {
  EXPECT_FALSE(db_->RunAll({{kInsert, Params().Int(1)}, {"SELECT nonsense FROM nowhere", {}}}).ok());
  ASSERT_TRUE(db_->Run("SELECT 1").ok());
  EXPECT_EQ(Stored(), 0);
}

TEST_F(ConnectionTest, MoreThanTheBuffersHoldInBothDirections) {
  const std::vector<std::string> big(200, std::string(100'000, 'x'));
  constexpr char kEcho[] = "SELECT x FROM unnest($1) x";
  auto results = db_->RunAll({{kEcho, Params().Texts(big)}, {kEcho, Params().Texts(big)}});
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ((*results)[1].rows(), 200);
}

TEST_F(ConnectionTest, ALostConnectionIsAnOutageAndOfNoMoreUse) {
  auto pid = db_->Run("SELECT pg_backend_pid()");
  ASSERT_TRUE(pid.ok());
  auto transaction = Transaction::Begin(*db_);
  ASSERT_TRUE(transaction.ok());
  ASSERT_TRUE(Insert(1).ok());
  ASSERT_TRUE(other_->Run("SELECT pg_terminate_backend($1::int)", Params().Int(pid->Int(0, 0))).ok());
  EXPECT_EQ(db_->RunAll({{"SELECT 1", {}}, {"SELECT 2", {}}}).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_FALSE(db_->healthy());
  EXPECT_EQ(transaction->Commit().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Stored(), 0);
}

// A server that gives no answer counts as lost after a while; the while is the caller's.
TEST_F(ConnectionTest, NobodyWaitsForEverForAnAnswer) {
  auto impatient = Connection::Open(Conninfo(), {.answer = absl::Milliseconds(300)});
  ASSERT_TRUE(impatient.ok()) << impatient.status();
  EXPECT_TRUE((*impatient)->Run("SELECT 1").ok());
  const absl::Time begin = absl::Now();
  EXPECT_TRUE(absl::IsUnavailable((*impatient)->Run("SELECT pg_sleep(20)").status()));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
  EXPECT_FALSE((*impatient)->healthy());
  EXPECT_TRUE(absl::IsUnavailable((*impatient)->Run("SELECT 1").status()));
}

TEST_F(ConnectionTest, AClosedPoolEndsEveryWait) {
  Pool pool(Conninfo(), 2);
  auto busy = pool.Acquire(absl::Seconds(5));
  auto idle = pool.Acquire(absl::Seconds(5));
  ASSERT_TRUE(busy.ok() && idle.ok());
  auto transaction = Transaction::Begin(**idle);
  ASSERT_TRUE(transaction.ok());
  ASSERT_TRUE((*idle)->Run("SELECT 1").ok());
  pool.Close(absl::Milliseconds(300));
  const absl::Time begin = absl::Now();
  EXPECT_TRUE(absl::IsUnavailable((*busy)->Run("SELECT pg_sleep(20)").status()));
  EXPECT_TRUE(absl::IsUnavailable(pool.Acquire(absl::Seconds(20)).status())) << "none is free";
  EXPECT_TRUE(absl::IsUnavailable((*idle)->Run("SELECT 1").status()));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

TEST_F(ConnectionTest, ErrorsSayWhereAndNotWhat) {
  ASSERT_TRUE(db_->Script("CREATE TABLE IF NOT EXISTS person (name text CONSTRAINT short CHECK (length(name) "
                          "< 5), n integer)")
                  .ok());
  for (const char* sql : {"INSERT INTO person VALUES ('secret', 1)", "SELECT 'secret'::integer",
                          "DO $$ BEGIN RAISE EXCEPTION 'secret'; END $$"}) {
    const absl::Status failed = db_->Script(sql);
    EXPECT_FALSE(failed.ok());
    EXPECT_EQ(failed.message().find("secret"), failed.message().npos) << failed;
  }
  EXPECT_EQ(db_->Script("INSERT INTO person VALUES ('secret', 1)").message(),
            "PostgreSQL 23514 table person constraint short");
  ASSERT_TRUE(Insert(1).ok());
  EXPECT_EQ(Insert(1).message(), "PostgreSQL 23505 table t constraint t_pkey");
  EXPECT_EQ(db_->Script("SELECT nothing").message(), "PostgreSQL 42703: column \"nothing\" does not exist");
}

TEST_F(ConnectionTest, ACopyOfManyMegabytesGoesThroughAndAFaultyOneLeavesTheConnectionGood) {
  ASSERT_TRUE(
      db_->Script("DROP TABLE IF EXISTS large; CREATE TABLE large (n bigint PRIMARY KEY, t text)").ok());
  constexpr Columns kLarge{Field<&Large::n>("n"), Field<&Large::text>("t")};
  std::vector<Large> rows;
  for (int i = 0; i < 300; ++i) rows.push_back({i, std::string(100'000, 'x')});
  ASSERT_TRUE(kLarge.Insert(*db_, "large", rows).ok());
  EXPECT_EQ(kLarge.Insert(*db_, "large", rows).code(), absl::StatusCode::kAlreadyExists);
  auto count = db_->Run("SELECT count(*) FROM large");
  ASSERT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(count->Int(0, 0), 300);
  EXPECT_FALSE(db_->CopyIn("COPY nowhere FROM STDIN", {"x"}).ok());
  EXPECT_TRUE(db_->Run("SELECT 1").ok());
}

}  // namespace
}  // namespace tonghu::postgres
