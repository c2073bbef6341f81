#include "services/registry/domain/roster.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/registry/domain/testing/girl.h"

namespace tonghu::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kChildHeader[] =
    "姓名,性别,出生日期,身份证号,民族,学校标识码,年级,班级,是否寄宿,监护类型,关爱等级,监护人姓名,"
    "与监护人关系,监护人电话,父亲姓名,父亲务工地,父亲电话,母亲姓名,母亲务工地,母亲电话\n";
constexpr char kStaffHeader[] = "工号,姓名,电话,岗位,学校标识码,年级,班级,乡镇代码,代理工号\n";

csv::Table Table(const std::string& text) {
  auto table = csv::Parse(text);
  EXPECT_TRUE(table.ok()) << table.status();
  return table.ok() ? *std::move(table) : csv::Table{};
}

// "row column reason" of each error.
std::vector<std::string> Said(const RowErrors& errors) {
  std::vector<std::string> said;
  for (const RowError& error : errors.Listed())
    said.push_back(fmt::format("{} {} {}", error.row, error.column, error.reason));
  return said;
}

std::string ChildLine(const std::string& number, const std::string& name = "安雅悦") {
  return fmt::format(
      "{},女,2017-05-06,{},苗族,2152990001,3,1,否,隔代监护,重点关注,安世富,爷爷,15422925272,安开强,"
      "广东省深圳市,15449170656,冯国芳,,\n",
      name, number);
}

std::vector<ChildRow> Children(const std::string& lines, RowErrors& errors) {
  return ReadChildren(Table(kChildHeader + lines), kToday, errors);
}

TEST(ChildRosterTest, ReadsARow) {
  RowErrors errors;
  const auto children = Children(ChildLine(Girl().identity_number), errors);
  EXPECT_THAT(Said(errors), IsEmpty());
  ASSERT_THAT(children, SizeIs(1));
  Dossier expected = Girl();
  expected.care_level = CareLevel::kFocus;
  expected.parents.push_back({"冯国芳", "母亲", "", ""});
  EXPECT_EQ(children[0].row, 2);
  EXPECT_TRUE(children[0].dossier == expected);
}

TEST(ChildRosterTest, AHeaderAloneIsFine) {
  RowErrors errors;
  EXPECT_THAT(Children("", errors), IsEmpty());
  EXPECT_EQ(errors.count(), 0);
}

TEST(ChildRosterTest, NamesEveryMissingColumn) {
  RowErrors errors;
  ReadChildren(Table("姓名,性别,出生日期,民族,学校标识码,年级,班级,是否寄宿,监护类型,关爱等级,监护人姓名,"
                     "与监护人关系,监护人电话,父亲姓名,父亲务工地,父亲电话,母亲姓名,母亲务工地\n"),
               kToday, errors);
  EXPECT_THAT(Said(errors), ElementsAre("1 身份证号 MISSING_COLUMN", "1 母亲电话 MISSING_COLUMN"));
}

TEST(SchoolRosterTest, AColumnNobodyReadsIsRefusedUnlessItIsEmpty) {
  const auto said = [](const std::string& cell) {
    RowErrors errors;
    ReadSchools(Table("学校标识码,校名,乡镇代码,联糸电话\n2152990001,明星小学,520324102," + cell + "\n"),
                "520324", errors);
    return Said(errors);
  };
  EXPECT_THAT(said("0851-26420000"), ElementsAre("1 联糸电话 COLUMN_NOT_FOUND"));
  EXPECT_THAT(said(" "), IsEmpty());
}

TEST(ChildRosterTest, AColumnTwiceIsRefused) {
  RowErrors errors;
  ReadSchools(Table("学校标识码,校名,校名,乡镇代码\n"), "520324", errors);
  EXPECT_THAT(Said(errors), ElementsAre("1  HEADER_MALFORMED"));
}

