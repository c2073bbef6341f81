// Proposals of pairings. They store nothing.
#pragma once

#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"
#include "libs/rights/scope.h"
#include "tonghu/pairing/v1/proposal_service.pb.h"

namespace tonghu::pairing {

// Proposes helpers for children inside the scope. Errors: refusals PAIRING_ROLE_MISSING, PROPOSAL_BY_CLASS,
// SCHOOL_MISSING, GRADE_MISSING, TOWNSHIP_NOT_FOUND, STAFF_MEMBER_NOT_FOUND, PROPOSAL_TOO_LARGE, and of
// malformed names; the connection's.
absl::StatusOr<v1::ProposePairingsResponse> ProposePairings(postgres::Connection& db,
                                                            const rights::Scope& scope,
                                                            const v1::ProposePairingsRequest& request);

}  // namespace tonghu::pairing
