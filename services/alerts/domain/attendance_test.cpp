#include "services/alerts/domain/attendance.h"

#include <gtest/gtest.h>

#include "libs/clock/clock.h"
#include "libs/refusal/refusal.h"

namespace tonghu::alerts {
namespace {

const absl::CivilDay kToday(2026, 9, 2);

TEST(AttendanceTest, IsDueAtTenInChina) {
  EXPECT_EQ(absl::FormatTime(AttendanceDueTime(kToday), absl::UTCTimeZone()), "2026-09-02T02:00:00+00:00");
}

TEST(CheckDateTest, TodayBackToThirtyDays) {
  const absl::Time now = clock::StartOf(kToday) + absl::Minutes(5);  // still yesterday in UTC
  EXPECT_EQ(CheckDate(kToday, "date", now), absl::OkStatus());
  EXPECT_EQ(CheckDate(kToday - 30, "date", now), absl::OkStatus());
  EXPECT_EQ(refusal::Of(CheckDate(kToday + 1, "date", now)).reason, "DATE_IN_FUTURE");
  const refusal::Refusal old = refusal::Of(CheckDate(kToday - 31, "absence.date", now));
  EXPECT_EQ(old.reason, "DATE_TOO_OLD");
  EXPECT_EQ(old.field, "absence.date");
}

TEST(CheckSchoolTest, TheChildMustBeOfTheSchool) {
  const Place place{.school_id = "s1"};
  EXPECT_EQ(CheckSchool(place, "s1", "child"), absl::OkStatus());
  EXPECT_EQ(refusal::Of(CheckSchool(place, "s2", "child")).reason, "CHILD_OF_ANOTHER_SCHOOL");
}

TEST(SchoolDayTest, OnlyADayKnownToBeNoneIsRefused) {
  EXPECT_TRUE(CheckSchoolDay(DayKind::kSchoolDay, "date").ok());
  EXPECT_TRUE(CheckSchoolDay(DayKind::kUnknown, "date").ok()) << "what a school reports is not thrown away";
  const refusal::Refusal refused = refusal::Of(CheckSchoolDay(DayKind::kNoSchoolDay, "absence.date"));
  EXPECT_EQ(refused.reason, "NOT_A_SCHOOL_DAY");
  EXPECT_EQ(refused.field, "absence.date");
}

}  // namespace
}  // namespace tonghu::alerts