TEST(ChildRosterTest, FaultsNameTheirColumns) {
  RowErrors errors;
  Children(
      "安雅悦,男人,2027-01-01,,苗族,2152990001,三,0,或许,外星监护,很关注,,爷爷,15422925272,,广东省,154,"
      "冯国芳,,12\n",
      errors);
  EXPECT_THAT(Said(errors),
              testing::UnorderedElementsAre(
                  "2 是否寄宿 BOARDING_MALFORMED", "2 监护类型 GUARDIANSHIP_MALFORMED",
                  "2 关爱等级 CARE_LEVEL_MALFORMED", "2 出生日期 BIRTH_DATE_IN_FUTURE", "2 性别 SEX_MISSING",
                  "2 年级 GRADE_OUT_OF_RANGE", "2 班级 CLASS_OUT_OF_RANGE", "2 监护人姓名 TEXT_MISSING",
                  "2 父亲姓名 TEXT_MISSING", "2 父亲电话 PHONE_MALFORMED", "2 母亲电话 PHONE_MALFORMED"));
}

TEST(ChildRosterTest, FormulasAndDamagedNumbersAreRefused) {
  RowErrors errors;
  Children(ChildLine("5.20399E+17") + ChildLine("520399201705060000") + ChildLine("", "=HYPERLINK(1)") +
               ChildLine("", "@SUM(1)"),
           errors);
  EXPECT_THAT(Said(errors), ElementsAre("2 身份证号 DAMAGED_NUMBER", "3 身份证号 DAMAGED_NUMBER",
                                        "4 姓名 FORMULA_CELL", "5 姓名 FORMULA_CELL"));
}

TEST(ChildRosterTest, TheSameChildTwiceNamesTheOtherRow) {
  RowErrors errors;
  Children(ChildLine(Girl().identity_number) + ChildLine(Girl().identity_number, "另名") + ChildLine("") +
               ChildLine(""),
           errors);
  EXPECT_THAT(Said(errors), ElementsAre("3 身份证号 DUPLICATE_IDENTITY_NUMBER", "5 姓名 DUPLICATE_CHILD"));
  EXPECT_THAT(errors.Listed()[0].message_zh, HasSubstr("第2行"));
  EXPECT_THAT(errors.Listed()[1].message_zh, HasSubstr("第4行"));
}

TEST(ChildRosterTest, ErrorsRepeatNothingOfTheRow) {
  RowErrors errors;
  Children(ChildLine("520399201705060021", "安雅悦\u202E") + ChildLine("520399201705060021"), errors);
  ASSERT_GT(errors.count(), 0);
  for (const RowError& error : errors.Listed()) {
    for (const char* secret : {"520399201705060021", "雅悦", "15422925272"})
      EXPECT_THAT(error.message_zh, Not(HasSubstr(secret)));
  }
}

TEST(ChildRosterTest, SqlAndFormatsAreJustText) {
  RowErrors errors;
  const auto children = Children(ChildLine("", "Robert'); DROP TABLE child;--") + ChildLine("", "%s{}%n") +
                                     ChildLine("", "\"引\"\"号\""),
                                 errors);
  EXPECT_THAT(Said(errors), IsEmpty());
  ASSERT_THAT(children, SizeIs(3));
  EXPECT_EQ(children[2].dossier.display_name, "引\"号");
}

TEST(RosterDateTest, ReadsWhatSpreadsheetsWrite) {
  for (const char* text : {"2015-09-01", "2015/9/1", "2015.9.1", "20150901", "2015年9月1日", "2015-9-1"}) {
    EXPECT_EQ(ParseRosterDate(text), absl::CivilDay(2015, 9, 1)) << text;
  }
  for (const char* text : {"", "42248", "2015", "2015-09", "9/1/2015", "2015-02-30", "2015年9月1日x",
                           "2015--1", "二〇一五年九月一日"}) {
    EXPECT_EQ(ParseRosterDate(text), std::nullopt) << text;
  }
}

TEST(StaffRosterTest, ReadsPostsVacanciesAndPeopleWithoutPost) {
  RowErrors errors;
  const StaffRoster roster = ReadStaff(
      Table(std::string(kStaffHeader) + "T1,钟守望,15400000000,省平台值班,,,,,\n,,,校长,2152990001,,,,T1\n"
                                        "T2,胡春群,,班主任,2152990001,1年级,2班,,T1\nT3,余开贵,,,,,,,\nT1,"
                                        "钟守望,15400000000,县民政局值班,,,,,T2\n"),
      "520324", errors);
  EXPECT_THAT(Said(errors), IsEmpty());
  ASSERT_THAT(roster.rows, SizeIs(5));
  EXPECT_TRUE(roster.names_deputies);
  EXPECT_EQ(roster.rows[0].post->id(), "province_office");
  EXPECT_FALSE(roster.rows[1].member.has_value());
  EXPECT_EQ(roster.rows[1].post->holder_id, "");
  EXPECT_EQ(roster.rows[1].post->deputy_id, "T1");
  EXPECT_EQ(roster.rows[2].post->id(), "class_teacher-2152990001-1-2");
  EXPECT_FALSE(roster.rows[3].post.has_value());
}

