// The audit: readings and changes of children's files are written down and listed. And who may write to the
// database can do what no service does: whatever is done to a journal in this way, `tonghuctl audit verify`
// finds and names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/fleet/quiet.h"
#include "libs/postgres/connection.h"
#include "tests/harness/eventually.h"
#include "tests/harness/stack.h"

namespace tonghu::system_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kStart = absl::FromCivil(absl::CivilHour(2026, 9, 2, 10), clock::China());

struct Typed {
  int exit_code;
  std::string output;
};

class AuditTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto stack = harness::Stack::Up({.start = kStart});
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
    for (const char* roster : {"schools", "staff", "children"}) {
      const Typed imported =
          Type(absl::StrCat("import ", roster, " deploy/demo/rosters/", roster, "-520203.csv"));
      ASSERT_EQ(imported.exit_code, 0) << imported.output;
    }
    // Nothing is written from here on, while a journal is other than it was.
    ASSERT_TRUE(fleet::Quiet(stack_->endpoints()).Wait(kStart, absl::Seconds(60)).ok());
    auto db = postgres::Connection::Open(stack_->Conninfo("tonghu_admin"));
    ASSERT_TRUE(db.ok()) << db.status();
    db_ = std::move(*db);
    // One shard has them all.
    shard_ = Ask("SELECT shard FROM registry.journal_head ORDER BY seq DESC LIMIT 1");
  }
  static void TearDownTestSuite() {
    db_.reset();
    stack_.reset();
  }
  void SetUp() override { ASSERT_NE(db_, nullptr); }
  void TearDown() override {
    if (!kept_) return;
    Execute("DELETE FROM registry.journal; INSERT INTO registry.journal TABLE kept");
    Execute(
        "UPDATE registry.journal_head h SET seq = k.seq, hash = k.hash FROM kept_head k WHERE k.shard = "
        "h.shard");
    Execute("DROP TABLE kept, kept_head");
    EXPECT_EQ(Verify("registry").exit_code, 0) << "it is as it was";
  }

  // Called before a journal is changed behind its service's back: at the end it is as it was.
  void Keep() {
    Execute("CREATE TABLE kept AS TABLE registry.journal");
    Execute("CREATE TABLE kept_head AS TABLE registry.journal_head");
    kept_ = true;
  }
  static void Execute(const std::string& sql) {
    const absl::Status done = db_->Script(sql);
    ASSERT_TRUE(done.ok()) << done << sql;
  }
  static int64_t Ask(const std::string& sql) {
    auto rows = db_->Run(sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() && rows->rows() == 1 ? rows->Int(0, 0) : -1;
  }
  // The position of the n-th last row of the shard.
  static int64_t LastBut(int n) {
    return Ask(absl::StrCat("SELECT seq FROM registry.journal WHERE shard = ", shard_,
                            " ORDER BY seq DESC OFFSET ", n, " LIMIT 1"));
  }
  static std::string Of(int64_t seq) { return absl::StrCat(" WHERE shard = ", shard_, " AND seq = ", seq); }

  static Typed Type(const std::string& words) {
    const std::string command = absl::StrCat("TONGHU_COUNTY=520203 TONGHU_ENDPOINTS=", stack_->state(),
                                             "/run/endpoints.json ", TONGHUCTL, " ", words, " 2>&1");
    FILE* pipe = ::popen(command.c_str(), "re");
    Typed typed{-1, ""};
    if (pipe == nullptr) return typed;
    std::array<char, 4096> buffer;
    while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
      typed.output.append(buffer.data(), count);
    const int status = ::pclose(pipe);
    typed.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return typed;
  }
  static Typed Verify(const std::string& service) { return Type("audit verify " + service); }
  // The id of the child whose file came first.
  static std::string AChild() {
    auto rows = db_->Run("SELECT child_id::text FROM registry.child ORDER BY 1 LIMIT 1");
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() && rows->rows() == 1 ? rows->String(0, 0) : "";
  }
  static int64_t Reads() { return Ask("SELECT count(*) FROM registry.journal WHERE type = 'file_read'"); }
  // Computes the shard's chain anew, as libs/chain does, and moves the head to its end.
  static void ComputeAnew() {
    Execute(absl::StrCat(R"sql(
DO $$ DECLARE r record; h bytea := decode(repeat('00', 32), 'hex'); at bigint := 0; BEGIN
  FOR r IN SELECT * FROM registry.journal WHERE shard = )sql",
                         shard_, R"sql( ORDER BY seq LOOP
    h := sha256(convert_to('tonghu journal v1' || chr(10), 'UTF8') || h || int8send(r.shard) || int8send(r.seq) ||
      int8send(r.events) || int8send((extract(epoch FROM r.time) * 1000000)::bigint) ||
      int8send(octet_length(r.type)) || convert_to(r.type, 'UTF8') ||
      int8send(octet_length(r.county)) || convert_to(r.county, 'UTF8') ||
      int8send(octet_length(r.payload)) || r.payload);
    UPDATE registry.journal SET hash = h WHERE shard = r.shard AND seq = r.seq;
    at := r.seq;
  END LOOP;
  UPDATE registry.journal_head SET hash = h, seq = at WHERE shard = )sql",
                         shard_, "; END $$"));
  }
  // Refused, and the words say what and where.
  static void ExpectFound(const std::string& fault, int64_t first, int64_t last) {
    const Typed typed = Verify("registry");
    EXPECT_EQ(typed.exit_code, 3) << typed.output;
    EXPECT_THAT(typed.output, HasSubstr("JOURNAL_BROKEN"));
    EXPECT_THAT(typed.output,
                HasSubstr(absl::StrCat("registry, shard ", shard_, ", positions ", first, " to ", last)));
    EXPECT_THAT(typed.output, HasSubstr(fault));
  }

  bool kept_ = false;
  static inline std::unique_ptr<harness::Stack> stack_;
  static inline std::unique_ptr<postgres::Connection> db_;
  static inline int64_t shard_ = -1;
};

