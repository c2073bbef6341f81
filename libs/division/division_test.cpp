#include "libs/division/division.h"

#include <gtest/gtest.h>

namespace tonghu::division {
namespace {

TEST(CodeTest, LengthGivesTheLevel) {
  EXPECT_EQ(*LevelOf("52"), Level::kProvince);
  EXPECT_EQ(*LevelOf("5203"), Level::kPrefecture);
  EXPECT_EQ(*LevelOf("520324"), Level::kCounty);
  EXPECT_EQ(*LevelOf("520324101"), Level::kTownship);
  EXPECT_EQ(*LevelOf("520324101001"), Level::kVillage);
  for (const char* code : {"", "5", "52032", "5203241", "5203241010010", "52032x", "5*", " 52", "５２"}) {
    EXPECT_FALSE(LevelOf(code).ok()) << code;
  }
}

TEST(CodeTest, ParentIsOneLevelUp) {
  EXPECT_EQ(ParentOf("520324101001"), "520324101");
  EXPECT_EQ(ParentOf("520324101"), "520324");
  EXPECT_EQ(ParentOf("520324"), "5203");
  EXPECT_EQ(ParentOf("5203"), "52");
  EXPECT_EQ(ParentOf("52"), "");
  EXPECT_EQ(ParentOf("52032"), "");
}

TEST(CodeTest, WithinComparesWholeLevels) {
  EXPECT_TRUE(IsWithin("520324101", "5203"));
  EXPECT_TRUE(IsWithin("520324", "520324"));
  EXPECT_FALSE(IsWithin("5203", "520324"));
  EXPECT_FALSE(IsWithin("520324", "")) << "an empty ancestor must not mean everything";
  EXPECT_FALSE(IsWithin("520324", "520"));
}

TEST(GuizhouTest, HasEveryLevel) {
  const Divisions& guizhou = Divisions::Guizhou();
  EXPECT_EQ(guizhou.AllOf(Level::kProvince).size(), 1u);
  EXPECT_EQ(guizhou.AllOf(Level::kPrefecture).size(), 9u);
  EXPECT_EQ(guizhou.AllOf(Level::kCounty).size(), 88u);
  EXPECT_EQ(guizhou.AllOf(Level::kTownship).size(), 1510u);
  EXPECT_EQ(guizhou.AllOf(Level::kVillage).size(), 17964u);
}

TEST(GuizhouTest, FindsAndNames) {
  const Divisions& guizhou = Divisions::Guizhou();
  ASSERT_NE(guizhou.Find("520304"), nullptr);
  EXPECT_EQ(guizhou.Find("520304")->name, "播州区");
  EXPECT_EQ(guizhou.FullName("520304"), "贵州省遵义市播州区");
  EXPECT_EQ(guizhou.FullName("520324104"), "贵州省遵义市正安县土坪镇");
  EXPECT_TRUE(guizhou.IsCounty("520304"));
  EXPECT_FALSE(guizhou.IsCounty("5203"));
  EXPECT_FALSE(guizhou.IsCounty("520399"));
  EXPECT_EQ(guizhou.Find("110101"), nullptr) << "Beijing";
  EXPECT_EQ(guizhou.Find("*"), nullptr);
  EXPECT_EQ(guizhou.FullName("520399"), "");
}

TEST(GuizhouTest, ChildrenOfEveryDivisionAddUpToTheNextLevel) {
  const Divisions& guizhou = Divisions::Guizhou();
  for (const Level level : {Level::kProvince, Level::kPrefecture, Level::kCounty, Level::kTownship}) {
    size_t children = 0;
    for (const Division& division : guizhou.AllOf(level)) {
      for (const Division& child : guizhou.ChildrenOf(division.code))
        EXPECT_EQ(ParentOf(child.code), division.code);
      children += guizhou.ChildrenOf(division.code).size();
    }
    EXPECT_EQ(children, guizhou.AllOf(static_cast<Level>(static_cast<int>(level) + 1)).size());
  }
  EXPECT_EQ(guizhou.ChildrenOf("520203").size(), 18u);
  EXPECT_TRUE(guizhou.ChildrenOf("999999").empty());
  EXPECT_TRUE(guizhou.ChildrenOf(guizhou.AllOf(Level::kVillage)[0].code).empty());
}

TEST(ParseTest, ReadsAnyOrderAndLineEnds) {
  const auto divisions = Divisions::Parse("code,name\r\n520324,正安县\r\n5203,遵义市\r\n\r\n52,贵州省");
  ASSERT_TRUE(divisions.ok()) << divisions.status();
  EXPECT_EQ(divisions->FullName("520324"), "贵州省遵义市正安县");
}

TEST(ParseTest, RefusesBrokenTables) {
  for (const char* table : {"", "52,贵州省\n", "code,name\n52\n", "code,name\n52,\n", "code,name\n523,x\n",
                            "code,name\n52,贵州省\n52,贵州\n", "code,name\n52,贵州省\n520324,正安县\n"}) {
    EXPECT_EQ(Divisions::Parse(table).status().code(), absl::StatusCode::kInvalidArgument) << table;
  }
}

}  // namespace
}  // namespace tonghu::division
