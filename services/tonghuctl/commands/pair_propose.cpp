// tonghuctl pair propose: proposes helpers for children who have none, and makes the pairings when asked to.
#include "absl/strings/str_cat.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"
#include "tonghu/pairing/v1/proposal_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace pairing::v1;

// The lines of a proposal as pairings to make.
BatchCreatePairingsRequest Accepting(const ProposePairingsRequest& request,
                                     const ProposePairingsResponse& proposal) {
  BatchCreatePairingsRequest accept;
  accept.set_parent(request.parent());
  for (const ProposedPairing& line : proposal.pairings()) {
    Pairing& pairing = *accept.add_requests()->mutable_pairing();
    pairing.set_child(line.child());
    pairing.set_helper(line.helper().helper());
    pairing.set_role(request.role());
  }
  return accept;
}

}  // namespace

absl::Status ProposePairs(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(auto request, RequestOf<ProposePairingsRequest>(typed));
  ASSIGN_OR_RETURN(const auto proposal,
                   session.client().Call(&ProposalService::Stub::ProposePairings, request));
  if (!typed.Has("--accept") || proposal.pairings().empty()) {
    session.output.Show(proposal, [&] {
      return absl::StrCat(TablesText(session, typed.form, proposal), "建议结对 ", proposal.pairings_size(),
                          " 名，", proposal.left_out_size(), " 名暂无帮扶人；尚未办理结对\n");
    });
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const auto made, session.client().Call(&PairingService::Stub::BatchCreatePairings,
                                                          Accepting(request, proposal)));
  session.output.Show(made, [&] {
    return absl::StrCat(TablesText(session, typed.form, proposal), "已结对 ", made.pairings_size(), " 名，",
                        proposal.left_out_size(), " 名暂无帮扶人\n");
  });
  return absl::OkStatus();
}

}  // namespace tonghu::tonghuctl
