#include "services/reporting/domain/scope.h"

#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"

namespace tonghu::reporting {
namespace {

TEST(ParseDivisionTest, TheThreeForms) {
  const auto county = ParseDivision("520521");
  ASSERT_TRUE(county.ok());
  EXPECT_EQ(county->county, "520521");
  EXPECT_EQ(county->township_code + county->school_id, "");

  const auto township = ParseDivision("520521101");
  ASSERT_TRUE(township.ok());
  EXPECT_EQ(township->county, "520521");
  EXPECT_EQ(township->township_code, "520521101");
  EXPECT_EQ(township->school_id, "");

  const auto school = ParseDivision("counties/520521/schools/s-1");
  ASSERT_TRUE(school.ok());
  EXPECT_EQ(school->county, "520521");
  EXPECT_EQ(school->township_code, "");
  EXPECT_EQ(school->school_id, "s-1");
}

TEST(ParseDivisionTest, OtherFormsAreRefusedWithTheRemedy) {
  for (const char* text :
       {"", "52", "5205", "520521101001", "52052x", "５２０５２１", "counties/520521",
        "counties/520521/schools/", "counties/520521/children/c1", "counties/520521/schools/a/b",
        "counties/5205/schools/s1", "520521' OR ''='", "52052*", "counties/520521/schools/%s"}) {
    const refusal::Refusal why = refusal::Of(ParseDivision(text).status());
    EXPECT_EQ(why.reason, "DIVISION_MALFORMED") << text;
    EXPECT_EQ(why.field, "division");
    EXPECT_NE(why.message.find("nine digits"), std::string::npos);
    EXPECT_NE(why.message_zh.find("9位"), std::string::npos);
  }
}

TEST(ParseWeeksTest, AnyDayStandsForItsWeek) {
  const auto weeks = ParseWeeks("2026-09-13", "2026-09-14");
  ASSERT_TRUE(weeks.ok());
  EXPECT_EQ(weeks->first, absl::CivilDay(2026, 9, 7));
  EXPECT_EQ(weeks->last, absl::CivilDay(2026, 9, 14));
  EXPECT_TRUE(ParseWeeks("2026-09-13", "2026-09-13").ok());
}

TEST(ParseWeeksTest, EmptyMeansAll) {
  const auto weeks = ParseWeeks("", "");
  ASSERT_TRUE(weeks.ok());
  EXPECT_LT(weeks->first, absl::CivilDay(2000, 1, 1));
  EXPECT_GT(weeks->last, absl::CivilDay(2200, 1, 1));
}

TEST(ParseWeeksTest, Refusals) {
  EXPECT_EQ(refusal::Of(ParseWeeks("2026-13-01", "").status()).field, "from_date");
  EXPECT_EQ(refusal::Of(ParseWeeks("", "1 May").status()).field, "to_date");
  EXPECT_EQ(refusal::Of(ParseWeeks("", "9999-01-01").status()).reason, "DATE_MALFORMED");
  EXPECT_EQ(refusal::Of(ParseWeeks("2026-09-02", "2026-09-01").status()).reason, "DATES_REVERSED");
}

}  // namespace
}  // namespace tonghu::reporting
