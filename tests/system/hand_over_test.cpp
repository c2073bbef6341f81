// A helper's whole load goes to another helper: all of it in one transaction, or nothing.
#include <set>

#include "libs/refusal/refusal.h"
#include "tests/system/pairing_fixture.h"

namespace tonghu::system_test {
namespace {

using testing::IsEmpty;

class HandOverTest : public PairingTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(PairingTest::SetUp());
    county_ = "counties/" + pair(0).county;
    former_ = pair(0).helper;
    // The teacher of one child looks after another as well.
    PairWith(OtherOf(pair(0)), former_);
    ASSERT_EQ(Load(former_).size(), 2u);
    registry::v1::PutStaffMemberRequest put;
    put.mutable_staff_member()->set_name(county_ + "/staffMembers/next");
    put.mutable_staff_member()->set_display_name("接任老师");
    const auto made = clients().Call(&registry::v1::DirectoryService::Stub::PutStaffMember, put);
    ASSERT_TRUE(made.ok()) << made.status();
    ASSERT_TRUE(province_->Quiet().ok());
    next_ = made->name();
  }

  // The helper's lasting pairings, by child.
  std::map<std::string, v1::Pairing> Load(const std::string& helper) {
    v1::ListPairingsRequest request;
    request.set_parent(county_);
    request.set_helper(helper);
    auto listed = clients().Call(&v1::PairingService::Stub::ListPairings, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::map<std::string, v1::Pairing> load;
    if (!listed.ok()) return load;
    for (const v1::Pairing& pairing : listed->pairings()) load[pairing.child()] = pairing;
    return load;
  }

  v1::BatchHandOverPairingsRequest AllOf(const std::string& helper) {
    v1::BatchHandOverPairingsRequest request;
    request.set_parent(county_);
    request.set_new_helper(next_);
    for (const auto& [child, pairing] : Load(helper)) request.add_names(pairing.name());
    return request;
  }
  absl::StatusOr<v1::BatchHandOverPairingsResponse> HandOverAll(
      const v1::BatchHandOverPairingsRequest& request) {
    auto handed = clients().Call(&v1::PairingService::Stub::BatchHandOverPairings, request);
    EXPECT_TRUE(province_->Quiet().ok());
    return handed;
  }
  // "REASON field" of the refusal, after which everything is as before; empty when there is none.
  std::string Refused(const v1::BatchHandOverPairingsRequest& request) {
    std::map<std::string, std::string> before;
    for (const auto& [child, pairing] : Load(former_)) before[child] = pairing.name();
    const absl::Status status = HandOverAll(request).status();
    std::map<std::string, std::string> after;
    for (const auto& [child, pairing] : Load(former_)) after[child] = pairing.name();
    EXPECT_EQ(before, after);
    return status.ok() ? "" : absl::StrCat(refusal::Of(status).reason, " ", refusal::Of(status).field);
  }

  std::string county_, former_, next_;
};

TEST_F(HandOverTest, I4AWholeLoadGoesWithItsDuties) {
  AdvanceTo(On(9, 1, 10));
  const std::map<std::string, v1::Pairing> load = Load(former_);
  std::map<std::string, std::vector<v1::Duty>> duties;
  for (const fault::Paired& one : province_->paired()) duties[one.child] = Duties(one);
  v1::BatchHandOverPairingsRequest request = AllOf(former_);
  request.set_request_id("0199aaaa-0000-7000-8000-00000000beef");
  const auto handed = HandOverAll(request);
  ASSERT_TRUE(handed.ok()) << handed.status();
  const auto again = HandOverAll(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), handed->SerializeAsString()) << "the answer that was lost";
  ASSERT_EQ(handed->pairings_size(), request.names_size());
  EXPECT_THAT(Load(former_), IsEmpty());
  EXPECT_EQ(Load(next_).size(), load.size());
  size_t at = 0;
  for (const auto& [child, pairing] : load) {
    const v1::Pairing& now = handed->pairings(static_cast<int>(at++));
    EXPECT_EQ(now.child(), child) << "in the order of the names";
    EXPECT_EQ(now.helper(), next_);
    EXPECT_EQ(now.line(), pairing.line());
    EXPECT_EQ(now.role(), pairing.role());
  }
  for (const fault::Paired& one : province_->paired()) {
    const std::vector<v1::Duty> now = Duties(one);
    ASSERT_EQ(now.size(), duties[one.child].size());
    for (size_t i = 0; i < now.size(); ++i) {
      EXPECT_EQ(now[i].name(), duties[one.child][i].name());
      const std::string& before = duties[one.child][i].helper();
      EXPECT_EQ(now[i].helper(), before == former_ ? next_ : before);
    }
  }
  EXPECT_EQ(Talk(pair(0), former_, On(8, 31, 9)), Duties(pair(0)).front().name())
      << "what the former helper did in the week counts";
}

