#include "services/pairing/app/propose_pairings.h"
#include "services/pairing/rpc/one_at_a_time.h"
#include "services/pairing/rpc/services.h"
#include "tonghu/pairing/v1/proposal_service.grpc.pb.h"

namespace tonghu::pairing {
namespace {

absl::StatusOr<v1::ProposePairingsResponse> Propose(const journal::Query& query,
                                                    const v1::ProposePairingsRequest& request) {
  return ProposePairings(query.db, query.call.scope(), request);
}

}  // namespace

std::unique_ptr<journal::Service> OfferProposals(journal::Node& node) {
  auto proposals = node.Offer<v1::ProposalService>();
  proposals->Answer<v1::ProposePairingsRequest, v1::ProposePairingsResponse>(
      "ProposePairings", OneAtATime<v1::ProposePairingsRequest, v1::ProposePairingsResponse>(Propose));
  return proposals;
}

}  // namespace tonghu::pairing
