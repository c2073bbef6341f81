// What a request names, and whether that lies inside.
#include "libs/rpc/targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/refusal/refusal.h"
#include "libs/rpc/testing/echo.h"

namespace tonghu::rpc {
namespace {

using rights::Right;
using rights::Role;
using testing::CountyRequest;
using ::testing::ElementsAre;

const std::string kCounty = "520521";
const Right kTeacher{Role::kClassTeacher,
                     {.county = kCounty, .school_id = "s1", .grade = 3, .class_number = 1}};
const Right kHelper{Role::kHelper, {.county = kCounty, .child_ids = {"c1"}}};
const Right kHead{Role::kSchoolHead, {.county = kCounty, .school_id = "s1"}};
const Right kSupervisor{Role::kTownshipSupervisor, {.county = kCounty, .township_code = "520521101"}};
const Right kOfficer{Role::kCountyOfficer, {.county = kCounty}};
const Right kProvince{Role::kProvinceOfficer, {}};
const Right kSystem{Role::kSystemAdministrator, {.county = kCounty}};

class TargetsTest : public ::testing::Test {
 protected:
  // "yes", "no", the reason of another refusal, or, when a lookup is needed, what that then says, with "?".
  std::string Judge(const std::vector<Right>& rights, api::v1::TargetKind kind, const char* field,
                    const CountyRequest& request) {
    api::v1::MethodRule rule;
    rule.set_resource("children");
    auto* target = rule.add_targets();
    target->set_kind(kind);
    target->set_field(field);
    const auto& method = *testing::Described("tonghu.rpc.testing.CountyService").FindMethodByName("ByParent");
    const auto targets = Targets::Of(method, rule);
    if (!targets.ok()) return std::string(targets.status().message());
    const Caller caller{.actor = "counties/520521/accounts/me", .rights = rights};
    rights::RoleSet everybody;
    for (const Right& right : rights) everybody = everybody | rights::RoleSet(right.role);
    const rights::Scope scope = rights::Scope::Of(rights, everybody, kCounty);
    const auto text = [](const absl::Status& status) {
      if (status.ok()) return std::string("yes");
      const std::string reason = refusal::Of(status).reason;
      return reason == "NOT_PERMITTED" ? "no" : reason;
    };
    sought_ = {};
    const absl::Status first = targets->Check(request, {caller, scope, kCounty}, sought_);
    if (!first.ok() || sought_.empty()) return text(first);
    return text(targets->Check(request, {caller, scope, kCounty}, found_)) + "?";
  }
  std::string Child(const std::vector<Right>& rights, const char* name) {
    CountyRequest request;
    request.mutable_child()->set_name(name);
    return Judge(rights, api::v1::TARGET_KIND_CHILD, "child.name", request);
  }
  std::string Parent(const std::vector<Right>& rights, api::v1::TargetKind kind, const char* name) {
    CountyRequest request;
    request.set_parent(name);
    return Judge(rights, kind, "parent", request);
  }
  std::string Class(const std::vector<Right>& rights, const char* school, int grade, int class_number) {
    CountyRequest request;
    request.mutable_seat()->set_school(school);
    request.mutable_seat()->set_grade(grade);
    request.mutable_seat()->set_class_number(class_number);
    return Judge(rights, api::v1::TARGET_KIND_CLASS, "seat.school", request);
  }

