#include "services/registry/domain/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/division/county.h"
#include "libs/ids/names.h"
#include "services/registry/domain/testing/girl.h"

namespace tonghu::registry {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

const School kSchool{"520324", "2152990001", "正安县土坪镇明星村完全小学", "520324104"};

std::vector<std::string> Check(const School& school) {
  Faults faults;
  CheckSchool(school, faults);
  return Reasons(faults);
}

std::vector<std::string> Check(const Post& post) {
  Faults faults;
  CheckPost(post, faults);
  return Reasons(faults);
}

TEST(CountyTest, KnowsTheProvincesCountiesOnly) {
  EXPECT_TRUE(division::CheckCounty("520324", "parent").ok());
  for (const char* code : {"110105", "5203", "520399", "520324104", "", "52032a"}) {
    EXPECT_EQ(refusal::Of(division::CheckCounty(code, "parent")).reason, "COUNTY_NOT_FOUND") << code;
  }
}

TEST(SchoolTest, LiesInATownshipOfItsCounty) {
  EXPECT_THAT(Check(kSchool), IsEmpty());
  School school = kSchool;
  school.township_code = "520203104";
  EXPECT_THAT(Check(school), ElementsAre("TOWNSHIP_OF_ANOTHER_COUNTY"));
  for (const char* code : {"", "520324", "520324999", "5203241040", "' OR 1=1"}) {
    school.township_code = code;
    EXPECT_THAT(Check(school), ElementsAre("TOWNSHIP_NOT_FOUND")) << code;
  }
}

TEST(SchoolTest, IdsCarryNoWildcardsAndLeaveRoom) {
  School school = kSchool;
  for (const char* id : {"", "a.b", "a*", ">", "a b", "-a", "学校", "a/b"}) {
    school.id = id;
    EXPECT_THAT(Check(school), ElementsAre("ID_MALFORMED")) << id;
  }
  school.id = std::string(41, 'a');
  EXPECT_THAT(Check(school), ElementsAre("SCHOOL_ID_TOO_LONG"));
}

TEST(PostTest, LongestIdIsStillAName) {
  const Post post{.county = "520324",
                  .kind = PostKind::kClassTeacher,
                  .school_id = std::string(40, 'a'),
                  .grade = 12,
                  .class_number = 99};
  EXPECT_TRUE(ids::IsId(post.id()));
}

TEST(PostTest, NeedsWhatItsKindAnswersForAndNothingElse) {
  EXPECT_THAT(Check(Post{}), ElementsAre("POST_KIND_MISSING"));
  EXPECT_THAT(Check(Post{.kind = static_cast<PostKind>(9)}), ElementsAre("POST_KIND_MISSING"));
  EXPECT_THAT(Check(Post{.county = "520324", .kind = PostKind::kClassTeacher}),
              ElementsAre("SCHOOL_MISSING", "GRADE_OUT_OF_RANGE", "CLASS_OUT_OF_RANGE"));
  EXPECT_THAT(Check(Post{.county = "520324", .kind = PostKind::kSchoolHead}), ElementsAre("SCHOOL_MISSING"));
  EXPECT_THAT(Check(Post{.county = "520324", .kind = PostKind::kTownshipSupervisor}),
              ElementsAre("TOWNSHIP_NOT_FOUND"));
  EXPECT_THAT(Check(Post{.county = "520324",
                         .kind = PostKind::kCountyOffice,
                         .school_id = "S1",
                         .grade = 1,
                         .township_code = "520324104"}),
              ElementsAre("FIELD_NOT_OF_POST", "FIELD_NOT_OF_POST", "FIELD_NOT_OF_POST"));
}

TEST(PostTest, MayBeVacantButNotItsOwnDeputy) {
  EXPECT_THAT(Check(Post{.county = "520324", .kind = PostKind::kCountyOffice}), IsEmpty());
  EXPECT_THAT(
      Check(Post{.county = "520324", .kind = PostKind::kCountyOffice, .holder_id = "T1", .deputy_id = "T1"}),
      ElementsAre("DEPUTY_IS_HOLDER"));
}

TEST(ClassTest, Bounds) {
  for (const auto& [grade, number] : {std::pair{0, 1}, {13, 1}, {-1, 1}, {1, 0}, {1, 100}}) {
    Faults faults;
    CheckClass(grade, number, faults);
    EXPECT_EQ(faults.size(), 1u) << grade << "-" << number;
  }
  Faults faults;
  CheckClass(1, 1, faults);
  CheckClass(12, 99, faults);
  EXPECT_THAT(faults, IsEmpty());
}

}  // namespace
}  // namespace tonghu::registry