TEST_F(AuditTest, EveryJournalIsAsItWasWritten) {
  const Typed typed = Verify("");
  EXPECT_EQ(typed.exit_code, 0) << typed.output;
  for (const auto& [service, addresses] : stack_->endpoints().replicas)
    EXPECT_THAT(typed.output, HasSubstr(service));
  EXPECT_EQ(Verify("nobody").exit_code, 2);
}

TEST_F(AuditTest, ReadingsAndChangesAreListedByChild) {
  const std::string child = AChild();
  const int64_t before = Reads();
  const Typed shown = Type(absl::StrCat("child get ", child));
  ASSERT_EQ(shown.exit_code, 0) << shown.output;
  EXPECT_GT(Reads(), before);
  // The alerts' list holds no child, and nothing is written.
  const int64_t after = Reads();
  EXPECT_EQ(Type("alerts list").exit_code, 0);
  EXPECT_EQ(Reads(), after);
  ASSERT_TRUE(fleet::Quiet(stack_->endpoints()).Wait(kStart, absl::Seconds(60)).ok());
  const Typed listed = Type(absl::StrCat("audit list --child ", child));
  EXPECT_EQ(listed.exit_code, 0) << listed.output;
  for (const char* word : {"GetChild", "查阅", "child_put", "更改", "operators/local"})
    EXPECT_THAT(listed.output, HasSubstr(word));
  EXPECT_THAT(Type(absl::StrCat("audit list --limit 1 --child ", child)).output, HasSubstr("--page-token"));
  const Typed printed = Type(absl::StrCat("audit print ", child));
  EXPECT_EQ(printed.exit_code, 0) << printed.output;
  for (const char* word :
       {"儿童档案查阅与更改记录", "查看档案", "登记或修改档案", "本机操作员", "第 1 页，共 1 页"})
    EXPECT_THAT(printed.output, HasSubstr(word));
}

TEST_F(AuditTest, WhatCantBeRecordedIsNotShown) {
  const std::string child = AChild();
  Execute("REVOKE INSERT ON registry.journal FROM tonghu_registry");
  const Typed refused = Type(absl::StrCat("--timeout 5s child get ", child));
  Execute("GRANT INSERT ON registry.journal TO tonghu_registry");
  EXPECT_EQ(refused.exit_code, 4) << refused.output;
  EXPECT_THAT(refused.output, HasSubstr("READING_NOT_RECORDED"));
  EXPECT_THAT(refused.output, Not(HasSubstr("姓名")));
  EXPECT_EQ(Type(absl::StrCat("child get ", child)).exit_code, 0);
}

