// The commands and queries of grants and of broken glass.
#pragma once

#include "services/access/app/accounts.h"

namespace tonghu::access {

// Refusals: GRANT_TO_SELF, GRANT_END, GRANT_REASON_MISSING, those of CheckGrant, ACCOUNT_NOT_FOUND.
absl::Status CreateGrants(const Context& context, journal::ShardTransaction& transaction,
                          CommandsOf<v1::CreateGrantRequest, v1::Grant>);
// Refusals: GRANT_NOT_FOUND.
absl::Status EndGrants(const Context& context, journal::ShardTransaction& transaction,
                       CommandsOf<v1::EndGrantRequest, v1::Grant>);
absl::StatusOr<v1::ListGrantsResponse> ListGrants(postgres::Connection& db,
                                                  const v1::ListGrantsRequest& request);

// Refusals: GLASS_REASON_SHORT, GLASS_HOURS, GLASS_NOT_FOR_CALLER, CHILD_NOT_FOUND.
absl::Status BreakGlass(const Context& context, journal::ShardTransaction& transaction,
                        CommandsOf<v1::BreakGlassRequest, v1::GlassBreaking>);
absl::StatusOr<v1::ListGlassBreakingsResponse> ListGlassBreakings(
    postgres::Connection& db, const rights::Scope& scope, const v1::ListGlassBreakingsRequest& request);

}  // namespace tonghu::access
