#include "libs/directory/directory.h"

#include <gtest/gtest.h>

namespace tonghu::directory {
namespace {

const Place kPlace{"s1", "520521100", 3, 2};

TEST(PostIdTest, NamesWhatThePostAnswersFor) {
  EXPECT_EQ(PostId(PostKind::kClassTeacher, kPlace), "class_teacher-s1-3-2");
  EXPECT_EQ(PostId(PostKind::kSchoolHead, kPlace), "school_head-s1");
  EXPECT_EQ(PostId(PostKind::kTownshipSupervisor, kPlace), "township_supervisor-520521100");
  EXPECT_EQ(PostId(PostKind::kCountyOffice, kPlace), "county_office");
  EXPECT_EQ(PostId(PostKind::kProvinceOffice, kPlace), "province_office");
  EXPECT_EQ(PostId(PostKind::kUnspecified, kPlace), "");
  EXPECT_EQ(PostId(static_cast<PostKind>(9), kPlace), "");
}

TEST(WhoAnswersTest, TheHolderAnswers) {
  Directory directory;
  directory.PutPost("class_teacher-s1-3-2", {.holder = {"t1", "张老师"}, .deputy = {"t2", "李老师"}});
  directory.PutPost("school_head-s1", {.holder = {"t3", "校长"}});
  const Answer teacher = directory.WhoAnswers(PostKind::kClassTeacher, kPlace);
  EXPECT_EQ(teacher.post_id, "class_teacher-s1-3-2");
  EXPECT_FALSE(teacher.vacant);
  ASSERT_NE(teacher.person, nullptr);
  EXPECT_EQ(teacher.person->id, "t1");
  EXPECT_EQ(teacher.person->name, "张老师");
  EXPECT_EQ(directory.WhoAnswers(PostKind::kSchoolHead, kPlace).person->id, "t3");
}

TEST(WhoAnswersTest, AVacantPostPassesToItsDeputy) {
  Directory directory;
  directory.PutPost("class_teacher-s1-3-2", {.deputy = {"t2", "李老师"}});
  const Answer answer = directory.WhoAnswers(PostKind::kClassTeacher, kPlace);
  EXPECT_TRUE(answer.vacant);
  ASSERT_NE(answer.person, nullptr);
  EXPECT_EQ(answer.person->id, "t2");
}

TEST(WhoAnswersTest, NobodyAnswersForAPostWithoutHolderAndDeputy) {
  Directory directory;
  directory.PutPost("school_head-s1", {});
  for (const PostKind kind : {PostKind::kSchoolHead, PostKind::kCountyOffice}) {
    const Answer answer = directory.WhoAnswers(kind, kPlace);
    EXPECT_TRUE(answer.vacant);
    EXPECT_EQ(answer.person, nullptr);
    EXPECT_EQ(answer.post_id, PostId(kind, kPlace)) << "also of a post that is not known";
  }
}

TEST(WhoAnswersTest, TheLastPutCounts) {
  Directory directory;
  directory.PutPost("school_head-s1", {.holder = {"t1", ""}});
  directory.PutPost("school_head-s1", {});
  EXPECT_EQ(directory.WhoAnswers(PostKind::kSchoolHead, kPlace).person, nullptr);
  directory.PutStaff("t1", "张老师");
  directory.PutStaff("t1", "章老师");
  EXPECT_EQ(*directory.FindName("t1"), "章老师");
  EXPECT_EQ(directory.FindName("t2"), nullptr);
}

}  // namespace
}  // namespace tonghu::directory
