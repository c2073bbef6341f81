#include "deploy/demo/roster_generator.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "libs/csv/csv.h"
#include "libs/division/division.h"

namespace tonghu::demo {
namespace {

constexpr absl::CivilDay kFirstSchoolDay(2026, 9, 1);

struct Demo {
  Roster village, mining;
};

Demo MakeDemo() {
  RosterGenerator generator(kDemoSeed);
  Demo demo;
  demo.village = generator.Make(VillageCounty());
  demo.mining = generator.Make(MiningCounty());
  return demo;
}

std::map<std::string, int> CountBy(const Roster& roster, std::string Child::*field) {
  std::map<std::string, int> counts;
  for (const Child& child : roster.children) ++counts[child.*field];
  return counts;
}

int Boys(const Roster& roster) {
  int boys = 0;
  for (const Child& child : roster.children) boys += child.sex == identity::Sex::kMale;
  return boys;
}

// What must be true of every roster, whatever its size.
void ExpectSound(const Roster& roster) {
  const auto& guizhou = division::Divisions::Guizhou();
  std::set<std::string> numbers;
  for (const Post& post : roster.posts) {
    if (!post.number.empty()) {
      EXPECT_TRUE(numbers.insert(post.number).second) << "a staff number twice";
      EXPECT_TRUE(identity::ValidatePhone(post.phone).ok());
    }
  }
  std::set<std::tuple<std::string, int, int>> taught;
  for (const Post& post : roster.posts) {
    EXPECT_TRUE(post.deputy.empty() || (numbers.contains(post.deputy) && post.deputy != post.number));
    if (post.title == "班主任") taught.insert({post.school, post.grade, post.class_number});
  }
  for (const School& school : roster.schools) {
    ASSERT_NE(guizhou.Find(school.township), nullptr);
    EXPECT_TRUE(division::IsWithin(school.township, roster.county));
  }
  std::set<std::string> ids;
  for (const Child& child : roster.children) {
    const auto id = identity::ParseResidentId(child.id_number, kFirstSchoolDay);
    ASSERT_TRUE(id.ok()) << id.status();
    EXPECT_EQ(id->birth(), child.birth);
    EXPECT_EQ(id->sex(), child.sex);
    EXPECT_FALSE(guizhou.IsCounty(std::string(id->county()))) << "could be a real child's number";
    EXPECT_TRUE(ids.insert(child.id_number).second);
    EXPECT_TRUE(taught.contains({child.school, child.grade, child.class_number}))
        << "a child without a class teacher";
    const int age_in_months =
        static_cast<int>(absl::CivilMonth(kFirstSchoolDay) - absl::CivilMonth(child.birth));
    EXPECT_GE(age_in_months, (child.grade + 5) * 12);
    EXPECT_LE(age_in_months, (child.grade + 6) * 12);
    EXPECT_FALSE(child.guardian.name.empty());
    EXPECT_TRUE(identity::ValidatePhone(child.guardian.phone).ok());
    EXPECT_FALSE(child.father.name.empty() && child.mother.name.empty());
  }
}

TEST(DemoTest, VillageSchoolHasThePublishedFigures) {
  const Roster village = MakeDemo().village;
  ExpectSound(village);
  ASSERT_EQ(village.schools.size(), 1u);
  EXPECT_EQ(village.children.size(), 27u);
  EXPECT_EQ(Boys(village), 14);
  EXPECT_EQ(CountBy(village, &Child::guardianship),
            (std::map<std::string, int>{
                {"隔代监护", 10}, {"父母单方监护", 14}, {"亲朋监护", 2}, {"单亲或孤儿", 1}}));
  for (const Post& post : village.posts)
    EXPECT_EQ(post.title == "校长", post.number.empty()) << "only the head is missing";
}

TEST(DemoTest, MiningSchoolHasThePublishedFigures) {
  const Roster mining = MakeDemo().mining;
  ExpectSound(mining);
  EXPECT_EQ(mining.children.size(), 17u);
  EXPECT_EQ(Boys(mining), 8);
  EXPECT_EQ(CountBy(mining, &Child::guardianship),
            (std::map<std::string, int>{{"隔代监护", 10}, {"父母单方监护", 5}, {"亲朋监护", 2}}));
}

TEST(DemoTest, CommittedFilesAreTheGeneratorsOutput) {
  const auto file = [](const std::string& name) {
    std::ifstream stream("deploy/demo/rosters/" + name, std::ios::binary);
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
  };
  const Demo demo = MakeDemo();
  for (const Roster& roster : {demo.village, demo.mining}) {
    EXPECT_EQ(file("schools-" + roster.county + ".csv"), SchoolsCsv(roster));
    EXPECT_EQ(file("staff-" + roster.county + ".csv"), StaffCsv(roster));
    EXPECT_EQ(file("children-" + roster.county + ".csv"), ChildrenCsv(roster));
  }
}

TEST(LargeCountyTest, IsSoundAtOddSizes) {
  for (const int children : {1, 7, 121, 5000}) {
    const auto plan = LargeCounty("520521", children);
    ASSERT_TRUE(plan.ok());
    const Roster roster = RosterGenerator(1).Make(*plan);
    EXPECT_EQ(roster.children.size(), static_cast<size_t>(children));
    ExpectSound(roster);
  }
}

TEST(LargeCountyTest, SameSeedSamePeopleOtherSeedOthers) {
  const auto plan = LargeCounty("520521", 200);
  const std::string once = ChildrenCsv(RosterGenerator(1).Make(*plan));
  EXPECT_EQ(ChildrenCsv(RosterGenerator(1).Make(*plan)), once);
  EXPECT_NE(ChildrenCsv(RosterGenerator(2).Make(*plan)), once);
}

TEST(LargeCountyTest, RefusesWhatItCannotMake) {
  EXPECT_FALSE(LargeCounty("110101", 10).ok());
  EXPECT_FALSE(LargeCounty("520521", 0).ok());
  EXPECT_FALSE(LargeCounty("520521", 1'000'000).ok());
}

TEST(LargeCountyTest, ItsFilesReadBackRowByRow) {
  const Roster roster = RosterGenerator(1).Make(*LargeCounty("520521", 3'000));
  const auto table = csv::Parse(ChildrenCsv(roster));
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_EQ(table->rows.size(), roster.children.size());
  const csv::Column wanted[] = {{{"姓名"}}, {{"身份证号"}}};
  const auto columns = csv::Columns::Find(*table, wanted);
  ASSERT_TRUE(columns.ok());
  for (size_t i = 0; i < roster.children.size(); ++i) {
    EXPECT_EQ(table->rows[i].number, static_cast<int>(i) + 2);
    EXPECT_EQ(columns->Cell(table->rows[i], 0), roster.children[i].name);
    EXPECT_EQ(columns->Cell(table->rows[i], 1), roster.children[i].id_number);
  }
}

}  // namespace
}  // namespace tonghu::demo
