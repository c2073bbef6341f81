// Proposals from what is stored, in a real PostgreSQL: who waits, who may help, and what is answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "libs/directory/migrations.h"
#include "libs/ids/ids.h"
#include "libs/journal/migrations.h"
#include "libs/refusal/refusal.h"
#include "services/pairing/app/propose_pairings.h"
#include "services/pairing/domain/pairing.h"
#include "services/pairing/postgres/migrations.h"
#include "tests/harness/postgres_test.h"

namespace tonghu::pairing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string Id(const std::string& name) { return ids::Derived(name); }
std::string Last(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// School s in township 101 with classes 3-1 and 3-2, school r in 102. Teachers a (of 3-1), b and c work at s,
// d at r; v works at no school.
class ProposeTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    ASSERT_TRUE(
        db_->Script(
               "TRUNCATE child, staff, school, post, pairing, load_limit; "
               "INSERT INTO school VALUES ('520324', 's', '520324101'), ('520324', 'r', '520324102'); "
               "INSERT INTO staff VALUES ('520324', 'a', '甲', '', 1), ('520324', 'b', '乙', 's', 2), "
               "('520324', 'c', '丙', 's', 1), ('520324', 'd', '丁', 'r', 2), ('520324', 'v', '戊', '', 0); "
               "INSERT INTO post VALUES ('520324', 'class_teacher-s-3-1', 1, 's', 3, 1, 'a', '甲', '', '')")
            .ok());
  }
  void Child(const std::string& name, const std::string& school, int class_number, int care_level = 1) {
    names_[Id(name)] = name;
    ASSERT_TRUE(db_->Run("INSERT INTO child SELECT '520324', $1, $2, $3, 3, $4, $5, 0, 1, false",
                         postgres::Params()
                             .Uuid(Id(name))
                             .Text(school)
                             .Text(school == "s" ? "520324101" : "520324102")
                             .Int(class_number)
                             .Int(care_level))
                    .ok());
  }
  // A pairing; `ended` 0: it lasts.
  void Pair(const std::string& child, const std::string& helper, PairingRole role,
            EndReason ended = EndReason::kNone) {
    ASSERT_TRUE(
        db_->Run("INSERT INTO pairing (county, pairing_id, shard, line_id, child_id, helper_id, role, basis, "
                 "owed_from, "
                 "start_time, make_time, end_reason, end_time) SELECT '520324', $1, 0, $1, $2, $3, $4, 1, "
                 "'2026-08-01', "
                 "'2026-08-01', 'infinity', $5, CASE WHEN $5 = 0 THEN NULL ELSE timestamptz '2026-08-20' END",
                 postgres::Params()
                     .Uuid(Id(absl::StrCat(child, helper, static_cast<int>(role))))
                     .Uuid(Id(child))
                     .Text(helper)
                     .Int(static_cast<int>(role))
                     .Int(static_cast<int>(ended)))
            .ok());
  }
  static v1::ProposePairingsRequest Request() {
    v1::ProposePairingsRequest request;
    request.set_parent("counties/520324");
    request.set_role(v1::PAIRING_ROLE_HELPER_TEACHER);
    return request;
  }
  // "child helper before+proposed/limit reasons" of each line, "child -reason" of those left out.
  std::vector<std::string> Proposed(const v1::ProposePairingsRequest& request,
                                    const rights::Scope& scope = rights::Scope::Everything()) {
    auto proposal = ProposePairings(*db_, scope, request);
    EXPECT_TRUE(proposal.ok()) << proposal.status();
    std::vector<std::string> lines;
    helpers_.clear();
    if (!proposal.ok()) return lines;
    for (const v1::ProposedPairing& line : proposal->pairings()) {
      std::string said = absl::StrCat(names_[Last(line.child())], " ", Last(line.helper().helper()), " ",
                                      line.helper().children(), "+", line.helper().proposed(), "/",
                                      line.helper().max_children());
      for (const int reason : line.reasons()) absl::StrAppend(&said, " ", reason);
      lines.push_back(said);
    }
    for (const v1::LeftOutChild& line : proposal->left_out())
      lines.push_back(absl::StrCat(names_[Last(line.child())], " -", static_cast<int>(line.reason())));
    for (const v1::ProposalHelper& helper : proposal->helpers()) helpers_.push_back(Last(helper.helper()));
    return lines;
  }
  std::string Refused(const v1::ProposePairingsRequest& request) {
    const auto status = ProposePairings(*db_, rights::Scope::Everything(), request).status();
    return status.ok() ? "" : absl::StrCat(refusal::Of(status).reason, " ", refusal::Of(status).field);
  }

  std::unique_ptr<postgres::Connection> db_;
  std::map<std::string, std::string> names_;
  std::vector<std::string> helpers_;  // of the last proposal
};

