#include "deploy/demo/story/proposal.h"

#include <fmt/core.h>

#include "libs/status/macros.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"
#include "tonghu/pairing/v1/proposal_service.grpc.pb.h"

namespace tonghu::demo {

using namespace pairing::v1;

absl::Status ProposeHelpers(client::Client& clients, const School& school) {
  ProposePairingsRequest request;
  request.set_parent("counties/" + school.county);
  request.set_school(school.name);
  request.set_role(PAIRING_ROLE_HELPER_TEACHER);
  ASSIGN_OR_RETURN(const auto proposal, clients.Call(&ProposalService::Stub::ProposePairings, request));
  BatchCreatePairingsRequest accept;
  accept.set_parent(request.parent());
  for (const ProposedPairing& line : proposal.pairings()) {
    Pairing& pairing = *accept.add_requests()->mutable_pairing();
    pairing.set_child(line.child());
    pairing.set_helper(line.helper().helper());
    pairing.set_role(request.role());
  }
  ASSIGN_OR_RETURN(const auto made, clients.Call(&PairingService::Stub::BatchCreatePairings, accept));
  fmt::print(
      "09-29 10:00: {}: {} children get helper teachers as proposed, no teacher more than two; {} wait\n",
      school.display_name, made.pairings_size(), proposal.left_out_size());
  return absl::OkStatus();
}

}  // namespace tonghu::demo
