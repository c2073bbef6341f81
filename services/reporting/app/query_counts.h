// Figures as they are stored.
#pragma once

#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"
#include "services/reporting/domain/scope.h"
#include "tonghu/reporting/v1/report_service.pb.h"

namespace tonghu::reporting {

// What a request asks for. Errors: refusals of ParseDivision and ParseWeeks.
absl::StatusOr<Scope> ScopeOf(const v1::QueryCountsRequest& request);

// `shard` is that of the scope's county.
absl::StatusOr<v1::QueryCountsResponse> QueryCounts(postgres::Connection& db, int shard, const Scope& scope);

}  // namespace tonghu::reporting
