// Pages of alerts: sizes and tokens (AIP-158).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tonghu/alerts/v1/alert_service.pb.h"

namespace tonghu::alerts {

// Errors: INVALID_ARGUMENT, reason PAGE_SIZE_NEGATIVE.
absl::StatusOr<int> PageSize(const v1::ListAlertsRequest& request);

// The token of the page behind an alert; bound to the request's filters.
std::string TokenAfter(const v1::ListAlertsRequest& request, const std::string& alert_id);

// The alert before the page; empty for the first page. Errors: INVALID_ARGUMENT, reason PAGE_TOKEN_MALFORMED,
// also for a token of other filters.
absl::StatusOr<std::string> TokenStart(const v1::ListAlertsRequest& request);

}  // namespace tonghu::alerts