// The cell of the school is the school of the post; whoever has none works where the cell says.
TEST(StaffRosterTest, SaysWhereSomebodyWorksAndTheSex) {
  RowErrors errors;
  const StaffRoster roster = ReadStaff(
      Table("工号,姓名,电话,岗位,学校标识码,年级,班级,乡镇代码,性别\nT1,胡春群,,班主任,S2,1,2,,女\nT1,胡春群,"
            ",校长,S1,,,,女\n"
            "T2,余开贵,,,S1,,,,男\nT3,安,,儿童督导员,S1,,,520324104,\nT4,石,,,,,,,\nT5,罗,,,S1,,,,不详\n"),
      "520324", errors);
  EXPECT_TRUE(roster.says_sex);
  EXPECT_THAT(Said(errors), ElementsAre("7 性别 SEX_MISSING"));
  ASSERT_THAT(roster.rows, SizeIs(5));
  EXPECT_EQ(roster.rows[0].member->school_id, "S2");
  EXPECT_EQ(roster.rows[1].member->school_id, "S2") << "of two posts' schools the first in the file";
  EXPECT_EQ(roster.rows[1].member->sex, Sex::kFemale);
  EXPECT_EQ(roster.rows[2].member->school_id, "S1");
  EXPECT_EQ(roster.rows[2].member->sex, Sex::kMale);
  EXPECT_EQ(roster.rows[3].member->school_id, "") << "a supervisor's cell is left aside";
  EXPECT_EQ(roster.rows[4].member->sex, Sex::kUnspecified);
}

TEST(StaffRosterTest, RefusesContradictions) {
  RowErrors errors;
  ReadStaff(Table(std::string(kStaffHeader) +
                  "T1,钟守望,,县民政局值班,,,,,\nT1,另名,,,,,,,\nT2,胡春群,,县民政局值班,,,,,\n,无号,,校长,"
                  "2152990001,,,,\n"
                  "T4,余,,教皇,,,,,\n,,,,,,,520324104,\nT5,安,,儿童督导员,,,,520203104,\n"),
            "520324", errors);
  EXPECT_THAT(Said(errors), ElementsAre("3 工号 STAFF_DIFFERS", "4 岗位 DUPLICATE_POST",
                                        "5 工号 STAFF_NUMBER_MISSING", "6 岗位 POST_KIND_MALFORMED",
                                        "7  ROW_SAYS_NOTHING", "8 乡镇代码 TOWNSHIP_OF_ANOTHER_COUNTY"));
}

TEST(SchoolRosterTest, ReadsAndRefuses) {
  RowErrors errors;
  const auto schools =
      ReadSchools(Table("学校标识码,校名,乡镇代码\nS1,甲校,520324104\nS1,乙校,520324104\nS2,,520203104\n"),
                  "520324", errors);
  EXPECT_THAT(schools, SizeIs(1));
  EXPECT_THAT(Said(errors), ElementsAre("3 学校标识码 DUPLICATE_SCHOOL", "4 校名 TEXT_MISSING",
                                        "4 乡镇代码 TOWNSHIP_OF_ANOTHER_COUNTY"));
}

TEST(RowErrorsTest, CountsAllAndKeepsTheFirstOfTheFile) {
  RowErrors errors;
  for (int row = 1000; row > 1; --row) errors.Add({row, "姓名", "TEXT_MISSING", ""});
  EXPECT_EQ(errors.count(), 999);
  ASSERT_THAT(errors.Listed(), SizeIs(RowErrors::kKept));
  EXPECT_EQ(errors.Listed().front().row, 2);
  EXPECT_EQ(errors.Listed().back().row, 101);
}

}  // namespace
}  // namespace tonghu::registry
