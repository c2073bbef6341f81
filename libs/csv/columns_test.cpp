#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/csv/csv.h"

namespace tonghu::csv {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::vector<Column> kWanted = {
    {{"姓名", "学生姓名"}}, {{"身份证号", "身份证号码", "身份证号(18位)"}}, {{"民族"}, false}};

absl::StatusOr<Columns> FindIn(const Table& table) { return Columns::Find(table, kWanted); }

TEST(ColumnsTest, FindsByNameAliasAndSpelling) {
  const Table table{{"序号", "*学生 姓名", "身份证号（18位）"}, {{2, {"1", " 张三　", "x"}}}};
  const auto columns = FindIn(table);
  ASSERT_TRUE(columns.ok()) << columns.status();
  EXPECT_EQ(columns->Cell(table.rows[0], 0), "张三");
  EXPECT_EQ(columns->Cell(table.rows[0], 1), "x");
  EXPECT_FALSE(columns->Has(2));
  EXPECT_EQ(columns->Cell(table.rows[0], 2), "") << "optional and absent";
}

TEST(ColumnsTest, SaysWhatWouldBeLost) {
  const Table table{{"序号", "姓名", "身份证号", "备注", ""},
                    {{2, {"1", "a", "b", "", " "}}, {3, {"2", "a", "b", "x", ""}}}};
  EXPECT_THAT(FindIn(table)->Unread(table), testing::ElementsAre("备注"));
}

TEST(ColumnsTest, TheFirstNameWins) {
  const Table table{{"学生姓名", "姓名", "身份证号"}, {{2, {"a", "b", "c"}}}};
  EXPECT_EQ(FindIn(table)->Cell(table.rows[0], 0), "b");
}

TEST(ColumnsTest, SaysWhatIsMissingAndWhatIsThere) {
  const auto columns = FindIn({{"姓名", "性别"}, {}});
  EXPECT_EQ(std::string(columns.status().message()), "缺少列：身份证号；表头中有：姓名、性别");
}

TEST(ColumnsTest, ARowOfAChildTakenForTheHeaderIsNotRepeated) {
  const auto columns = FindIn({{"张三", "520399201705061232"}, {}});
  EXPECT_THAT(std::string(columns.status().message()), HasSubstr("一个需要的列也没有，应有：姓名、身份证号"));
  EXPECT_THAT(std::string(columns.status().message()), Not(HasSubstr("张三")));
}

TEST(ColumnsTest, RefusesAColumnThatIsThereTwice) {
  EXPECT_EQ(std::string(FindIn({{"姓名", "姓 名", "身份证号"}, {}}).status().message()),
            "表头中“姓名”列出现了两次");
}

TEST(ColumnsTest, TheListInAnErrorIsBounded) {
  Table table{{"姓名"}, {}};
  for (int i = 0; i < 200; ++i) table.header.push_back(std::string(1000, 'x'));
  EXPECT_LT(FindIn(table).status().message().size(), 2000u);
}

}  // namespace
}  // namespace tonghu::csv
