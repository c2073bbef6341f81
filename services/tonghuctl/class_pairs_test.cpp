#include "services/tonghuctl/class_pairs.h"

#include <gtest/gtest.h>

namespace tonghu::tonghuctl {
namespace {

registry::v1::Child Child(const std::string& name, const std::string& school, int grade, int class_number) {
  registry::v1::Child child;
  child.set_name(name);
  child.set_school(school);
  child.set_grade(grade);
  child.set_class_number(class_number);
  return child;
}

registry::v1::Post Teacher(const std::string& school, int grade, int class_number,
                           const std::string& holder) {
  registry::v1::Post post;
  post.set_kind(registry::v1::POST_KIND_CLASS_TEACHER);
  post.set_school(school);
  post.set_grade(grade);
  post.set_class_number(class_number);
  post.set_holder(holder);
  return post;
}

pairing::v1::Pairing Pairing(const std::string& child, bool ended) {
  pairing::v1::Pairing pairing;
  pairing.set_child(child);
  if (ended) pairing.mutable_end_time()->set_seconds(1);
  return pairing;
}

TEST(ClassPairsTest, EachChildGoesToTheTeacherOfItsOwnClass) {
  const auto pairs =
      PairByClass({Child("a", "s1", 1, 1), Child("b", "s1", 1, 2), Child("c", "s2", 1, 1)},
                  {Teacher("s1", 1, 1, "t1"), Teacher("s1", 1, 2, "t2"), Teacher("s2", 1, 1, "t3")}, {});
  ASSERT_EQ(pairs.to_make.size(), 3u);
  EXPECT_EQ(pairs.to_make[0].helper, "t1");
  EXPECT_EQ(pairs.to_make[1].helper, "t2");
  EXPECT_EQ(pairs.to_make[2].helper, "t3");
  EXPECT_TRUE(pairs.without_teacher.empty());
}

TEST(ClassPairsTest, PairedChildrenStayAsTheyAre) {
  const auto pairs = PairByClass({Child("a", "s", 1, 1), Child("b", "s", 1, 1)}, {Teacher("s", 1, 1, "t")},
                                 {Pairing("a", false), Pairing("b", true)});
  ASSERT_EQ(pairs.to_make.size(), 1u) << "an ended pairing looks after nobody";
  EXPECT_EQ(pairs.to_make[0].child, "b");
  EXPECT_EQ(pairs.paired_already, 1);
}

TEST(ClassPairsTest, AClassWithoutTeacherIsListed) {
  auto deputised = Teacher("s", 2, 1, "");
  deputised.set_deputy("d");
  auto head = Teacher("s", 3, 1, "h");
  head.set_kind(registry::v1::POST_KIND_SCHOOL_HEAD);
  const std::vector<registry::v1::Child> children = {Child("a", "s", 1, 1), Child("b", "s", 2, 1),
                                                     Child("c", "s", 3, 1)};
  const auto pairs = PairByClass(children, {deputised, head}, {});
  EXPECT_TRUE(pairs.to_make.empty());
  ASSERT_EQ(pairs.without_teacher.size(), 3u);
  EXPECT_EQ(pairs.without_teacher[1]->name(), "b");
}

}  // namespace
}  // namespace tonghu::tonghuctl
