// What rights reach.
#include "libs/rights/scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonghu::rights {
namespace {

using directory::Place;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kCounty[] = "520324";
const RoleSet kAny{Role::kClassTeacher,       Role::kHelper,        Role::kSchoolHead,
                   Role::kTownshipSupervisor, Role::kCountyOfficer, Role::kProvinceOfficer,
                   Role::kLocalOperator};
const Right kTeacher{
    Role::kClassTeacher,
    {.county = kCounty, .township_code = "520324104", .school_id = "s1", .grade = 3, .class_number = 1}};
const Right kHelper{Role::kHelper, {.county = kCounty, .child_ids = {"c1", "c2"}}};
const Right kHead{Role::kSchoolHead, {.county = kCounty, .township_code = "520324104", .school_id = "s1"}};
const Right kSupervisor{Role::kTownshipSupervisor, {.county = kCounty, .township_code = "520324104"}};
const Right kOfficer{Role::kCountyOfficer, {.county = kCounty}};
const Right kProvince{Role::kProvinceOfficer, {}};
const Place kInClass{"s1", "520324104", 3, 1}, kNextClass{"s1", "520324104", 3, 2},
    kGrade{"s1", "520324104", 3, 0}, kSchool{"s1", "520324104", 0, 0}, kOtherSchool{"s2", "520324104", 3, 1},
    kAway{"s3", "520324105", 3, 1}, kTownship{"", "520324104", 0, 0};

// A scope refers to its rights, which live as long as the test.
class ScopeTest : public testing::Test {
 protected:
  const Scope& Of(std::vector<Right> rights, const char* county = kCounty, RoleSet roles = kAny) {
    rights_ = std::move(rights);
    scope_ = Scope::Of(rights_, roles, county);
    return scope_;
  }
  std::vector<Right> rights_;
  Scope scope_;
};

TEST_F(ScopeTest, AClassTeacherHasTheClass) {
  const Scope& scope = Of({kTeacher});
  EXPECT_FALSE(scope.empty());
  EXPECT_FALSE(scope.CoversCounty());
  EXPECT_TRUE(scope.Covers(kInClass, "x"));
  EXPECT_TRUE(scope.Covers(kInClass));
  for (const Place& outside : {kNextClass, kGrade, kSchool, kOtherSchool, kAway, kTownship, Place()})
    EXPECT_FALSE(scope.Covers(outside, "x"));
  EXPECT_TRUE(scope.Touches(kSchool));
  EXPECT_FALSE(scope.Touches(kOtherSchool));
  EXPECT_TRUE(scope.HasAreas());
  EXPECT_FALSE(scope.HasTownships());
}

TEST_F(ScopeTest, AHelperHasTheChildrenWhereverTheyAre) {
  const Scope& scope = Of({kHelper});
  EXPECT_TRUE(scope.Names("c1"));
  EXPECT_TRUE(scope.Covers(Place(), "c2"));
  EXPECT_FALSE(scope.Covers(kInClass, "c3"));
  EXPECT_FALSE(scope.Covers(kInClass)) << "a place is not the children's";
  EXPECT_FALSE(scope.HasAreas());
  EXPECT_FALSE(Of({kHelper}).Covers({.school_id = "s1"})) << "a school of which no township is known";
}

TEST_F(ScopeTest, LevelsHoldWhatLiesBelowThem) {
  EXPECT_TRUE(Of({kHead}).Covers(kNextClass, "x"));
  EXPECT_TRUE(Of({kHead}).Covers(kSchool));
  EXPECT_FALSE(Of({kHead}).Covers(kTownship));
  EXPECT_FALSE(Of({kHead}).Covers(kOtherSchool));
  EXPECT_TRUE(Of({kSupervisor}).Covers(kOtherSchool));
  EXPECT_TRUE(Of({kSupervisor}).Covers(kTownship));
  EXPECT_FALSE(Of({kSupervisor}).Covers(kAway));
  EXPECT_TRUE(Of({kSupervisor}).HasTownships());
  EXPECT_TRUE(Of({kOfficer}).CoversCounty());
  EXPECT_TRUE(Of({kOfficer}).Covers(kAway));
  EXPECT_FALSE(Of({kOfficer}).CoversProvince());
  EXPECT_TRUE(Of({kProvince}).CoversProvince());
  EXPECT_TRUE(Scope::Everything().CoversProvince());
}

TEST_F(ScopeTest, RightsOfOtherCountiesAndRolesDoNotCount) {
  EXPECT_TRUE(Of({kOfficer, kTeacher, kHelper}, "520323").empty());
  EXPECT_TRUE(Of({kOfficer}, "").empty()) << "a call about no county is for those who have all";
  EXPECT_TRUE(Of({kProvince}, "").CoversProvince());
  EXPECT_TRUE(Of({kProvince}, "000000").CoversCounty());
  EXPECT_TRUE(Of({kOfficer}, "000000").empty());
  EXPECT_TRUE(Of({kTeacher}, kCounty, RoleSet(Role::kSchoolHead)).empty());
  EXPECT_TRUE(Of({}).empty());
  EXPECT_TRUE(Of({{Role::kTownshipSupervisor, {.township_code = "520324104"}}}).empty())
      << "without a county";
}

TEST_F(ScopeTest, SeveralRightsAddUp) {
  const Scope& scope =
      Of({kTeacher, kHelper, {Role::kClassTeacher, {.county = kCounty, .school_id = "s2", .grade = 2}}});
  EXPECT_TRUE(scope.Covers(kInClass, "x"));
  EXPECT_TRUE(scope.Covers(kAway, "c1"));
  EXPECT_TRUE(scope.Covers({"s2", "520324104", 2, 5}, "x")) << "a whole grade";
  EXPECT_FALSE(scope.Covers(kOtherSchool, "x"));
  const Filter filter = scope.filter();
  EXPECT_FALSE(filter.everything);
  EXPECT_EQ(filter.classes.size(), 2u);
  EXPECT_THAT(filter.children, ElementsAre("c1", "c2"));
  EXPECT_THAT(filter.schools, IsEmpty());
}

TEST_F(ScopeTest, PageTokensAreOfOneScope) {
  const std::string one = Of({kTeacher, kHelper}).Fingerprint();
  EXPECT_EQ(Of({kHelper, kTeacher}).Fingerprint(), one);
  EXPECT_NE(Of({kTeacher}).Fingerprint(), one);
  EXPECT_NE(Of({kHead}).Fingerprint(), Of({kSupervisor}).Fingerprint());
  Right next = kTeacher;
  next.area.class_number = 2;
  EXPECT_NE(Of({next}).Fingerprint(), Of({kTeacher}).Fingerprint()) << "the next class";
  next = kTeacher;
  next.area.grade = 4;
  EXPECT_NE(Of({next}).Fingerprint(), Of({kTeacher}).Fingerprint());
  Right other = kHelper;
  other.area.child_ids = {"c1"};
  EXPECT_NE(Of({other}).Fingerprint(), Of({kHelper}).Fingerprint());
  EXPECT_EQ(Of({kOfficer}).Fingerprint(), Scope::Everything().Fingerprint());
}

TEST_F(ScopeTest, WhatIsShownIsWhatTheRoleOfTheRowsPlaceSees) {
  EXPECT_TRUE(Scope::Everything().Shows("x").HasAll(SeenBy(Role::kProvinceOfficer)));
  EXPECT_EQ(Of({kProvince}).Shows("x"), SeenBy(Role::kProvinceOfficer));
  EXPECT_EQ(Of({kHead}).Shows(""), SeenBy(Role::kSchoolHead));
  // A head who helps a child sees that child's talks, and no other's.
  EXPECT_FALSE(Of({kHead, kHelper}).Shows("x").Has(FieldClass::kPsyche));
  EXPECT_TRUE(Of({kHead, kHelper}).Shows("c1").Has(FieldClass::kPsyche));
  EXPECT_TRUE(Of({kHead, kHelper}).Shows("c1").Has(FieldClass::kIdNumber));
  // A supervisor who teaches a class elsewhere sees no numbers there, and no talks here.
  const Right elsewhere{Role::kClassTeacher,
                        {.county = kCounty, .school_id = "s3", .grade = 3, .class_number = 1}};
  EXPECT_FALSE(Of({kSupervisor, elsewhere}).Shows("x").Has(FieldClass::kIdNumber));
  EXPECT_FALSE(Of({kSupervisor, elsewhere}).Shows("x").Has(FieldClass::kPsyche));
  // A class within the school that one heads takes nothing away.
  EXPECT_TRUE(Of({kHead, kTeacher}).Shows("x").Has(FieldClass::kIdNumber));
  EXPECT_TRUE(Of({kOfficer, kTeacher}).Shows("x").Has(FieldClass::kPsyche));
  EXPECT_TRUE(Of({kHelper}).Shows("x").empty()) << "what is about no child of theirs";
  EXPECT_TRUE(Scope().Shows("x").empty());
}

}  // namespace
}  // namespace tonghu::rights
