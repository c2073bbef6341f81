#include "libs/forms/typed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/clock/clock.h"
#include "libs/clock/duration.h"
#include "libs/clock/timestamp.h"

namespace tonghu::forms {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(TypedTest, TimesAreChinasUnlessTheySayOtherwise) {
  const absl::Time expected = absl::FromCivil(absl::CivilMinute(2026, 9, 4, 15, 30), clock::China());
  for (const char* text :
       {"2026-09-04 15:30", "2026-09-04 15:30:00", "2026-09-04T15:30", "2026-09-04T15:30:00+08:00",
        "2026-09-04T07:30:00Z", "2026-09-04 07:30:00Z", "2026/9/4 15:30", "2026-09-04T07:30:00.000Z"}) {
    const auto time = ParseTime(text);
    ASSERT_TRUE(time.ok()) << text << ": " << time.status();
    EXPECT_EQ(*time, expected) << text;
  }
  for (const char* text : {"", "now", "2026-09-04", "2026-02-30 10:00", "15:30", "2026-09-04 25:00",
                           "2026-09-04 15:30 x", "infinite-future"}) {
    EXPECT_EQ(IsUsageError(ParseTime(text).status()), true) << text;
  }
}

TEST(TypedTest, TimesReadAgainAsWritten) {
  const absl::Time time = absl::FromCivil(absl::CivilSecond(2026, 9, 4, 15, 30, 7), clock::China());
  EXPECT_EQ(TimeText(time), "2026-09-04 15:30:07");
  EXPECT_EQ(TimeText(time - absl::Seconds(7)), "2026-09-04 15:30");
  EXPECT_EQ(*ParseTime(TimeText(time)), time);
  EXPECT_EQ(clock::ToTime(clock::ToTimestamp(time + absl::Microseconds(5))), time + absl::Microseconds(5));
  EXPECT_EQ(TimeText(google::protobuf::Timestamp()), "");
}

TEST(TypedTest, Durations) {
  EXPECT_EQ(*ParseDuration("90s"), absl::Seconds(90));
  EXPECT_EQ(*ParseDuration("30m"), absl::Minutes(30));
  EXPECT_EQ(*ParseDuration("500ms"), absl::Milliseconds(500));
  EXPECT_EQ(*ParseDuration("1d12h"), absl::Hours(36));
  EXPECT_EQ(*ParseDuration("2w"), absl::Hours(24 * 14));
  EXPECT_EQ(*ParseDuration("0s"), absl::ZeroDuration());
  for (const char* text : {"", "7", "d", "-1h", "1.5h", "1y", "1h ", "99999999999s"}) {
    EXPECT_EQ(IsUsageError(ParseDuration(text).status()), true) << text;
  }
}

TEST(TypedTest, DurationsReadAgainAsWritten) {
  google::protobuf::Duration duration;
  EXPECT_EQ(DurationText(duration), "0s");
  duration = clock::ToProto(*ParseDuration("2d3h500ms"));
  EXPECT_EQ(DurationText(duration), "2d3h500ms");
}

TEST(TypedTest, HolidaysAreWeekdays) {
  EXPECT_THAT(*ParseHolidays("2026-10-01..2026-10-07"),
              ElementsAre("2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"));
  EXPECT_THAT(*ParseHolidays("2026-10-01"), ElementsAre("2026-10-01"));
  EXPECT_FALSE(ParseHolidays("2026-10-07..2026-10-01").ok());
  EXPECT_FALSE(ParseHolidays("2026-10-1").ok());
  EXPECT_FALSE(ParseHolidays("2026-01-01..2099-01-01").ok());
}

TEST(TypedTest, ShortNamesNeedTheCounty) {
  Typed typed("520521");
  EXPECT_EQ(typed.Name("--child", "children", "abc-1"), "counties/520521/children/abc-1");
  EXPECT_EQ(typed.Name("--child", "children", ""), "");
  EXPECT_EQ(typed.Parent(), "counties/520521");
  EXPECT_TRUE(typed.ok());

  Typed without("");
  EXPECT_EQ(without.Name("--child", "children", "abc"), "");
  EXPECT_EQ(IsUsageError(without.status()), true);
  EXPECT_THAT(std::string(without.status().message()), HasSubstr("--county"));
}

TEST(TypedTest, FullNamesSayTheCounty) {
  Typed typed("");
  EXPECT_EQ(typed.Name("--child", "children", "counties/520521/children/a"), "counties/520521/children/a");
  EXPECT_EQ(typed.Name("--helper", "staffMembers", "52052100001"),
            "counties/520521/staffMembers/52052100001");
  EXPECT_EQ(typed.Parent(), "counties/520521");
}

TEST(TypedTest, TwoCountiesAreAMistake) {
  Typed typed("counties/520521");
  EXPECT_EQ(typed.Name("--child", "children", "counties/520324/children/a"), "");
  EXPECT_THAT(std::string(typed.status().message()), HasSubstr("520324"));
  EXPECT_EQ(typed.Parent(), "") << "after an error nothing is given";
}

TEST(TypedTest, NamesAreChecked) {
  for (const char* text : {"a*", "a.b", "a b", ">", "counties/520521/schools/1", "counties/520521/children/",
                           "children/a", "'; drop", "%s"}) {
    Typed typed("520521");
    EXPECT_EQ(typed.Name("--child", "children", text), "") << text;
    EXPECT_EQ(IsUsageError(typed.status()), true) << text;
  }
  for (const char* county : {"52052", "5205211", "52052a", "counties/", "贵州"}) {
    EXPECT_FALSE(Typed(county).ok()) << county;
  }
}

TEST(TypedTest, KeepsTheFirstError) {
  Typed typed("520521");
  typed.Name("--child", "children", "a*");
  typed.Name("--helper", "staffMembers", "b*");
  EXPECT_THAT(std::string(typed.status().message()), HasSubstr("--child"));
  EXPECT_EQ(ShortName("counties/520521/children/a"), "a");
  EXPECT_EQ(ShortName("a"), "a");
}

}  // namespace
}  // namespace tonghu::forms
