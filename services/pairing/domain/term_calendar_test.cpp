#include "services/pairing/domain/term_calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"

namespace tonghu::pairing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TermCalendar Of(const char* term, absl::CivilDay first, absl::CivilDay last,
                CalendarOrigin origin = CalendarOrigin::kSchool) {
  return {term, *calendar::SchoolCalendar::Make({{first, last}}, {}, {}), origin};
}

std::vector<std::string> Names(const std::vector<TermCalendar>& calendars) {
  std::vector<std::string> names;
  for (const TermCalendar& one : calendars) names.push_back(one.term);
  return names;
}

const TermCalendar kAutumn = Of("2026-autumn", absl::CivilDay(2026, 9, 1), absl::CivilDay(2027, 1, 15));
const TermCalendar kSpring = Of("2027-spring", absl::CivilDay(2027, 3, 1), absl::CivilDay(2027, 7, 9));

TEST(TermCalendarTest, WhatIsGeneralHoldsBesideTheOtherTerms) {
  EXPECT_THAT(Names(Beside({}, {kAutumn, kSpring})), ElementsAre("2026-autumn", "2027-spring"));
  EXPECT_THAT(Names(Beside({kAutumn}, {kAutumn, kSpring})), ElementsAre("2027-spring"));
  EXPECT_THAT(Names(Beside({kAutumn, kSpring}, {kAutumn, kSpring})), IsEmpty());
}

TEST(TermCalendarTest, ATermOfTheSameIdReplacesAlsoOnOtherDays) {
  const TermCalendar moved = Of("2027-spring", absl::CivilDay(2027, 7, 10), absl::CivilDay(2027, 7, 31));
  EXPECT_THAT(Names(Beside({moved}, {kAutumn, kSpring})), ElementsAre("2026-autumn"));
}

TEST(TermCalendarTest, ATermWithADayOfItReplacesAlsoUnderAnotherId) {
  const auto beside = [](absl::CivilDay first, absl::CivilDay last) {
    return Names(Beside({Of("own", first, last)}, {kAutumn, kSpring}));
  };
  EXPECT_THAT(beside(absl::CivilDay(2027, 1, 15), absl::CivilDay(2027, 2, 1)), ElementsAre("2027-spring"));
  EXPECT_THAT(beside(absl::CivilDay(2027, 1, 16), absl::CivilDay(2027, 2, 28)),
              ElementsAre("2026-autumn", "2027-spring"));
  EXPECT_THAT(beside(absl::CivilDay(2026, 8, 1), absl::CivilDay(2026, 8, 31)),
              ElementsAre("2026-autumn", "2027-spring"));
  EXPECT_THAT(beside(absl::CivilDay(2027, 1, 16), absl::CivilDay(2027, 3, 1)), ElementsAre("2026-autumn"));
  EXPECT_THAT(beside(absl::CivilDay(2026, 10, 1), absl::CivilDay(2026, 10, 2)), ElementsAre("2027-spring"))
      << "inside the term";
}

TEST(TermCalendarTest, TwoTermsOfOneOwnerHaveNoDayInCommon) {
  const std::vector<TermCalendar> known = {kAutumn, kSpring};
  const auto reason = [&known](const TermCalendar& put) {
    return refusal::Of(CheckAgainst(known, put)).reason;
  };
  EXPECT_EQ(reason(Of("2026-autumn", absl::CivilDay(2026, 9, 7), absl::CivilDay(2027, 1, 29))), "");
  EXPECT_EQ(reason(Of("summer", absl::CivilDay(2027, 7, 10), absl::CivilDay(2027, 8, 9))), "");
  EXPECT_EQ(reason(Of("summer", absl::CivilDay(2027, 7, 9), absl::CivilDay(2027, 8, 9))), "TERMS_OVERLAP");
  EXPECT_EQ(reason(Of("2026-autumn", absl::CivilDay(2027, 9, 1), absl::CivilDay(2028, 1, 15))), "TERM_MOVED");
}

}  // namespace
}  // namespace tonghu::pairing
