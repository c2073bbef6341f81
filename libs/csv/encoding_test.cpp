#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/csv/csv.h"

namespace tonghu::csv {
namespace {

using testing::HasSubstr;

TEST(EncodingTest, KeepsUtf8AndStripsItsMark) {
  EXPECT_EQ(*ToUtf8("姓名,𠮷"), "姓名,𠮷");
  EXPECT_EQ(*ToUtf8("\xEF\xBB\xBF姓名"), "姓名");
  EXPECT_EQ(*ToUtf8(""), "");
}

TEST(EncodingTest, ReadsGb18030) {
  EXPECT_EQ(*ToUtf8("\xD0\xD5\xC3\xFB,\xD0\xD4\xB1\xF0\r\n"), "姓名,性别\r\n");
  EXPECT_EQ(*ToUtf8("\x95\x34\xB2\x35"), "𠮷") << "four bytes: names have such characters";
  EXPECT_EQ(*ToUtf8("\xE8\x5C,\x81\x7C"), "鑌,亅") << "trail bytes that look like ASCII are no separators";
}

TEST(EncodingTest, NamesTheRowThatIsNeither) {
  const auto row_of = [](std::string_view bytes) { return std::string(ToUtf8(bytes).status().message()); };
  EXPECT_THAT(row_of("a,b\n1,\xFF\n"), HasSubstr("第2行："));
  EXPECT_THAT(row_of("\xD0\xD5\r\n\xD0\xD5\r\n\xC3"), HasSubstr("第3行："))
      << "cut in the middle of a character";
  EXPECT_THAT(row_of("\"\xD0\xD5\n\xD0\xD5\"\n\xFF"), HasSubstr("第2行："))
      << "a line end in a quoted cell is no row";
  EXPECT_THAT(row_of("\xEF\xBB\xBF姓名\n\xD0\xD5\xC3\xFB\n"), HasSubstr("第2行："))
      << "marked as UTF-8, so it must be";
}

TEST(EncodingTest, DamagedUtf8IsNotTakenForGb18030) {
  // Read as GB18030 these bytes give private-use characters.
  EXPECT_FALSE(ToUtf8("姓名\n\xF8\xA1\xF8\xA1\n").ok());
  // UTF-8 cut in the middle of its last character: an odd number of bytes.
  EXPECT_FALSE(ToUtf8(std::string_view("留守儿童").substr(0, 11)).ok());
}

TEST(EncodingTest, Utf16IsRefusedWithARemedy) {
  const std::string_view utf16("\xFF\xFE\x61\x00\x0A\x00", 6);
  EXPECT_THAT(std::string(ToUtf8(utf16).status().message()), HasSubstr("另存为"));
}

TEST(EncodingTest, ParsesAGb18030File) {
  const auto table = Parse("\xD0\xD5\xC3\xFB,\xD0\xD4\xB1\xF0\r\n\xD5\xC5\xC8\xFD,\xC4\xD0\r\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->header, testing::ElementsAre("姓名", "性别"));
  EXPECT_THAT(table->rows[0].fields, testing::ElementsAre("张三", "男"));
}

}  // namespace
}  // namespace tonghu::csv
