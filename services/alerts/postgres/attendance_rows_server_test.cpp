// Terms, awaited mornings and absences.
#include "absl/strings/str_cat.h"
#include "services/alerts/postgres/absence_rows.h"
#include "services/alerts/postgres/attendance_rows.h"
#include "services/alerts/postgres/testing/store_test.h"

namespace tonghu::alerts {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const TermKey kAutumn{kCounty, "s1", "autumn"};
const absl::Time kSunday = AttendanceDueTime(kMonday) - absl::Hours(24);

// The week of kMonday, Monday to Friday but for `without`.
TermCalendar Week(std::vector<absl::CivilDay> without = {}, absl::Time put_time = kSunday) {
  TermCalendar calendar{.key = kAutumn, .first = kMonday, .last = kMonday + 6, .put_time = put_time};
  for (int i = 0; i < 5; ++i) {
    if (!std::count(without.begin(), without.end(), kMonday + i)) calendar.school_days.push_back(kMonday + i);
  }
  return calendar;
}

class AttendanceTest : public StoreTest {
 protected:
  std::vector<Key> Put(const TermCalendar& calendar) {
    EXPECT_TRUE(StoreTerms(*db_, {calendar}).ok());
    auto closed = CloseMornings(*db_, {calendar.key});
    EXPECT_TRUE(closed.ok()) << closed.status();
    const absl::Status awaited = Await(*db_, 0, {calendar});
    EXPECT_TRUE(awaited.ok()) << awaited;
    return *closed;
  }

  std::vector<absl::CivilDay> Due(absl::CivilDay until) {
    auto missing = LoadMissing(*db_, 0, AttendanceDueTime(until), 100);
    EXPECT_TRUE(missing.ok()) << missing.status();
    std::vector<absl::CivilDay> days;
    for (const Morning& morning : *missing) days.push_back(morning.day);
    return days;
  }

  void Miss(absl::CivilDay day, const std::string& alert) {
    ASSERT_TRUE(StoreMissing(*db_, {{kCounty, "s1", day, Id(alert)}}).ok());
  }

