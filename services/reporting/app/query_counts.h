// Queries of the stored figures.
#pragma once

#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"
#include "services/reporting/domain/scope.h"
#include "services/reporting/postgres/count_store.h"
#include "tonghu/reporting/v1/report_service.pb.h"

namespace tonghu::reporting {

// The scope that a request asks for. Errors: refusals of ParseDivision and ParseWeeks; COUNTY_NOT_FOUND and
// TOWNSHIP_NOT_FOUND, since the figures of a division that does not exist would be empty and look as if all
// were well.
absl::StatusOr<Scope> ScopeOf(const v1::QueryCountsRequest& request);

// The API's message of figures.
v1::QueryCountsResponse ResponseOf(const Figures& figures);

// Reads the stored figures. `shard` is that of the scope's county. Errors: the connection's.
absl::StatusOr<v1::QueryCountsResponse> QueryCounts(postgres::Connection& db, int shard, const Scope& scope);

}  // namespace tonghu::reporting
