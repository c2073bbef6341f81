// The same facts about attendance, in every order.
#include <algorithm>
#include <functional>

#include "libs/directory/read_model.h"
#include "services/alerts/app/attendance.h"
#include "services/alerts/postgres/testing/store_test.h"

namespace tonghu::alerts {
namespace {

// Wednesday, noon, of a week with school.
class FixedClock final : public clock::Clock {
 public:
  absl::Time Now() const override { return clock::StartOf(kMonday + 2) + absl::Hours(12); }
  bool is_virtual() const override { return true; }
};

class AttendanceOrderTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    Begin();
  }

  // A journal and tables without anything but a child.
  void Begin() {
    Empty();
    ASSERT_TRUE(db_->Script("GRANT DELETE ON journal TO CURRENT_USER; DELETE FROM journal; DELETE FROM "
                            "journal_head; INSERT INTO journal_head SELECT 0, 0")
                    .ok());
    ASSERT_TRUE(directory::Store(*db_, {.children = {{kCounty, Id("c1"), {"s1", "520324104", 3, 1}}}}).ok());
  }

  void Decide(const std::function<absl::Status(journal::ShardTransaction&)>& work) {
    auto transaction = journal::ShardTransaction::Begin(*db_, 0, clock_);
    ASSERT_TRUE(transaction.ok()) << transaction.status();
    absl::Status done = work(*transaction);
    if (done.ok()) done = transaction->Commit();
    ASSERT_TRUE(done.ok()) << done;
  }

  // A refusal is an end too: what it was about counts for nothing.
  void Report(absl::CivilDay day, bool with_leave) {
    Decide([&](journal::ShardTransaction& transaction) {
      AttendanceReport report{.county = kCounty, .absent = {{Id("c1"), day, with_leave, "absence"}}};
      return ReportAttendance(transaction, context_, absl::MakeSpan(&report, 1));
    });
  }

  void PutCalendar(std::vector<absl::CivilDay> days) {
    Decide([&](journal::ShardTransaction& transaction) {
      return KeepCalendars(transaction, context_,
                           {{.key = {kCounty, "s1", "autumn"},
                             .first = kMonday,
                             .last = kMonday + 6,
                             .school_days = std::move(days),
                             .put_time = transaction.now()}});
    });
  }

  // Unresolved absence alerts, and the mornings that they count.
  std::pair<int64_t, int64_t> End() {
    auto open = db_->Run(
        "SELECT count(*), coalesce(sum(occurrences), 0)::bigint FROM alert WHERE kind = 2 AND state <> 3");
    EXPECT_TRUE(open.ok()) << open.status();
    return {open->Int(0, 0), open->Int(0, 1)};
  }

  FixedClock clock_;
  ids::SeededSource ids_{7};
  metrics::Metrics metrics_;
  Counters counters_{metrics_};
  Context context_{Channel::kWebhook, ids_, counters_};
};

TEST_F(AttendanceOrderTest, TheSameFactsGiveTheSameEndInEveryOrder) {
  const std::vector<std::function<void()>> facts = {
      [&] { Report(kMonday, false); },      // absent
      [&] { Report(kMonday, true); },       // had leave
      [&] { Report(kMonday + 1, false); },  // absent
      [&] { Report(kMonday + 2, false); },  // absent
      [&] {
        PutCalendar({kMonday, kMonday + 2, kMonday + 3, kMonday + 4});
      },  // Tuesday was none
  };
  std::vector<size_t> order = {0, 1, 2, 3, 4};
  do {
    Begin();
    for (const size_t fact : order) facts[fact]();
    EXPECT_EQ(End(), (std::pair<int64_t, int64_t>(1, 1)))
        << "Wednesday alone counts; order " << testing::PrintToString(order);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(AttendanceOrderTest, WhatIsExcusedAltogetherIsSettledAndCountsAgainWhenTheDayComesBack) {
  Report(kMonday, false);
  Report(kMonday + 1, false);
  PutCalendar({kMonday, kMonday + 2});
  EXPECT_EQ(End(), (std::pair<int64_t, int64_t>(1, 1)));
  Report(kMonday, true);
  EXPECT_EQ(End(), (std::pair<int64_t, int64_t>(0, 0)));
  PutCalendar({kMonday, kMonday + 1, kMonday + 2});
  EXPECT_EQ(End(), (std::pair<int64_t, int64_t>(1, 1))) << "Tuesday, by an alert of its own";
  auto said = db_->Run("SELECT sum(events) FROM journal WHERE type = 'alert_excused'");
  EXPECT_EQ(said->Int(0, 0), 1);
}

}  // namespace
}  // namespace tonghu::alerts
