#include <gtest/gtest.h>

#include "libs/csv/csv.h"

namespace tonghu::csv {
namespace {

TEST(TrimTest, TakesAsciiAndFullWidthBlanks) {
  EXPECT_EQ(Trim(" \t　张 三\u00A0\r\n"), "张 三");
  EXPECT_EQ(Trim("　　"), "");
  EXPECT_EQ(Trim(""), "");
  EXPECT_EQ(Trim("、"), "、") << "shares bytes with U+3000, is no blank";
}

TEST(FormulaTest, SeesWhatASpreadsheetRuns) {
  for (const char* cell : {"=1+1", "=HYPERLINK(\"http://x\",\"点\")", "@SUM(1)", "+cmd|' /C calc'!A0",
                           "-cmd|' /C calc'!A0", "\t=1+1", " =A1", "\r\n@x", "＝1+1", "－A1", "-2+3+cmd"}) {
    EXPECT_TRUE(LooksLikeFormula(cell)) << cell;
  }
}

TEST(FormulaTest, LeavesWhatPeopleWrite) {
  for (const char* cell : {"", "张三", "-", "--", "=", "@", "+8613800000000", "+86 138-0000-0000", "-5",
                           "-1.5", "a=b", "'=1", "——"}) {
    EXPECT_FALSE(LooksLikeFormula(cell)) << cell;
  }
}

TEST(DamagedNumberTest, SeesScientificAndRoundedNumbers) {
  for (const char* cell : {"5.20521E+17", "5.20324201705061E+17", "5E17", " 1.38e+10 ", "520521201405061000",
                           "5205212014050610000"}) {
    EXPECT_TRUE(LooksLikeDamagedNumber(cell)) << cell;
  }
}

TEST(DamagedNumberTest, LeavesWholeNumbers) {
  for (const char* cell :
       {"", "520521201405061234", "52052120140506123X", "520521201405061200", "13800000000",
        "1000000000000000", "E+17", "5.2E", "5.2E+", "5.2.1E+17", "3E班", "一"}) {
    EXPECT_FALSE(LooksLikeDamagedNumber(cell)) << cell;
  }
  EXPECT_FALSE(LooksLikeDamagedNumber("520521201405061230"));
}

TEST(JoinTest, QuotesAndDisarms) {
  EXPECT_EQ(Join({}), "\n");
  EXPECT_EQ(Join({"a", "", "b c"}), "a,,b c\n");
  EXPECT_EQ(Join({"张,三", "说\"好\"", "一\n二"}), "\"张,三\",\"说\"\"好\"\"\",\"一\n二\"\n");
  EXPECT_EQ(Join({"=1+1", "-5", "@x,y"}), "'=1+1,-5,\"'@x,y\"\n");
}

}  // namespace
}  // namespace tonghu::csv
