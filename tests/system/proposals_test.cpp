// A proposal on the real stack: made, changed by hand, accepted as a whole, or not at all when something has
// changed.
#include "libs/refusal/refusal.h"
#include "tests/system/pairing_fixture.h"
#include "tonghu/pairing/v1/load_service.grpc.pb.h"
#include "tonghu/pairing/v1/proposal_service.grpc.pb.h"

namespace tonghu::system_test {
namespace {

class ProposalsTest : public PairingTest {
 protected:
  std::string County() const { return "counties/" + pair(0).county; }

  // Of these helpers; empty: of the staff of the schools.
  v1::ProposePairingsResponse Propose(const std::vector<std::string>& helpers = {}) {
    v1::ProposePairingsRequest request;
    request.mutable_helpers()->Assign(helpers.begin(), helpers.end());
    request.set_parent(County());
    request.set_role(v1::PAIRING_ROLE_HELPER_TEACHER);
    auto proposal = clients().Call(&v1::ProposalService::Stub::ProposePairings, request);
    EXPECT_TRUE(proposal.ok()) << proposal.status();
    return proposal.ok() ? *proposal : v1::ProposePairingsResponse();
  }
  v1::BatchCreatePairingsRequest Accepting(const v1::ProposePairingsResponse& proposal) const {
    v1::BatchCreatePairingsRequest accept;
    accept.set_parent(County());
    for (const v1::ProposedPairing& line : proposal.pairings()) {
      v1::Pairing& pairing = *accept.add_requests()->mutable_pairing();
      pairing.set_child(line.child());
      pairing.set_helper(line.helper().helper());
      pairing.set_role(v1::PAIRING_ROLE_HELPER_TEACHER);
    }
    return accept;
  }
  absl::StatusOr<v1::BatchCreatePairingsResponse> Accept(const v1::BatchCreatePairingsRequest& request) {
    auto made = clients().Call(&v1::PairingService::Stub::BatchCreatePairings, request);
    EXPECT_TRUE(province_->Quiet().ok());
    return made;
  }
  // How many children each helper teacher of the county has.
  std::map<std::string, int> Loads() {
    v1::ListPairingsRequest request;
    request.set_parent(County());
    std::map<std::string, int> loads;
    absl::Status read = clients().ForEachPage(&v1::PairingService::Stub::ListPairings, request,
                                              [&](const v1::ListPairingsResponse& page) {
                                                for (const v1::Pairing& pairing : page.pairings()) {
                                                  if (pairing.role() == v1::PAIRING_ROLE_HELPER_TEACHER)
                                                    ++loads[pairing.helper()];
                                                }
                                              });
    EXPECT_TRUE(read.ok()) << read;
    return loads;
  }
  int Paired() {
    int paired = 0;
    for (const auto& [helper, children] : Loads()) paired += children;
    return paired;
  }
};

TEST_F(ProposalsTest, WhatIsAcceptedIsPairedWithinTheLimits) {
  const v1::ProposePairingsResponse proposal = Propose();
  ASSERT_GT(proposal.pairings_size(), 0);
  EXPECT_EQ(Propose().SerializeAsString(), proposal.SerializeAsString()) << "nothing has changed";
  EXPECT_EQ(Paired(), 0) << "a proposal changes nothing";
  EXPECT_EQ(proposal.pairings_size() + proposal.left_out_size(), 12);
  const auto made = Accept(Accepting(proposal));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->pairings_size(), proposal.pairings_size());
  for (const auto& [helper, children] : Loads()) EXPECT_LE(children, 2) << helper;
  EXPECT_EQ(Propose().pairings_size(), 0) << "whoever could get somebody has somebody";
  EXPECT_EQ(Propose().left_out_size(), proposal.left_out_size());
}

TEST_F(ProposalsTest, AfterAChangeInBetweenNothingIsAcceptedAndTheLineIsNamed) {
  const v1::ProposePairingsResponse proposal = Propose();
  ASSERT_GE(proposal.pairings_size(), 2);
  v1::BatchCreatePairingsRequest accept = Accepting(proposal);
  const int last = accept.requests_size() - 1;
  v1::CreatePairingRequest meanwhile = accept.requests(last);
  meanwhile.set_parent(County());
  ASSERT_TRUE(clients().Call(&v1::PairingService::Stub::CreatePairing, meanwhile).ok());
  ASSERT_TRUE(province_->Quiet().ok());
  const auto refused = Accept(accept);
  EXPECT_EQ(refusal::Of(refused.status()).reason, "ALREADY_PAIRED");
  EXPECT_EQ(refusal::Of(refused.status()).field, absl::StrCat("requests[", last, "].pairing.helper"));
  EXPECT_EQ(Paired(), 1) << "all or none";
  accept.mutable_requests()->RemoveLast();
  accept.set_request_id("0199aaaa-0000-7000-8000-00000000beef");
  const auto made = Accept(accept);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(Accept(accept)->SerializeAsString(), made->SerializeAsString()) << "the answer that was lost";
  EXPECT_EQ(Paired(), last + 1);
}

TEST_F(ProposalsTest, WhereHelpersAreFewThoseInNeedComeFirstAndALineByHandKeepsTheLimit) {
  SetAllLevels(registry::v1::CARE_LEVEL_GENERAL);  // the roster has children in need, too
  std::vector<std::string> few;
  const v1::ProposePairingsResponse of_all = Propose();
  for (const v1::ProposalHelper& helper : of_all.helpers()) {
    if (few.size() < 3) few.push_back(helper.helper());
  }
  v1::PutLoadLimitRequest limit;
  limit.mutable_load_limit()->set_parent(County());
  limit.mutable_load_limit()->set_role(v1::PAIRING_ROLE_HELPER_TEACHER);
  limit.mutable_load_limit()->set_max_children(1);
  ASSERT_TRUE(clients().Call(&v1::LoadService::Stub::PutLoadLimit, limit).ok());
  v1::ProposePairingsResponse proposal = Propose(few);
  ASSERT_GT(proposal.left_out_size(), 0) << "three may have one each";
  const std::string child = proposal.left_out(0).child();
  EXPECT_EQ(proposal.left_out(0).reason(), v1::LEFT_OUT_REASON_NO_CAPACITY);
  SetLevel(child, registry::v1::CARE_LEVEL_FOCUS);
  proposal = Propose(few);
  bool found = false;
  for (const v1::ProposedPairing& line : proposal.pairings()) {
    if (line.child() != child) continue;
    found = true;
    EXPECT_THAT(line.reasons(), testing::Contains(v1::PROPOSAL_REASON_PRIORITY));
  }
  EXPECT_TRUE(found) << "a child in need is not left out for others";
  v1::BatchCreatePairingsRequest accept = Accepting(proposal);
  ASSERT_GE(accept.requests_size(), 2);
  // Changed by hand: the second line's child goes to the first one's helper, who has room for one.
  accept.mutable_requests(1)->mutable_pairing()->set_helper(accept.requests(0).pairing().helper());
  const auto refused = Accept(accept);
  EXPECT_TRUE(refusal::Of(refused.status()).reason == "LOAD_LIMIT_REACHED" ||
              refusal::Of(refused.status()).reason == "ALREADY_PAIRED")
      << refused.status();
  EXPECT_EQ(refusal::Of(refused.status()).field, "requests[1].pairing.helper");
  EXPECT_EQ(Paired(), 0);
}

}  // namespace
}  // namespace tonghu::system_test