TEST_F(ProposeTest, WhoHasNobodyInTheRoleWaits) {
  Child("waits", "s", 1, 2);
  Child("has one", "s", 1);
  Child("left", "s", 1);
  Child("back", "s", 2);
  Child("no more", "s", 2);
  Pair("waits", "a", PairingRole::kClassTeacher);
  Pair("has one", "b", PairingRole::kHelperTeacher);
  Pair("left", "c", PairingRole::kHelperTeacher, EndReason::kParentReturned);
  Pair("back", "c", PairingRole::kHelperTeacher, EndReason::kOtherPairing);
  Pair("no more", "c", PairingRole::kHelperTeacher, EndReason::kParentReturned);
  Pair("no more", "v", PairingRole::kProxyParent);
  EXPECT_THAT(Proposed(Request()),
              UnorderedElementsAre("waits b 1+1/2 2 6", "back c 0+2/2 2 4", "no more c 0+2/2 2 4", "left -3"))
      << "the class teacher has the child already; whom somebody looks after was not let go";
  EXPECT_THAT(helpers_, ElementsAre("a", "b", "c", "v"))
      << "those of the school, and who looks after one of its children";
  v1::ProposePairingsRequest uncared = Request();
  uncared.set_only_uncared(true);
  EXPECT_THAT(Proposed(uncared), UnorderedElementsAre(testing::StartsWith("back "), "left -3"));
}

TEST_F(ProposeTest, TheScopeIsWhatIsAskedForWithinWhatTheCallerReaches) {
  Child("one", "s", 1);
  Child("two", "s", 2);
  Child("far", "r", 1);
  Pair("two", "b", PairingRole::kHelperTeacher, EndReason::kOtherPairing);
  v1::ProposePairingsRequest request = Request();
  EXPECT_THAT(Proposed(request), UnorderedElementsAre("one a 0+1/2 1", "two b 0+1/2 2 4", "far d 0+1/2 2"));
  EXPECT_THAT(helpers_, ElementsAre("a", "b", "c", "d"));
  request.set_township_code("520324102");
  EXPECT_THAT(Proposed(request), ElementsAre("far d 0+1/2 2"));
  request.clear_township_code();
  request.set_school("counties/520324/schools/s");
  request.set_grade(3);
  request.set_class_number(1);
  EXPECT_THAT(Proposed(request), ElementsAre("one a 0+1/2 1"));
  const std::vector<rights::Right> head = {
      {rights::Role::kSchoolHead, {.county = "520324", .school_id = "r"}}};
  const rights::Scope scope = rights::Scope::Of(head, rights::RoleSet{rights::Role::kSchoolHead}, "520324");
  EXPECT_THAT(Proposed(Request(), scope), ElementsAre("far d 0+1/2 2"));
  EXPECT_THAT(helpers_, ElementsAre("d")) << "a head is told of the own school's staff";
  EXPECT_THAT(Proposed(request, scope), IsEmpty());
}

TEST_F(ProposeTest, LimitsAndNamedHelpers) {
  for (const char* child : {"1", "2", "3", "4"}) Child(child, "s", 2);
  v1::ProposePairingsRequest request = Request();
  request.add_helpers("counties/520324/staffMembers/c");
  request.add_helpers("counties/520324/staffMembers/c");
  std::vector<std::string> left;
  for (const std::string& line : Proposed(request)) {
    if (line.find(" -1") != std::string::npos) left.push_back(line);
  }
  EXPECT_EQ(left.size(), 2u) << "the limit is 2, however often the helper is named";
  ASSERT_TRUE(db_->Script("INSERT INTO load_limit VALUES ('520324', 's', 2, 3)").ok());
  EXPECT_THAT(Proposed(request), testing::Contains(testing::HasSubstr("c 0+3/3")));
  Pair("1", "c", PairingRole::kHelperTeacher);
  EXPECT_THAT(Proposed(request), testing::Contains(testing::HasSubstr("c 1+2/3")));
  request.clear_helpers();
  request.add_helpers("counties/520324/staffMembers/d");
  EXPECT_THAT(Proposed(request),
              ElementsAre(testing::EndsWith(" -2"), testing::EndsWith(" -2"), testing::EndsWith(" -2")));
}

TEST_F(ProposeTest, WhatCantBeAskedFor) {
  v1::ProposePairingsRequest request = Request();
  request.clear_role();
  EXPECT_EQ(Refused(request), "PAIRING_ROLE_MISSING role");
  request.set_role(v1::PAIRING_ROLE_CLASS_TEACHER);
  EXPECT_EQ(Refused(request), "PROPOSAL_BY_CLASS role");
  request = Request();
  request.set_grade(3);
  EXPECT_EQ(Refused(request), "SCHOOL_MISSING school");
  request.clear_grade();
  request.set_class_number(1);
  EXPECT_EQ(Refused(request), "GRADE_MISSING grade");
  request = Request();
  request.set_township_code("520203104");
  EXPECT_EQ(Refused(request), "TOWNSHIP_NOT_FOUND township_code");
  request = Request();
  request.add_helpers("counties/520324/staffMembers/a");
  request.add_helpers("counties/520324/staffMembers/nobody");
  EXPECT_EQ(Refused(request), "STAFF_MEMBER_NOT_FOUND helpers[1]");
  request.set_helpers(1, "counties/520203/staffMembers/a");
  EXPECT_EQ(Refused(request), "COUNTY_MISMATCH helpers[1]");
  while (request.helpers_size() <= 2000) request.add_helpers("counties/520324/staffMembers/a");
  EXPECT_EQ(Refused(request), "PROPOSAL_TOO_LARGE ");
}

}  // namespace
}  // namespace tonghu::pairing
