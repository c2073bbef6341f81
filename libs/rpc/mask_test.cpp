// What is left of an answer.
#include "libs/rpc/mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/rpc/testing/echo_service.pb.h"

namespace tonghu::rpc {
namespace {

using rights::Right;
using rights::Role;
using rights::RoleSet;
using ::testing::ElementsAre;
using testing::File;

File Full(const char* child) {
  File file;
  if (*child != '\0') file.set_child(absl::StrCat("counties/520521/children/", child));
  file.set_display_name("王小明");
  file.set_identity_number("52052120150304123X");
  file.add_phones("13800001234");
  file.add_phones("0851");
  file.set_note("想妈妈");
  file.mutable_seat()->set_school("s1");
  file.set_remark("open");
  return file;
}

File Masked(const std::vector<Right>& rights, File file) {
  RoleSet roles;
  for (const Right& right : rights) roles = roles | RoleSet(right.role);
  Mask(rights::Scope::Of(rights, roles, "520521"), file);
  return file;
}

const Right kHead{Role::kSchoolHead, {.county = "520521", .school_id = "s1"}};
const Right kHelper{Role::kHelper, {.county = "520521", .child_ids = {"c1"}}};

TEST(MaskTest, WhoSeesAllGetsAll) {
  EXPECT_EQ(Masked({{Role::kCountyOfficer, {.county = "520521"}}}, Full("c1")).SerializeAsString(),
            Full("c1").SerializeAsString());
}

TEST(MaskTest, AHintIsLeftOfTexts) {
  const File masked = Masked({{Role::kService, {}}}, Full("c1"));
  EXPECT_EQ(masked.display_name(), "王**");
  EXPECT_EQ(masked.identity_number(), "**************123X");
  EXPECT_THAT(masked.phones(), ElementsAre("*******1234", "**"));
  EXPECT_EQ(masked.note(), "**");
  EXPECT_FALSE(masked.has_seat());
  EXPECT_EQ(masked.child(), Full("c1").child());
  EXPECT_EQ(masked.remark(), "open");
  EXPECT_EQ(Masked({{Role::kService, {}}}, File()).SerializeAsString(), "") << "what is not there stays away";
}

TEST(MaskTest, EachChildIsShownByTheRightsThatReachTheChild) {
  File file = Full("c2");
  *file.add_siblings() = Full("c1");
  *file.mutable_siblings(0)->add_siblings() = Full("");  // about whom the message around it is
  *file.add_siblings() = Full("c3");
  const File masked = Masked({kHead, kHelper}, file);
  EXPECT_EQ(masked.note(), "**");
  EXPECT_EQ(masked.identity_number(), "52052120150304123X");
  EXPECT_EQ(masked.siblings(0).note(), "想妈妈");
  EXPECT_EQ(masked.siblings(0).siblings(0).note(), "想妈妈");
  EXPECT_EQ(masked.siblings(1).note(), "**");
  EXPECT_EQ(Masked({kHelper}, Full("")).display_name(), "王**") << "about nobody known";
}

TEST(MaskTest, NoFilterTellsWhatIsHidden) {
  const std::vector<Right> head = {kHead}, helper = {kHelper};
  const auto of_head = rights::Scope::Of(head, RoleSet(Role::kSchoolHead), "520521");
  const auto of_helper = rights::Scope::Of(helper, RoleSet(Role::kHelper), "520521");
  File request;
  EXPECT_FALSE(AsksForHidden(of_helper, request));
  request.set_identity_number("52052120150304123X");
  EXPECT_TRUE(AsksForHidden(of_helper, request));
  EXPECT_FALSE(AsksForHidden(of_head, request));
  File around;
  *around.add_siblings() = request;
  EXPECT_TRUE(AsksForHidden(of_helper, around));
}

}  // namespace
}  // namespace tonghu::rpc
