// Children for whom nobody is responsible, found and told in a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/directory/migrations.h"
#include "libs/journal/event_run.h"
#include "libs/journal/migrations.h"
#include "services/pairing/app/coverage.h"
#include "services/pairing/events/consume.h"
#include "services/pairing/postgres/coverage_store.h"
#include "services/pairing/postgres/migrations.h"
#include "services/pairing/postgres/queries.h"
#include "tests/harness/postgres_test.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"
#include "tonghu/registry/events/v1/registry_events.pb.h"

namespace tonghu::pairing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr char kCounty[] = "520324";

class SetClock final : public clock::Clock {
 public:
  absl::Time Now() const override { return now; }
  bool is_virtual() const override { return true; }
  absl::Time now = clock::StartOf(absl::CivilDay(2026, 9, 1)) + absl::Hours(10);
};

// 4,500 children of two schools, each with a class teacher but for the first three; child 4 has a volunteer
// alone, and child 5's pairing ended since it needs nobody any more.
class CoverageTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    const auto filled = db_->Script(R"sql(
      GRANT TRUNCATE ON journal TO CURRENT_USER;
      TRUNCATE child, staff, left_staff, pairing, duty, duty_policy, coverage_gap, coverage_policy, coverage_look, journal_head, journal;
      INSERT INTO journal_head VALUES (0, 0);
      INSERT INTO child SELECT '520324', md5('c' || n)::uuid, 's' || n % 2, '520324104', 3, 1 FROM generate_series(1, 4500) n;
      INSERT INTO child SELECT '520203', md5('other')::uuid, 's', '520203100', 3, 1;
      INSERT INTO pairing (county, pairing_id, shard, line_id, child_id, helper_id, role, basis, owed_from, start_time, make_time)
        SELECT '520324', md5('p' || n)::uuid, 0, md5('p' || n)::uuid, md5('c' || n)::uuid, 'h', CASE n WHEN 4 THEN 4 ELSE 1 END, 1,
               '2026-08-20', '2026-08-20', '2026-10-01'
        FROM generate_series(4, 4500) n;
      UPDATE pairing SET end_time = '2026-08-25', end_reason = 1 WHERE child_id = md5('c5')::uuid;
      INSERT INTO pairing SELECT county, md5('q')::uuid, shard, line_id, child_id, 'v', 4, basis, owed_from, start_time, NULL, 0, make_time
        FROM pairing WHERE child_id = md5('c5')::uuid)sql");
    ASSERT_TRUE(filled.ok()) << filled;
    ASSERT_TRUE(db_->Script("ANALYZE child, pairing").ok());
    Do([&](journal::ShardTransaction& transaction) {
      return BeginLooking(transaction.db(), 0, {kCounty}, clock_.now);
    });
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
  int Sweep(const journal::Sweep& sweep) {
    int transactions = 0;
    for (;; ++transactions) {
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
  void SweepAll() {
    Sweep(LookForGaps());
    Sweep(TellGaps());
  }
  void Pass(absl::Duration time) { clock_.now += time; }

  std::string IdOf(int n) {
    auto id = db_->Run("SELECT md5($1)::uuid", postgres::Params().Text(absl::StrCat("c", n)));
    return id.ok() ? id->Uuid(0, 0) : "";
  }
  // What was said since the last call: "c1 uncovered 3,6 grown".
  std::vector<std::string> Said() {
    auto events = journal::ReadJournal(*db_, {"pairing", 0, seen_ + 1, 1000});
    EXPECT_TRUE(events.ok()) << events.status();
    std::vector<std::string> said;
    for (const journal::Event& event : events.value_or(std::vector<journal::Event>())) {
      seen_ = event.seq;
      said.push_back(event.key);
      for (int n = 1; n <= 5; ++n) {
        if (event.key == IdOf(n)) said.back() = absl::StrCat("c", n);
      }
      if (event.type == "child_covered") said.back() += " covered";
      if (event.type != "child_uncovered") continue;
      events::v1::ChildUncovered uncovered;
      EXPECT_TRUE(uncovered.ParseFromString(event.payload));
      absl::StrAppend(&said.back(), " uncovered", uncovered.not_looked_after() ? " 0" : "");
      for (const int kind : uncovered.unowed_kinds()) absl::StrAppend(&said.back(), " ", kind);
      if (uncovered.grown()) said.back() += " grown";
    }
    std::sort(said.begin(), said.end());
    return said;
  }
  void Pair(int n, const char* role) {
    auto paired = db_->Script(absl::StrCat(
        "INSERT INTO pairing SELECT county, md5('n", n, role, "')::uuid, 0, md5('n", n, role,
        "')::uuid, child_id, 'n", role, "', ", role,
        ", 1, now(), now(), NULL, 0, '2026-10-01' FROM child WHERE child_id = md5('c", n, "')::uuid"));
    ASSERT_TRUE(paired.ok()) << paired;
    const PairingRow row{.county = kCounty, .child_id = IdOf(n)};
    Do([&](journal::ShardTransaction& transaction) { return CoverAfterBeginning(transaction, {row}); });
  }
  // Letters a month, by a role.
  void AskForLetters(const char* from, PairingRole by = PairingRole::kClassTeacher) {
    auto put = db_->Run(
        "INSERT INTO duty_policy (county, kind, school_id, care_level, guardianship, version, withdrawn, "
        "effective_from, "
        "period, every, times, owed_by, fulfilled_by, report_grace_seconds, late_report_after_seconds) "
        "SELECT $1, 6, '', 0, 0, 1, false, $2::date - date '1970-01-01', 2, 1, 1, $3, 1 << 6, 86400, 86400",
        postgres::Params().Text(kCounty).Text(from).Int(RoleBit(by)));
    ASSERT_TRUE(put.ok()) << put.status();
  }

  std::unique_ptr<postgres::Connection> db_;
  SetClock clock_;
  int64_t seen_ = 0;
};

TEST_F(CoverageTest, WhoIsWithoutAnybodyIsToldOnceAfterAWeek) {
  EXPECT_EQ(Sweep(LookForGaps()), 3);
  EXPECT_EQ(Sweep(TellGaps()), 0);
  EXPECT_THAT(Said(), IsEmpty());
  Pass(absl::Hours(24 * 7) - absl::Microseconds(1));
  SweepAll();
  EXPECT_THAT(Said(), IsEmpty());
  Pass(absl::Microseconds(1));
  EXPECT_EQ(Sweep(TellGaps()), 1) << "at that minute, whoever looks through the county";
  EXPECT_THAT(Said(), ElementsAre("c1 uncovered 0 grown", "c2 uncovered 0 grown", "c3 uncovered 0 grown",
                                  "c4 uncovered 0 grown"))
      << "a volunteer alone looks after nobody; child 5 is not to be looked after";
  SweepAll();
  Pass(absl::Hours(24 * 6));
  SweepAll();
  EXPECT_THAT(Said(), IsEmpty());
  Pass(absl::Hours(24));
  SweepAll();
  EXPECT_THAT(Said(), ElementsAre("c1 uncovered 0", "c2 uncovered 0", "c3 uncovered 0", "c4 uncovered 0"));
}

TEST_F(CoverageTest, WhoIsPairedIsCoveredAtOnce) {
  SweepAll();
  Pair(1, "2");
  Pass(absl::Hours(24 * 7));
  SweepAll();
  EXPECT_THAT(Said(), ElementsAre("c2 uncovered 0 grown", "c3 uncovered 0 grown", "c4 uncovered 0 grown"));
  Pair(2, "2");
  Pair(3, "5");
  EXPECT_THAT(Said(), ElementsAre("c2 covered")) << "a counsellor looks after nobody";
}

TEST_F(CoverageTest, AKindThatNobodyOwesIsToldOfEachChild) {
  Pair(1, "2");
  Pair(2, "2");
  Pair(3, "2");
  Pair(4, "2");
  AskForLetters("2026-09-02");
  SweepAll();
  Pass(absl::Hours(24));
  SweepAll();
  auto gaps = db_->Run("SELECT count(*) FROM coverage_gap WHERE gap = 6");
  EXPECT_EQ(gaps->Int(0, 0), 4);
  auto listed =
      ListUncovered(*db_, {.county = kCounty, .limit = 10, .within = {.everything = true}}, clock_.now);
  ASSERT_TRUE(listed.ok()) << listed.status();
  int unowed = 0;
  for (const UncoveredChild& child : *listed) unowed += child.unowed == 1 << 6 && child.since == clock_.now;
  EXPECT_EQ(unowed, 4);
  Pass(absl::Hours(24 * 7));
  SweepAll();
  EXPECT_THAT(Said(), ElementsAre("c1 uncovered 6 grown", "c2 uncovered 6 grown", "c3 uncovered 6 grown",
                                  "c4 uncovered 6 grown"));
  Pair(1, "1");
  SweepAll();
  EXPECT_THAT(Said(), ElementsAre("c1 covered"));
}

// Child 10 has the helper g alone, child 11 also h, child 12 the volunteer g beside h.
TEST_F(CoverageTest, WhoHasLeftCoversNobody) {
  ASSERT_TRUE(db_->Script(R"sql(
      UPDATE pairing SET helper_id = 'g' WHERE child_id IN (md5('c10')::uuid, md5('c11')::uuid);
      INSERT INTO pairing SELECT county, md5('r' || role || child_id)::uuid, shard, line_id, child_id, CASE helper_id WHEN 'g' THEN 'h' ELSE 'g' END,
          CASE helper_id WHEN 'g' THEN 2 ELSE 4 END, basis, owed_from, start_time, NULL, 0, make_time
        FROM pairing WHERE child_id IN (md5('c11')::uuid, md5('c12')::uuid))sql")
                  .ok());
  const auto hear = [&](bool left) {
    registry::events::v1::StaffPut put;
    put.set_staff_id("g");
    put.set_left(left);
    journal::Event event;
    event.producer = "registry";
    event.type = "staff_put";
    event.county = kCounty;
    event.key = "g";
    event.payload = put.SerializeAsString();
    const journal::Event* heard = &event;
    Do([&](journal::ShardTransaction& transaction) { return Consume(transaction, {&heard, 1}); });
  };
  // "c10 7" for each child that is listed for its helper's having left.
  const auto listed = [&] {
    auto rows =
        ListUncovered(*db_, {.county = kCounty, .limit = 10, .within = {.everything = true}}, clock_.now);
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::vector<std::string> said;
    for (const UncoveredChild& child : *rows) {
      for (int n = 10; n <= 12; ++n) {
        if (child.child_id == IdOf(n))
          said.push_back(absl::StrCat("c", n, " ", static_cast<int>(child.reason),
                                      child.since == clock_.now ? " since now" : ""));
      }
    }
    std::sort(said.begin(), said.end());
    return said;
  };
  const auto gaps = [&] {
    auto rows = db_->Run("SELECT count(*) FROM coverage_gap");
    return rows.ok() ? rows->Int(0, 0) : -1;
  };
  hear(false);
  EXPECT_THAT(listed(), IsEmpty());
  hear(true);
  EXPECT_THAT(listed(), ElementsAre("c10 7 since now", "c11 7", "c12 7"))
      << "at once; of whom somebody else looks after, the pairing alone is to be handed over";
  EXPECT_EQ(gaps(), 1);
  hear(true);
  SweepAll();
  EXPECT_EQ(gaps(), 5) << "the look through the county finds the same";
  Pass(absl::Hours(24 * 7));
  SweepAll();
  const auto said = Said();
  EXPECT_EQ(std::count(said.begin(), said.end(), IdOf(10) + " uncovered 0 grown"), 1);
  EXPECT_EQ(said.size(), 5);
  hear(false);
  EXPECT_THAT(Said(), ElementsAre(IdOf(10) + " covered")) << "back at once";
  EXPECT_EQ(gaps(), 4);
  EXPECT_THAT(listed(), IsEmpty());
}

// No page of the county is passed over, and no child is found twice.
TEST_F(CoverageTest, EveryChildOfACountyIsLookedAt) {
  AskForLetters("2026-08-01", PairingRole::kCounsellor);
  EXPECT_EQ(Sweep(LookForGaps()), 3);
  auto found = db_->Run(
      "SELECT count(*) FILTER (WHERE gap = 6), count(*) FILTER (WHERE gap = 0), "
      "count(DISTINCT child_id) FROM coverage_gap");
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->Int(0, 0), 4500 - 5) << "whoever has a class teacher has no counsellor";
  EXPECT_EQ(found->Int(0, 1), 4);
  EXPECT_EQ(found->Int(0, 2), 4500 - 1) << "one is not to be looked after";
}

