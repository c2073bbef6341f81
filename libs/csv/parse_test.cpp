#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <ctime>

#include "libs/csv/csv.h"

namespace tonghu::csv {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string ErrorOf(std::string_view bytes, const Limits& limits = {}) {
  const auto table = Parse(bytes, limits);
  return table.ok() ? "ok" : std::string(table.status().message());
}

TEST(ParseTest, NumbersRowsAsASpreadsheetDoes) {
  const auto table = Parse("姓名,性别\r\n张三,男\r\n\r\n,\r\n李四,女\r\n\r\n\r\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->header, ElementsAre("姓名", "性别"));
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].number, 2);
  EXPECT_EQ(table->rows[1].number, 5) << "blank rows are dropped but counted";
  EXPECT_THAT(table->rows[1].fields, ElementsAre("李四", "女"));
}

TEST(ParseTest, AllLineEndsAreOneRowEach) {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    const std::string text = std::string("a,b") + end + "1,2" + end + end + "3,4";
    const auto table = Parse(text);
    ASSERT_TRUE(table.ok());
    ASSERT_EQ(table->rows.size(), 2u);
    EXPECT_EQ(table->rows[0].number, 2);
    EXPECT_EQ(table->rows[1].number, 4);
  }
}

TEST(ParseTest, QuotesHoldCommasLineEndsAndQuotes) {
  const auto table = Parse("姓名,地址\n\"张,三\",\"第一行\r\n第二行 \"\"老屋\"\"\"\n李四,\"\"\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->rows[0].fields, ElementsAre("张,三", "第一行\r\n第二行 \"老屋\""));
  EXPECT_EQ(table->rows[1].number, 3) << "a line end inside a cell is no new row";
  EXPECT_THAT(table->rows[1].fields, ElementsAre("李四", ""));
}

TEST(ParseTest, KeepsCellsAsWritten) {
  const auto table = Parse("a,b,c\n 1 ,=SUM(A1),'x\n");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table->rows[0].fields, ElementsAre(" 1 ", "=SUM(A1)", "'x"));
}

TEST(ParseTest, ShortRowsAreFilledAndEmptyExtrasDropped) {
  const auto table = Parse("a,b,c,,\n1\n1,2,3,, \n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->header.size(), 3u);
  EXPECT_THAT(table->rows[0].fields, ElementsAre("1", "", ""));
  EXPECT_THAT(table->rows[1].fields, ElementsAre("1", "2", "3"));
  EXPECT_THAT(ErrorOf("a,b\n1,2\n1,2,,4\n"), HasSubstr("第3行：第4列有内容，但表头只有2列"));
}

TEST(ParseTest, TabsWhenTheHeaderHasNoComma) {
  const auto table = Parse("姓名\t住址\n张三\t一组,二号\n");
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table->rows[0].fields, ElementsAre("张三", "一组,二号"));
}