TEST_F(AuditTest, TheServiceItselfMayOnlyAdd) {
  auto own = postgres::Connection::Open(stack_->Conninfo("tonghu_registry"));
  ASSERT_TRUE(own.ok()) << own.status();
  for (const char* sql : {"UPDATE journal SET type = type", "DELETE FROM journal", "TRUNCATE journal"})
    EXPECT_EQ(postgres::SqlState((*own)->Script(sql)), "42501") << sql;
}

TEST_F(AuditTest, AnAlteredPayloadIsFound) {
  Keep();
  const int64_t seq = LastBut(2), events = Ask("SELECT events FROM registry.journal" + Of(seq));
  Execute("UPDATE registry.journal SET payload = payload || '\\x00'" + Of(seq));
  ExpectFound("altered", seq - events + 1, seq);
}

TEST_F(AuditTest, AMissingRowIsFound) {
  Keep();
  const int64_t seq = LastBut(2), events = Ask("SELECT events FROM registry.journal" + Of(seq));
  Execute("DELETE FROM registry.journal" + Of(seq));
  ExpectFound("removed", seq - events + 1, seq);
}

TEST_F(AuditTest, ARowInsertedInTheMiddleIsFound) {
  Keep();
  // Below a run of several events there is room for another position.
  const int64_t seq =
      Ask(absl::StrCat("SELECT min(seq) FROM registry.journal WHERE events > 2 AND shard = ", shard_));
  Execute(absl::StrCat(
      "INSERT INTO registry.journal SELECT shard, seq - 1, 1, type, county, time, payload, hash FROM "
      "registry.journal",
      Of(seq)));
  ExpectFound("inserted", seq - 1, seq - 1);
}

TEST_F(AuditTest, ARowInsertedAtTheEndIsFound) {
  Keep();
  const int64_t head = LastBut(0);
  Execute(absl::StrCat(
      "INSERT INTO registry.journal SELECT shard, seq + 1, 1, type, county, time, payload, hash FROM "
      "registry.journal",
      Of(head)));
  ExpectFound("inserted", head + 1, head + 1);
  // Hidden by a head that was moved as well, the row has not the hash that a row there would have.
  Execute(absl::StrCat("UPDATE registry.journal_head SET seq = ", head + 1, " WHERE shard = ", shard_));
  ExpectFound("altered", head + 1, head + 1);
}

TEST_F(AuditTest, AMissingTailIsFound) {
  Keep();
  const int64_t head = LastBut(0), left = LastBut(2);
  Execute(absl::StrCat("DELETE FROM registry.journal WHERE shard = ", shard_, " AND seq > ", left));
  ExpectFound("removed", left + 1, head);
}

// Whoever computes all hashes anew and moves the head can't make access's signature.
TEST_F(AuditTest, AJournalWrittenAnewOrCutOffIsFoundByTheSignedHeads) {
  // It signs when it starts, as no head of today is signed yet.
  ASSERT_TRUE(stack_->Stop("access-1").ok());
  ASSERT_TRUE(stack_->Start("access-1").ok());
  ASSERT_TRUE(harness::Eventually([&] {
    return Ask(absl::StrCat(
               "SELECT count(*) FROM access.signed_head WHERE producer = 'registry' AND shard = ", shard_)) >
           0;
  }));
  const int64_t head = LastBut(0), last = LastBut(2);
  EXPECT_EQ(Verify("registry").exit_code, 0);
  Keep();
  Execute("UPDATE registry.journal SET payload = payload || '\\x00'" + Of(last));
  ComputeAnew();
  ExpectFound("written anew", 1, head);
  Execute(absl::StrCat(
      "DELETE FROM registry.journal; INSERT INTO registry.journal SELECT * FROM kept WHERE shard <> ", shard_,
      " OR seq <= ", last));
  ComputeAnew();
  ExpectFound("removed", last + 1, head);
}

}  // namespace
}  // namespace tonghu::system_test