  Found found_{
      .children = {{{"520521", "c1"}, {"s2", "520521102", 1, 1}},
                   {{"520521", "c2"}, {"s1", "520521101", 3, 1}}},
      .schools = {{{"520521", "s1"}, {"s1", "520521101"}}, {{"520521", "s2"}, {"s2", "520521102"}}},
      .resources = {
          {"r1", {"c1", {"s2", "520521102", 1, 1}}}, {"r2", {"c2", {"s1", "520521101", 3, 1}}}, {"r0", {}}}};
  Sought sought_;
};

TEST_F(TargetsTest, AChildLiesInsideByNameOrByPlace) {
  EXPECT_EQ(Child({kHelper}, "counties/520521/children/c1"), "yes");
  EXPECT_EQ(Child({kHelper}, "counties/520521/children/c2"), "no");
  EXPECT_EQ(Child({kTeacher}, "counties/520521/children/c2"), "yes?");
  EXPECT_THAT(sought_.children, ElementsAre(Key("520521", "c2")));
  EXPECT_EQ(Child({kTeacher}, "counties/520521/children/c1"), "no?");
  EXPECT_EQ(Child({kTeacher}, "counties/520521/children/c9"), "no?") << "nobody knows the child";
  EXPECT_EQ(Child({kSupervisor}, "counties/520521/children/c2"), "yes?");
  EXPECT_EQ(Child({kOfficer}, "counties/520521/children/c9"), "yes") << "the body tells that there is none";
  EXPECT_EQ(Child({kOfficer}, "counties/520522/children/c1"), "no");
  EXPECT_EQ(Child({kHelper}, "counties/520522/children/c1"), "no") << "the same id in another county";
  EXPECT_EQ(Child({kProvince}, "counties/520522/children/c1"), "yes");
  EXPECT_EQ(Child({kTeacher}, "children/c1"), "NAME_MALFORMED");
  EXPECT_EQ(Child({kTeacher}, ""), "yes") << "names nothing; the body says what is missing";
}

TEST_F(TargetsTest, EveryValueOfARepeatedFieldMustLieInside) {
  CountyRequest request;
  for (const char* id : {"c1", "c2"}) {
    request.add_children(absl::StrCat("counties/520521/children/", id));
    request.add_several()->set_name(absl::StrCat("counties/520521/children/", id));
  }
  for (const char* field : {"children", "several.name"}) {
    EXPECT_EQ(Judge({kHelper}, api::v1::TARGET_KIND_CHILD, field, request), "no");
    EXPECT_EQ(Judge({kTeacher}, api::v1::TARGET_KIND_CHILD, field, request), "no?");
    EXPECT_EQ(Judge({kTeacher, kHelper}, api::v1::TARGET_KIND_CHILD, field, request), "yes?");
    EXPECT_THAT(sought_.children, ElementsAre(Key("520521", "c2"))) << "only who is not named is looked up";
  }
}

TEST_F(TargetsTest, AClassIsLookedUpForItsTownshipOnly) {
  EXPECT_EQ(Class({kTeacher}, "counties/520521/schools/s1", 3, 1), "yes");
  EXPECT_EQ(Class({kTeacher}, "counties/520521/schools/s1", 3, 2), "no");
  EXPECT_EQ(Class({kTeacher}, "counties/520521/schools/s1", 3, 0), "no") << "the whole grade";
  EXPECT_EQ(Class({kHead}, "counties/520521/schools/s1", 0, 0), "yes");
  EXPECT_EQ(Class({kHead}, "counties/520521/schools/s2", 3, 1), "no");
  EXPECT_EQ(Class({kSupervisor}, "counties/520521/schools/s1", 3, 1), "yes?");
  EXPECT_EQ(Class({kSupervisor}, "counties/520521/schools/s2", 3, 1), "no?");
  EXPECT_EQ(Class({kSupervisor}, "counties/520521/schools/s9", 3, 1), "no?");
}

TEST_F(TargetsTest, CountiesDivisionsAndSchools) {
  EXPECT_EQ(Parent({kOfficer}, api::v1::TARGET_KIND_COUNTY, "counties/520521"), "yes");
  EXPECT_EQ(Parent({kOfficer}, api::v1::TARGET_KIND_COUNTY, "counties/520521/schools/s1"), "yes");
  EXPECT_EQ(Parent({kOfficer}, api::v1::TARGET_KIND_COUNTY, "counties/520522"), "no");
  EXPECT_EQ(Parent({kOfficer}, api::v1::TARGET_KIND_COUNTY, ""), "no") << "the province";
  EXPECT_EQ(Parent({kProvince}, api::v1::TARGET_KIND_COUNTY, ""), "yes");
  EXPECT_EQ(Parent({kHead}, api::v1::TARGET_KIND_COUNTY, "counties/520521"), "no");
  EXPECT_EQ(Parent({kHelper}, api::v1::TARGET_KIND_IN_COUNTY, "counties/520521"), "yes");
  EXPECT_EQ(Parent({kHelper}, api::v1::TARGET_KIND_IN_COUNTY, "counties/520522"), "no");
  EXPECT_EQ(Parent({kHead}, api::v1::TARGET_KIND_DIVISION, "520521"), "no");
  EXPECT_EQ(Parent({kHead}, api::v1::TARGET_KIND_DIVISION, "counties/520521/schools/s1"), "yes");
  EXPECT_EQ(Parent({kSupervisor}, api::v1::TARGET_KIND_DIVISION, "520521101"), "yes");
  EXPECT_EQ(Parent({kSupervisor}, api::v1::TARGET_KIND_DIVISION, "520521102"), "no");
  EXPECT_EQ(Parent({kSupervisor}, api::v1::TARGET_KIND_DIVISION, "counties/520521/schools/s1"), "yes?");
  EXPECT_EQ(Parent({kOfficer}, api::v1::TARGET_KIND_DIVISION, "520521102"), "yes");
  EXPECT_EQ(Parent({kOfficer}, api::v1::TARGET_KIND_DIVISION, "520000"), "no");
  EXPECT_EQ(Parent({kOfficer}, api::v1::TARGET_KIND_DIVISION, ""), "no");
  EXPECT_EQ(Parent({kTeacher}, api::v1::TARGET_KIND_IN_SCHOOL, "counties/520521/schools/s1"), "yes");
  EXPECT_EQ(Parent({kTeacher}, api::v1::TARGET_KIND_SCHOOL, "counties/520521/schools/s1"), "no");
  EXPECT_EQ(Parent({kTeacher}, api::v1::TARGET_KIND_IN_SCHOOL, "counties/520521/schools/s2"), "no");
  EXPECT_EQ(Parent({kSupervisor}, api::v1::TARGET_KIND_IN_SCHOOL, "counties/520521/schools/s2"), "no?");
}

TEST_F(TargetsTest, AResourceLiesWhereWhatItIsAboutDoes) {
  const auto resource = [&](const Right& right, const char* id) {
    return Parent({right}, api::v1::TARGET_KIND_RESOURCE,
                  absl::StrCat("counties/520521/children/", id).c_str());
  };
  EXPECT_EQ(resource(kHelper, "r1"), "yes?");
  EXPECT_EQ(resource(kHelper, "r2"), "no?");
  EXPECT_EQ(resource(kTeacher, "r2"), "yes?");
  EXPECT_EQ(resource(kTeacher, "r9"), "no?");
  EXPECT_EQ(resource(kSupervisor, "r0"), "no?") << "about no child and no place";
  EXPECT_EQ(resource(kOfficer, "r0"), "yes");
}

TEST_F(TargetsTest, AnAccountIsItsOwnersAndTheSystemAdministrators) {
  const auto account = [&](const Right& right, const char* name) {
    return Parent({right}, api::v1::TARGET_KIND_ACCOUNT, name);
  };
  EXPECT_EQ(account(kHelper, "counties/520521/accounts/me"), "yes");
  EXPECT_EQ(account(kHelper, "counties/520521/accounts/you"), "no");
  EXPECT_EQ(account(kProvince, "counties/520521/accounts/you"), "no") << "however wide the scope";
  EXPECT_EQ(account(kSystem, "counties/520521/accounts/you"), "yes");
  EXPECT_EQ(account({Role::kSystemAdministrator, {.county = "520522"}}, "counties/520521/accounts/you"),
            "no");
}

}  // namespace
}  // namespace tonghu::rpc