TEST_F(HandOverTest, AllOrNothing) {
  v1::BatchHandOverPairingsRequest request = AllOf(former_);
  const int last = request.names_size() - 1;
  const auto field = [](int at) { return absl::StrCat("names[", at, "]"); };

  v1::BatchHandOverPairingsRequest wrong = request;
  wrong.clear_names();
  EXPECT_EQ(Refused(wrong), "BATCH_SIZE names");
  while (wrong.names_size() <= 1000) wrong.add_names(request.names(0));
  EXPECT_EQ(Refused(wrong), "BATCH_SIZE names");
  wrong = request;
  wrong.add_names(request.names(0));
  EXPECT_EQ(Refused(wrong), "ALREADY_PAIRED " + field(last + 1)) << "named twice";
  wrong = request;
  wrong.set_names(last, county_ + "/pairings/0199aaaa-0000-7000-8000-00000000beef");
  EXPECT_EQ(Refused(wrong), "PAIRING_NOT_FOUND " + field(last));
  wrong.set_names(last, "counties/520203/pairings/0199aaaa-0000-7000-8000-00000000beef");
  if (county_ != "counties/520203") EXPECT_EQ(Refused(wrong), "COUNTY_MISMATCH " + field(last));
  wrong.set_names(last, "wrong");
  EXPECT_EQ(Refused(wrong), "NAME_MALFORMED " + field(last));
  wrong = request;
  wrong.set_new_helper(former_);
  EXPECT_EQ(Refused(wrong), "ALREADY_PAIRED names[0]") << "to whom has them";
  wrong.set_new_helper(county_ + "/staffMembers/nobody");
  EXPECT_EQ(Refused(wrong), "STAFF_MEMBER_NOT_FOUND new_helper");

  // The new helper looks after the last child already, in another role.
  const std::string child = Load(former_).rbegin()->first;
  const auto paired = std::find_if(province_->paired().begin(), province_->paired().end(),
                                   [&](const fault::Paired& one) { return one.child == child; });
  const std::string beside = PairWith(*paired, next_, v1::PAIRING_ROLE_VOLUNTEER);
  EXPECT_EQ(Refused(request), "ALREADY_PAIRED " + field(last));
  wrong = request;
  wrong.set_names(0, beside);
  wrong.set_new_helper(county_ + "/staffMembers/" + IdOf(former_));
  EXPECT_EQ(Refused(wrong), "ALREADY_PAIRED names[0]");
  End(request.names(0), v1::PAIRING_END_REASON_OTHER_PAIRING);
  EXPECT_EQ(Refused(request), "PAIRING_ENDED names[0]");

  End(beside, v1::PAIRING_END_REASON_OTHER_PAIRING);
  const auto handed = HandOverAll(AllOf(former_));
  ASSERT_TRUE(handed.ok()) << handed.status();
  EXPECT_EQ(handed->pairings_size(), last);
}

// A teacher's load that was handed over by hand does not go back when the class gets its next teacher.
TEST_F(HandOverTest, WhatWasHandedOverFollowsTheClassTeacherNoMore) {
  const fault::Paired& child = pair(0);
  End(PairingOf(child), v1::PAIRING_END_REASON_OTHER_PAIRING);
  ASSERT_TRUE(province_->Quiet().ok());
  ASSERT_EQ(PairByClass(child.county).paired(), 1);
  const auto handed = HandOverAll(AllOf(former_));
  ASSERT_TRUE(handed.ok()) << handed.status();
  SetClassTeacher(ChildOf(child), OtherOf(child).helper);
  EXPECT_EQ(Lasting(child).helper(), next_);
  EXPECT_EQ(Lasting(child).basis(), v1::PAIRING_BASIS_CHOSEN);
  EXPECT_THAT(Load(former_), IsEmpty());
}

}  // namespace
}  // namespace tonghu::system_test
