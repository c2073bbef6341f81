// What proposals read. Errors of all functions: the connection's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "libs/rights/scope.h"
#include "services/pairing/domain/proposal.h"

namespace tonghu::pairing {

// For whom a helper is looked for.
struct ProposalScope {
  std::string county;
  PairingRole role{};
  bool only_uncared = false;                       // whom nobody looks after in another role
  rights::Filter of{.everything = true};           // the school, grade or class asked for
  rights::Filter of_township{.everything = true};  // the township asked for
  rights::Filter within;                           // what the caller may see
};

// A child without a lasting pairing in the role.
struct ChildToPropose {
  WaitingChild child;
  bool ended_on_purpose = false;  // the last pairing that looked after the child
};
// By id, at most `limit`.
absl::StatusOr<std::vector<ChildToPropose>> LoadWaiting(postgres::Connection& db, const ProposalScope& scope,
                                                        int limit);

// The helpers of the scope's children and schools, by id, at most `limit`: staff of the schools, holders of
// posts there, and who is paired with a child of the scope.
absl::StatusOr<std::vector<AvailableHelper>> LoadHelpersOf(postgres::Connection& db,
                                                           const ProposalScope& scope, int limit);
// These helpers, by id, each once; one that is not known is left out.
absl::StatusOr<std::vector<AvailableHelper>> LoadHelpers(postgres::Connection& db, const ProposalScope& scope,
                                                         absl::Span<const std::string> ids);

}  // namespace tonghu::pairing