  void Store(absl::CivilDay day, const std::string& alert, bool closed = false, bool leave = false) {
    ASSERT_TRUE(StoreAbsences(*db_, {{kCounty, Id("c1"), day, leave, Id(alert), closed, kNow, "s1"}}).ok());
  }
};

TEST_F(AttendanceTest, ADayIsKnownByItsTermOrNotAtAll) {
  Put(Week({kMonday + 2}));
  auto kinds = LoadDayKinds(*db_, {Day("s1", kMonday), Day("s1", kMonday + 2), Day("s1", kMonday + 6),
                                   Day("s1", kMonday + 7), Day("s2", kMonday)});
  ASSERT_TRUE(kinds.ok()) << kinds.status();
  EXPECT_THAT(*kinds, ElementsAre(std::pair(Day("s1", kMonday), DayKind::kSchoolDay),
                                  std::pair(Day("s1", kMonday + 2), DayKind::kNoSchoolDay),
                                  std::pair(Day("s1", kMonday + 6), DayKind::kNoSchoolDay)));
  TermCalendar withdrawn = Week();
  withdrawn.withdrawn = true;
  withdrawn.school_days.clear();
  Put(withdrawn);
  EXPECT_THAT(*LoadDayKinds(*db_, {Day("s1", kMonday)}), IsEmpty());
}

TEST_F(AttendanceTest, MorningsThatAreOverArePutTooLateToBeAwaited) {
  Put(Week({}, AttendanceDueTime(kMonday + 1)));
  EXPECT_THAT(Due(kMonday + 6), ElementsAre(kMonday + 2, kMonday + 3, kMonday + 4));
  EXPECT_THAT(Due(kMonday + 2), ElementsAre(kMonday + 2));
  EXPECT_EQ(db_->Run(kNextAttendance, postgres::Params().Int(0))->Time(0, 0), AttendanceDueTime(kMonday + 2));
}

TEST_F(AttendanceTest, SentAndMissingMorningsAreNotDue) {
  Put(Week());
  ASSERT_TRUE(StoreSent(*db_, 0, {{kCounty, "s1", kMonday, ""}, {kCounty, "s1", kMonday + 6, ""}}).ok());
  Miss(kMonday + 1, "a");
  EXPECT_THAT(Due(kMonday + 2), ElementsAre(kMonday + 2));
  auto mornings = LoadMornings(*db_, {Day("s1", kMonday), Day("s1", kMonday + 1), Day("s1", kMonday + 9)});
  ASSERT_TRUE(mornings.ok()) << mornings.status();
  ASSERT_EQ(mornings->size(), 2u);
  EXPECT_EQ(mornings->at(0).alert_id + mornings->at(1).alert_id, Id("a"));
}

TEST_F(AttendanceTest, AClosureTakesBackWhatIsOpenAndItsEndBringsItBack) {
  Alert settled = NewAlert("settled", Kind::kAttendanceNotSent);
  settled.state = State::kResolved;
  settled.next_step_time = absl::InfinitePast();
  Insert({NewAlert("open", Kind::kAttendanceNotSent), settled});
  Put(Week());
  Miss(kMonday, "settled");
  Miss(kMonday + 1, "open");
  ASSERT_TRUE(StoreSent(*db_, 0, {{kCounty, "s1", kMonday + 2, ""}}).ok());
  const absl::Time wednesday = AttendanceDueTime(kMonday + 2);
  const std::vector<Key> closed = Put(Week({kMonday, kMonday + 1, kMonday + 2, kMonday + 3}, wednesday));
  EXPECT_THAT(closed, ElementsAre(Key(kCounty, Id("open")))) << "what a person has settled stays";
  EXPECT_THAT(Due(kMonday + 6), ElementsAre(kMonday + 4));
  EXPECT_THAT(Put(Week({}, wednesday)), IsEmpty());
  EXPECT_THAT(Due(kMonday + 6), ElementsAre(kMonday + 1, kMonday + 3, kMonday + 4));
}

TEST_F(AttendanceTest, AnotherTermTakesOverWhatAWithdrawnOneAwaited) {
  Put(Week());
  TermCalendar withdrawn = Week();
  withdrawn.withdrawn = true;
  withdrawn.school_days.clear();
  Put(withdrawn);
  EXPECT_THAT(Due(kMonday + 6), IsEmpty());
  TermCalendar renamed = Week();
  renamed.key.term = "2026-autumn";
  Put(renamed);
  EXPECT_EQ(Due(kMonday + 6).size(), 5u);
}

TEST_F(AttendanceTest, AnAbsenceIsStoredOverWhatWasKnown) {
  Store(kMonday, "a");
  Store(kMonday, "a", false, true);
  auto rows = LoadAbsences(*db_, {Day(Id("c1"), kMonday), Day(Id("c1"), kMonday + 1)});
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_TRUE(rows->front().with_leave);
  EXPECT_EQ(rows->front().alert_id, Id("a"));
  EXPECT_EQ(rows->front().school_id, "s1");
  EXPECT_EQ(rows->front().report_time, kNow);
}

TEST_F(AttendanceTest, AnAlertsMorningsComeInOrder) {
  Store(kMonday + 1, "a");
  Store(kMonday, "a");
  Store(kMonday + 2, "", false, true);
  auto rows = LoadAlertedAbsences(*db_, Keys({"c1", "c1"}));
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 2u) << "leave from the beginning belongs to no alert";
  EXPECT_EQ(rows->front().day, kMonday);
}

