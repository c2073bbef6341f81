#include "services/access/domain/rights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"
#include "services/access/domain/account.h"

namespace tonghu::access {
namespace {

using directory::PostKind;
using testing::ElementsAre;
using testing::IsEmpty;

HeldPost Post(PostKind kind, const std::string& id = "") {
  return {kind, "520203", id, {.school_id = "S1", .grade = 3, .class_number = 1}};
}

std::string ReasonFor(const Right& right, const std::string& county = "520203",
                      const std::vector<Right>& held = {}) {
  const absl::Status checked = CheckGrant(right, county, held);
  return checked.ok() ? "" : refusal::Of(checked).reason;
}

const Right kTeacher{Role::kClassTeacher,
                     {.county = "520203", .school_id = "S1", .grade = 3, .class_number = 1}};
const Right kAuditor{Role::kAuditor, {.county = "520203"}};

TEST(RightsTest, EachPostGivesItsRight) {
  const auto rights = [](PostKind kind, const std::string& id = "") {
    return RightsFrom({.posts = {Post(kind, id)}, .county = "520203"});
  };
  EXPECT_THAT(rights(PostKind::kClassTeacher), ElementsAre(kTeacher));
  EXPECT_THAT(rights(PostKind::kSchoolHead),
              ElementsAre(Right{Role::kSchoolHead, {.county = "520203", .school_id = "S1"}}));
  EXPECT_THAT(
      rights(PostKind::kTownshipSupervisor, "township_supervisor-520203104"),
      ElementsAre(Right{Role::kTownshipSupervisor, {.county = "520203", .township_code = "520203104"}}));
  EXPECT_THAT(rights(PostKind::kCountyOffice),
              ElementsAre(Right{Role::kCountyOfficer, {.county = "520203"}}));
  EXPECT_THAT(rights(PostKind::kProvinceOffice),
              ElementsAre(Right{Role::kProvinceOfficer, {.county = "520203"}}))
      << "a county that puts the post gives away no more than it has";
  EXPECT_THAT(rights(PostKind::kUnspecified), IsEmpty());
}

TEST(RightsTest, HelpedChildrenAreOneRight) {
  EXPECT_THAT(RightsFrom({.county = "520203", .helped = {"a", "b"}}),
              ElementsAre(Right{Role::kHelper, {.county = "520203", .child_ids = {"a", "b"}}}));
  EXPECT_THAT(RightsFrom({.county = "520203"}), IsEmpty());
}

TEST(RightsTest, UntilItIsApprovedAnAccountHasNone) {
  EXPECT_THAT(RightsFrom({.pending = true,
                          .posts = {Post(PostKind::kSchoolHead)},
                          .grants = {kAuditor},
                          .county = "520203",
                          .helped = {"a"},
                          .broken_glass = {{Role::kGlassBreaker, {.county = "520203", .child_ids = {"b"}}}}}),
              IsEmpty());
}

TEST(RightsTest, AnAdministratorHasNothingElse) {
  EXPECT_THAT(RightsFrom({.posts = {Post(PostKind::kSchoolHead)},
                          .grants = {kTeacher, kAuditor},
                          .county = "520203",
                          .helped = {"a"},
                          .broken_glass = {{Role::kGlassBreaker, {.county = "520203", .child_ids = {"b"}}}}}),
              ElementsAre(kAuditor));
}

TEST(RightsTest, PhonesStaySignedInLonger) {
  EXPECT_EQ(IdleOf({kTeacher}), kIdleOnPhones);
  EXPECT_EQ(IdleOf({kTeacher, {Role::kSchoolHead, {}}}), kIdleInOffices);
  EXPECT_EQ(IdleOf({kAuditor}), kIdleInOffices);
  EXPECT_EQ(IdleOf({}), kIdleInOffices);
}

TEST(RightsTest, GrantsFitTheirRole) {
  EXPECT_EQ(ReasonFor(kTeacher), "");
  EXPECT_EQ(ReasonFor({Role::kHelper, {.county = "520203", .child_ids = {"c"}}}), "");
  EXPECT_EQ(ReasonFor({Role::kTownshipSupervisor, {.county = "520203", .township_code = "520203104"}}), "");
  EXPECT_EQ(ReasonFor({Role::kCountyOfficer, {.county = "520203"}}), "");
  EXPECT_EQ(ReasonFor({Role::kClassTeacher, {.county = "520203", .school_id = "S1"}}), "AREA_MISMATCH");
  EXPECT_EQ(ReasonFor({Role::kHelper, {.county = "520203"}}), "AREA_MISMATCH");
  EXPECT_EQ(ReasonFor({Role::kTownshipSupervisor, {.county = "520203", .township_code = "520324104"}}),
            "AREA_MISMATCH");
  EXPECT_EQ(ReasonFor({Role::kCountyOfficer, {}}, "000000"), "AREA_MISMATCH");
  for (const Role role : {Role::kUnspecified, Role::kGlassBreaker, Role::kLocalOperator, Role::kService,
                          static_cast<Role>(99), static_cast<Role>(-1)})
    EXPECT_EQ(ReasonFor({role, {.county = "520203"}}), "ROLE_NOT_GRANTABLE") << static_cast<int>(role);
}

TEST(RightsTest, AGrantStaysInTheAccountsCounty) {
  EXPECT_EQ(ReasonFor({Role::kCountyOfficer, {.county = "520324"}}), "AREA_MISMATCH");
  EXPECT_EQ(ReasonFor({Role::kProvinceOfficer, {}}), "AREA_MISMATCH");
  EXPECT_EQ(ReasonFor({Role::kAuditor, {}}), "AREA_MISMATCH");
  EXPECT_EQ(ReasonFor({Role::kProvinceOfficer, {}}, "000000"), "");
  EXPECT_EQ(ReasonFor({Role::kAuditor, {}}, "000000"), "");
}

TEST(RightsTest, TheThreeAdministratorsAreDifferentPeople) {
  const Right system{Role::kSystemAdministrator, {.county = "520203"}};
  EXPECT_EQ(ReasonFor(system, "520203", {kAuditor}), "ADMINISTRATORS_APART");
  EXPECT_EQ(ReasonFor(system, "520203", {kTeacher}), "ADMINISTRATORS_APART");
  EXPECT_EQ(ReasonFor(kTeacher, "520203", {system}), "ADMINISTRATORS_APART");
  EXPECT_EQ(ReasonFor(kAuditor, "520203", {kAuditor}), "");
  EXPECT_EQ(ReasonFor(kTeacher, "520203", {kTeacher}), "");
}

}  // namespace
}  // namespace tonghu::access
