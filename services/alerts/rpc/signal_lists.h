// What was reported, as lists.
#pragma once

#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"
#include "tonghu/alerts/v1/signal_service.pb.h"

namespace tonghu::alerts {

// Errors: those of the connection; COUNTY_NOT_FOUND, NAME_MALFORMED, COUNTY_MISMATCH, DATE_MALFORMED,
// PAGE_SIZE_NEGATIVE, PAGE_TOKEN_MALFORMED.
absl::StatusOr<v1::ListAbsencesResponse> AbsencesOf(postgres::Connection& db,
                                                    const v1::ListAbsencesRequest& request);
absl::StatusOr<v1::ListEmergenciesResponse> EmergenciesOf(postgres::Connection& db,
                                                          const v1::ListEmergenciesRequest& request);

}  // namespace tonghu::alerts
