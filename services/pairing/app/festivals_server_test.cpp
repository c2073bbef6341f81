// Duties before festivals, through the holidays between two terms, in a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/clock/epoch_day.h"
#include "libs/directory/migrations.h"
#include "libs/journal/migrations.h"
#include "services/pairing/app/duty_sweeps.h"
#include "services/pairing/app/plan_duties.h"
#include "services/pairing/postgres/migrations.h"
#include "services/pairing/postgres/policy_store.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::pairing {
namespace {

using absl::CivilDay;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kCounty[] = "520324";
constexpr CivilDay kAutumnLast(2027, 1, 15), kSpringFirst(2027, 3, 1);

class SetClock final : public clock::Clock {
 public:
  absl::Time Now() const override { return now; }
  bool is_virtual() const override { return true; }
  absl::Time now = clock::StartOf(CivilDay(2026, 12, 1)) + absl::Hours(10);
};

// A child whose class teacher owes letters before the Spring Festival (6 February 2027) and the Lantern
// Festival (20 February). The autumn term ends on 15 January, the spring term begins on 1
// March.
class FestivalsTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    const auto filled = db_->Script(R"sql(
      GRANT TRUNCATE ON journal TO CURRENT_USER;
      TRUNCATE child, school, pairing, duty, judged, duty_policy, replanning, closure, closing, contact, school_calendar, journal_head, journal;
      INSERT INTO journal_head VALUES (0, 0);
      INSERT INTO school VALUES ('520324', 's', '520324104');
      INSERT INTO child SELECT '520324', md5('c')::uuid, 's', '520324104', 3, 1;
      INSERT INTO pairing (county, pairing_id, shard, line_id, child_id, helper_id, role, basis, owed_from, start_time, make_time)
        SELECT '520324', md5('p')::uuid, 0, md5('p')::uuid, md5('c')::uuid, 'h', 1, 1, '2026-08-20', '2026-08-20', 'infinity')sql");
    ASSERT_TRUE(filled.ok()) << filled;
    PutTerm("2026-autumn", {CivilDay(2026, 9, 1), kAutumnLast});
    PutLetters(7);
    SweepAll();
  }

  template <class Work>
  void Do(Work work) {
    auto transaction = journal::ShardTransaction::Begin(*db_, 0, clock_);
    ASSERT_TRUE(transaction.ok()) << transaction.status();
    const absl::Status done = work(*transaction);
    ASSERT_TRUE(done.ok()) << done;
    const absl::Status committed = transaction->Commit();
    ASSERT_TRUE(committed.ok()) << committed;
  }
  void PutLetters(int days) {
    DutyPolicy letters = RuleOf(DutyKind::kLetter).built_in;
    letters.cadence = {Period::kFestival, 1, 1,
                       FestivalBit(Festival::kSpring) | FestivalBit(Festival::kLantern), days};
    letters.effective_from = clock::DayOf(clock_.now) + 1;
    Do([&](journal::ShardTransaction& transaction) {
      const auto put = PutPolicy(transaction.db(), kCounty, DutyKind::kLetter, letters);
      return put.ok() ? BeginReplanning(transaction.db(), 0, kCounty, clock_.now) : put.status();
    });
  }
  // A term's calendar, and the school's pairings planned anew, as PutCalendars does it.
  void PutTerm(const char* term, calendar::Term days) {
    auto put = db_->Run("INSERT INTO school_calendar VALUES ('520324', 's', $1, $2, $3, $4)",
                        postgres::Params()
                            .Text(term)
                            .Int(clock::EpochDay(days.first))
                            .Int(clock::EpochDay(days.last))
                            .Text(calendar::SchoolCalendar::Make({days}, {}, {})->ToText()));
    ASSERT_TRUE(put.ok()) << put.status();
    Do([&](journal::ShardTransaction& transaction) {
      const auto pairings = LoadPairingsOfSchool(transaction.db(), kCounty, "s", clock_.now);
      return pairings.ok() ? Replan(transaction, *pairings, clock_.now).status() : pairings.status();
    });
  }
  void SweepAll() {
    for (const journal::Sweep& sweep : {ReplanCounties(), MakeDuties(), JudgeDueDuties()}) {
      for (int i = 0; i < 20; ++i) {
        auto next = db_->Run(sweep.next_sql, postgres::Params().Int(0));
        if (!next.ok() || next->rows() == 0 || next->Time(0, 0) > clock_.now) break;
        Do([&](journal::ShardTransaction& transaction) { return sweep.fire(transaction, 100).status(); });
      }
    }
  }
  // Lets days pass, with the sweeps of each.
  void PassTo(CivilDay day) {
    while (clock::DayOf(clock_.now) < day) {
      clock_.now += absl::Hours(24);
      SweepAll();
    }
  }
  // All letters owed: "0131-0206 3" for the missed one of a week in winter.
  std::vector<std::string> Duties() {
    auto rows = db_->Run(
        "SELECT to_char(window_start AT TIME ZONE 'Asia/Shanghai', 'MMDD-') || "
        "to_char(window_end AT TIME ZONE 'Asia/Shanghai' - interval '1 day', 'MMDD ') || state "
        "FROM judged_duty WHERE kind = 6 ORDER BY window_start");
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::vector<std::string> duties;
    for (int i = 0; rows.ok() && i < rows->rows(); ++i) duties.push_back(rows->String(i, 0));
    return duties;
  }

  std::unique_ptr<postgres::Connection> db_;
  SetClock clock_;
};

TEST_F(FestivalsTest, BetweenTwoTermsADutyIsPlannedOnceAndMissedWhenNothingIsDone) {
  EXPECT_THAT(Duties(), IsEmpty()) << "more than four weeks ahead";
  PassTo(kAutumnLast);
  EXPECT_THAT(Duties(), ElementsAre("0131-0206 1"));
  PassTo(CivilDay(2027, 1, 26));
  EXPECT_THAT(Duties(), ElementsAre("0131-0206 1", "0214-0220 1")) << "the term is over, and no other known";
  // The spring's calendar, and the policy twice in a day.
  PutTerm("2027-spring", {kSpringFirst, CivilDay(2027, 7, 9)});
  PutLetters(7);
  PutLetters(7);
  SweepAll();
  EXPECT_THAT(Duties(), ElementsAre("0131-0206 1", "0214-0220 1"));
  PassTo(CivilDay(2027, 2, 8));
  EXPECT_THAT(Duties(), ElementsAre("0131-0206 1", "0214-0220 1")) << "two days' grace for the report";
  PassTo(CivilDay(2027, 2, 9));
  EXPECT_THAT(Duties(), ElementsAre("0131-0206 3", "0214-0220 1"));
  PassTo(CivilDay(2027, 3, 10));
  EXPECT_THAT(Duties(), ElementsAre("0131-0206 3", "0214-0220 3"));
}

TEST_F(FestivalsTest, AWindowThatBecomesLongerOrShorterIsOneDuty) {
  PassTo(CivilDay(2027, 1, 18));
  PutLetters(12);
  SweepAll();
  EXPECT_THAT(Duties(), ElementsAre("0126-0206 1", "0209-0220 1"));
  PassTo(CivilDay(2027, 1, 27));
  PutLetters(5);
  SweepAll();
  EXPECT_THAT(Duties(), ElementsAre("0126-0206 1", "0216-0220 1")) << "the one that has begun stays";
}

}  // namespace
}  // namespace tonghu::pairing
