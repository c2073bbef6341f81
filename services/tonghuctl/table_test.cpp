#include "services/tonghuctl/table.h"

#include <gtest/gtest.h>

namespace tonghu::tonghuctl {
namespace {

TEST(TableTest, ChineseTakesTwoColumns) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("张三"), 4u);
  EXPECT_EQ(DisplayWidth("张san，"), 7u) << "the full-width comma is wide";
  EXPECT_EQ(DisplayWidth("𠀀"), 2u) << "rare characters beyond the first plane, as in names";
  EXPECT_EQ(DisplayWidth("e\u0301"), 1u) << "a combining mark takes none";
  EXPECT_EQ(DisplayWidth("\xff"), 1u) << "what is no UTF-8 still has a width";
}

TEST(TableTest, ColumnsLineUp) {
  Table table({"姓名", "Grade", "x"});
  table.Add({"欧阳娜娜", "1", "a"});
  table.Add({"Li", "12", ""});
  EXPECT_EQ(table.Text(),
            "姓名      Grade  x\n"
            "欧阳娜娜  1      a\n"
            "Li        12\n");
}

TEST(TableTest, ShortAndLongRows) {
  Table table({"a", "b"});
  table.Add({"1"});
  table.Add({"1", "2", "3"});
  EXPECT_EQ(table.Text(), "a  b\n1\n1  2\n");
}

TEST(TableTest, NothingDrivesTheTerminal) {
  EXPECT_EQ(Printable("a\x1b[31mb\nc\td"), "a [31mb c d");
  EXPECT_EQ(Printable("x\u202ey"), "x y") << "right-to-left override";
  EXPECT_EQ(Printable("家访\xff"), "家访 ");
}

}  // namespace
}  // namespace tonghu::tonghuctl
