#include "services/reporting/app/recount.h"

#include <gtest/gtest.h>

#include "libs/clock/clock.h"

namespace tonghu::reporting {
namespace {

constexpr absl::CivilDay kMonday(2026, 9, 7);

journal::Event Missed(const std::string& township, const std::string& school, absl::CivilDay monday) {
  tonghu::pairing::events::v1::DutyMissed missed;
  missed.set_duty_window_day(static_cast<int32_t>(monday - absl::CivilDay(1970, 1, 1)));
  missed.mutable_place()->set_township_code(township);
  missed.mutable_place()->set_school_id(school);
  journal::Event event;
  event.producer = "pairing";
  event.type = "duty_missed";
  event.county = township.substr(0, 6);
  event.payload = missed.SerializeAsString();
  return event;
}

// How many missed duties `division` has in the weeks asked for, each week as one text.
std::string MissedIn(const std::string& division, const std::string& from, const std::string& to) {
  Recount recount({*ParseDivision(division), *ParseWeeks(from, to)});
  recount.Add(Missed("520521101", "s1", kMonday));
  recount.Add(Missed("520521101", "s2", kMonday));
  recount.Add(Missed("520521102", "s3", kMonday));
  recount.Add(Missed("520521102", "s3", kMonday + 7));
  recount.Add(Missed("520522101", "s1", kMonday));
  std::string text;
  for (const WeekFigures& week : recount.Weeks()) {
    EXPECT_EQ(week.counts, Counts{.missed = week.counts.missed}) << "nothing else";
    text += absl::FormatCivilTime(week.monday) + "=" + std::to_string(week.counts.missed) + " ";
  }
  return text;
}

TEST(RecountTest, ByDivision) {
  EXPECT_EQ(MissedIn("520521", "", ""), "2026-09-07=3 2026-09-14=1 ");
  EXPECT_EQ(MissedIn("520521101", "", ""), "2026-09-07=2 ");
  EXPECT_EQ(MissedIn("counties/520521/schools/s1", "", ""), "2026-09-07=1 ");
  EXPECT_EQ(MissedIn("counties/520522/schools/s1", "", ""), "2026-09-07=1 ");
  EXPECT_EQ(MissedIn("520523", "", ""), "");
}

TEST(RecountTest, ByWeek) {
  EXPECT_EQ(MissedIn("520521", "2026-09-14", ""), "2026-09-14=1 ");
  EXPECT_EQ(MissedIn("520521", "", "2026-09-13"), "2026-09-07=3 ");
  EXPECT_EQ(MissedIn("520521", "2026-09-21", ""), "");
}

TEST(RecountTest, PassesOverWhatCantBeRead) {
  Recount recount({*ParseDivision("520521"), *ParseWeeks("", "")});
  journal::Event torn = Missed("520521101", "s1", kMonday);
  torn.payload = "\x0a\x7f not that long";
  recount.Add(torn);
  recount.Add(Missed("520521101", "", kMonday));
  EXPECT_EQ(recount.unreadable(), 2);
  EXPECT_TRUE(recount.Weeks().empty());
}

}  // namespace
}  // namespace tonghu::reporting