TEST(ParseTest, RefusesWrongQuotesWithTheRow) {
  EXPECT_THAT(ErrorOf("a,b\n1,2\n\"3,4\n5,6\n"), HasSubstr("第3行：从这一行起，引号没有成对"));
  EXPECT_THAT(ErrorOf("a,b\n1,2\n3\"x,4\n"), HasSubstr("第3行：引号用错"));
  EXPECT_THAT(ErrorOf("a,b\n\"3\"x,4\n"), HasSubstr("第2行：引号用错"));
  EXPECT_EQ(Parse("a\n\"b").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ParseTest, RefusesNothingAndNul) {
  for (const char* text : {"", "\n\r\n", "\xEF\xBB\xBF", " , ,\n"}) {
    EXPECT_EQ(ErrorOf(text), "文件是空的，第1行应为表头");
  }
  EXPECT_THAT(ErrorOf(std::string_view("a,b\n1,\0\n", 8)), HasSubstr("第2行：含有空字节"));
}

TEST(ParseTest, AHeaderAloneIsAnEmptyTable) {
  const auto table = Parse("姓名,性别");
  ASSERT_TRUE(table.ok());
  EXPECT_TRUE(table->rows.empty());
}

TEST(ParseTest, HoldsEveryLimit) {
  const Limits limits{.max_bytes = 100, .max_rows = 2, .max_fields = 3, .max_field_bytes = 10};
  EXPECT_EQ(ErrorOf("a,b,c\n1\n2\n\n\n", limits), "ok");
  EXPECT_THAT(ErrorOf("a\n1\n2\n3\n", limits), HasSubstr("第4行：数据超过2行"));
  EXPECT_THAT(ErrorOf("a\n1,2,3,4\n", limits), HasSubstr("第2行：超过3列"));
  EXPECT_THAT(ErrorOf("a\n12345678901\n", limits), HasSubstr("第2行：单元格超过10字节"));
  EXPECT_THAT(ErrorOf(std::string(101, 'a'), limits), HasSubstr("文件超过100字节"));
  EXPECT_EQ(Parse("a\n1\n2\n3\n", limits).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(ParseTest, ErrorsNeverRepeatACell) {
  for (const char* text : {"a\n张三,520324\n", "a\n\"张三\n", "a\n张三\xFF\n"}) {
    EXPECT_THAT(ErrorOf(text), Not(HasSubstr("张三")));
  }
}

// Processor time of reading `text`, the least of three runs.
double Cost(const std::string& text) {
  double least = 0;
  for (int run = 0; run < 3; ++run) {
    const std::clock_t start = std::clock();
    Parse(text).IgnoreError();
    const double cost = static_cast<double>(std::clock() - start);
    if (run == 0 || cost < least) least = cost;
  }
  return std::max(least, 1.0);
}

TEST(ParseTest, CostGrowsWithTheBytes) {
  // Eight times the bytes cost about eight times as much; a quadratic reader would take 64 times.
  const auto rows = [](int count) {
    std::string text = "姓名,性别,出生日期,身份证号,住址\n";
    for (int i = 0; i < count; ++i)
      text += "张三丰,男,2017-05-06,52039920170506123X,\"贵州省遵义市正安县，一组\"\n";
    return text;
  };
  EXPECT_LT(Cost(rows(40'000)) / Cost(rows(5'000)), 30);
  // One quote that never closes would make the rest of the file one cell.
  const auto open_quote = [](int count) { return "a\n\"" + std::string(count, ','); };
  EXPECT_LT(Cost(open_quote(8 << 20)) / Cost(open_quote(1 << 20)), 30);
}

TEST(ParseTest, AQuoteLeftOpenInALongFileIsNamedByItsRow) {
  const auto table = Parse("a\n1\n\"" + std::string(1 << 20, ','));
  EXPECT_EQ(table.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(table.status().message()),
              HasSubstr("第3行：单元格超过16384字节，也可能是引号没有成对"));
}

TEST(ParseTest, ReadsBackWhatJoinWrites) {
  EXPECT_TRUE(rc::check("any cells that are not formulas come back", [] {
    const auto character = rc::gen::elementOf(std::string("ab1 ,\"\n\r;'-"));
    const auto cells =
        *rc::gen::container<std::vector<std::string>>(3, rc::gen::container<std::string>(character));
    for (const std::string& cell : cells) RC_PRE(!LooksLikeFormula(cell));
    RC_PRE(!Trim(cells[0]).empty());
    const auto table = Parse(Join({"x", "y", "z"}) + Join(cells));
    RC_ASSERT(table.ok());
    RC_ASSERT(table->rows.size() == 1u);
    RC_ASSERT(table->rows[0].fields == cells);
  }));
}

TEST(ParseTest, AnyBytesAreJudgedWithoutHarm) {
  EXPECT_TRUE(rc::check("arbitrary bytes give a table whose rows fit its header, or an error",
                        [](const std::string& bytes) {
                          const auto table = Parse(bytes);
                          if (!table.ok()) return;
                          for (const Row& row : table->rows)
                            RC_ASSERT(row.fields.size() == table->header.size());
                        }));
}

}  // namespace
}  // namespace tonghu::csv