TEST_F(CoverageTest, ACountySaysForHowLong) {
  SweepAll();
  const auto put = [&](int days) {
    v1::PutCoveragePolicyRequest request;
    request.mutable_coverage_policy()->set_parent("counties/520324");
    request.mutable_coverage_policy()->set_most_days(days);
    absl::StatusOr<v1::CoveragePolicy> reply = absl::UnknownError("undecided");
    const std::string county = kCounty, actor = "tester", id;
    const journal::ChildCheck check;
    const journal::Command<v1::PutCoveragePolicyRequest, v1::CoveragePolicy> command{
        &county, &actor, &id, &check, &request, &reply};
    Do([&](journal::ShardTransaction& transaction) {
      return PutCoveragePolicies(transaction, absl::MakeConstSpan(&command, 1));
    });
    return reply.status();
  };
  EXPECT_FALSE(put(0).ok());
  EXPECT_FALSE(put(61).ok());
  ASSERT_TRUE(put(2).ok());
  Pass(absl::Hours(48));
  EXPECT_EQ(Sweep(TellGaps()), 1) << "without looking through the county";
  EXPECT_THAT(Said(), testing::SizeIs(4));
  v1::GetCoveragePolicyRequest get;
  get.set_parent("counties/520324");
  EXPECT_EQ(GetCoveragePolicy(*db_, get)->most_days(), 2);
}

}  // namespace
}  // namespace tonghu::pairing