TEST_F(AttendanceTest, AbsencesThatTheCalendarContradictsAreFound) {
  Alert settled = NewAlert("settled", Kind::kAbsence);
  settled.state = State::kResolved;
  settled.next_step_time = absl::InfinitePast();
  Insert({NewAlert("open", Kind::kAbsence), settled});
  Store(kMonday, "open");
  Store(kMonday + 1, "settled", true);  // closed then, school now
  Store(kMonday + 5, "open");           // Saturday
  Store(kMonday + 6, "settled");        // Sunday, settled by a person
  Store(kMonday + 9, "open");           // of no term
  ASSERT_TRUE(StoreTerms(*db_, {Week()}).ok());
  auto rows = LoadDisputedAbsences(*db_, {kAutumn});
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ(rows->at(0).day, kMonday + 1);
  EXPECT_EQ(rows->at(1).day, kMonday + 5);
}

class AbsenceListTest : public AttendanceTest {
 protected:
  void Absent(const std::string& child, absl::CivilDay day, const std::string& school = "s1") {
    ASSERT_TRUE(StoreAbsences(*db_, {{kCounty, Id(child), day, true, "", false, kNow, school}}).ok());
  }
  // "a1": child a, a day after kMonday.
  std::vector<std::string> List(AbsenceFilter filter, const AbsencePlace& after = {}, int limit = 100) {
    filter.within.everything = true;
    auto rows = ListAbsences(*db_, filter, after, limit);
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::vector<std::string> found;
    for (const AbsenceRow& row : *rows)
      found.push_back(absl::StrCat(NameOf(row.child_id), row.day - kMonday));
    return found;
  }
};

TEST_F(AbsenceListTest, ByDayAndChildOfACountyASchoolOrAChildWithinDays) {
  const bool a_first = Id("a") < Id("b");
  const std::string first = a_first ? "a" : "b", second = a_first ? "b" : "a";
  Absent(first, kMonday + 2);
  Absent(second, kMonday + 1);
  Absent(first, kMonday + 1);
  Absent("c", kMonday, "s2");
  EXPECT_THAT(List({.county = kCounty}), ElementsAre("c0", first + "1", second + "1", first + "2"));
  EXPECT_THAT(List({.county = kCounty}, {kMonday + 1, Id(first)}), ElementsAre(second + "1", first + "2"))
      << "behind the last one of a page";
  EXPECT_THAT(List({.county = kCounty}, {}, 2), ElementsAre("c0", first + "1"));
  EXPECT_THAT(List({.county = kCounty, .school_id = "s1", .last = kMonday + 1}),
              ElementsAre(first + "1", second + "1"));
  EXPECT_THAT(List({.county = kCounty, .child_id = Id(first), .first = kMonday + 2}),
              ElementsAre(first + "2"));
  EXPECT_THAT(List({.county = "520203"}), IsEmpty());
}

// A school year of a county would otherwise be read for one day of it.
TEST_F(AbsenceListTest, ACountysDaysAreFoundByAnIndex) {
  ASSERT_TRUE(
      db_->Script("INSERT INTO absence SELECT '520324', md5(n::text)::uuid, 20000 + n % 200, true, NULL, "
                  "false, now(), 's1' FROM generate_series(1, 20000) n; ANALYZE absence")
          .ok());
  const auto plan = [&](const std::string& condition) {
    auto rows = db_->Run(absl::StrCat("EXPLAIN SELECT * FROM absence a WHERE a.county = '520324' AND ",
                                      condition, " ORDER BY a.day, a.child_id LIMIT 101"));
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::string text;
    for (int i = 0; i < rows->rows(); ++i) absl::StrAppend(&text, rows->String(i, 0), "\n");
    return text;
  };
  const std::string days =
      "(a.day, a.child_id) > (20100, '00000000-0000-0000-0000-000000000000') AND a.day <= 20102";
  EXPECT_THAT(plan(days), HasSubstr("absence_day"));
  EXPECT_THAT(plan(absl::StrCat(days, " AND a.child_id = md5('7')::uuid")), HasSubstr("absence_pkey"));
}

}  // namespace
}  // namespace tonghu::alerts
