// Use cases of limits on helpers' loads.
#pragma once

#include "absl/status/statusor.h"
#include "libs/journal/command_executor.h"
#include "libs/postgres/connection.h"
#include "libs/rights/scope.h"
#include "tonghu/pairing/v1/load_service.pb.h"

namespace tonghu::pairing {

using PutLoadLimitCommandHandler = journal::CommandHandler<v1::PutLoadLimitRequest, v1::LoadLimit>;
using DeleteLoadLimitCommandHandler =
    journal::CommandHandler<v1::DeleteLoadLimitRequest, v1::DeleteLoadLimitResponse>;

// Decides the commands in the given transaction and sets every reply. Refusals: PAIRING_ROLE_MISSING,
// SCHOOL_NOT_FOUND, LOAD_LIMIT_OUT_OF_RANGE, LOAD_LIMIT_NOT_FOUND.
absl::Status PutLoadLimits(journal::ShardTransaction& transaction,
                           PutLoadLimitCommandHandler::Commands commands);
absl::Status DeleteLoadLimits(journal::ShardTransaction& transaction,
                              DeleteLoadLimitCommandHandler::Commands commands);

// Errors: refusals of malformed requests, and the connection's.
absl::StatusOr<v1::ListLoadLimitsResponse> ListLoadLimits(postgres::Connection& db,
                                                          const v1::ListLoadLimitsRequest& request);
absl::StatusOr<v1::ListOverloadedHelpersResponse> ListOverloadedHelpers(
    postgres::Connection& db, const rights::Scope& scope, const v1::ListOverloadedHelpersRequest& request);

}  // namespace tonghu::pairing
