// Use cases of coverage: children for whom nobody is responsible are found, and told when that lasts.
#pragma once

#include "absl/status/statusor.h"
#include "libs/journal/command_executor.h"
#include "libs/journal/sweeper.h"
#include "libs/postgres/connection.h"
#include "services/pairing/postgres/pairing_store.h"
#include "tonghu/pairing/v1/coverage_service.pb.h"

namespace tonghu::pairing {

using PutCoveragePolicyCommandHandler =
    journal::CommandHandler<v1::PutCoveragePolicyRequest, v1::CoveragePolicy>;

// Sets for how many days counties allow a gap. Decides the commands in the given transaction and sets every
// reply. Refusal: MOST_DAYS_OUT_OF_RANGE.
absl::Status PutCoveragePolicies(journal::ShardTransaction& transaction,
                                 PutCoveragePolicyCommandHandler::Commands commands);
// Errors: refusals of malformed requests; the connection's.
absl::StatusOr<v1::CoveragePolicy> GetCoveragePolicy(postgres::Connection& db,
                                                     const v1::GetCoveragePolicyRequest& request);

// Looks at children of whom pairings began: publishes child_covered for those who lack nobody any more; and
// of whom pairings ended: what they lack since. Errors: the connection's.
absl::Status CoverAfterBeginning(journal::ShardTransaction& transaction, absl::Span<const PairingRow> begun);
absl::Status CoverAfterEnding(journal::ShardTransaction& transaction, absl::Span<const PairingRow> ended);

// Looks at children of whose helpers the registry has said something: that they have left, or are back. Of
// very many children some are left to LookForGaps.
absl::Status CoverAfterStaff(journal::ShardTransaction& transaction, absl::Span<const postgres::Key> staff);

// Looks through the children of each county, every hour, for those who lack somebody, and its schools for
// those that lack a term.
journal::Sweep LookForGaps();
// Tells gaps that have lasted for as long as the county allows: publishes child_uncovered.
journal::Sweep TellGaps();

}  // namespace tonghu::pairing
