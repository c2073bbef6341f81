// A county's versions of a policy, and what a request makes of the last one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "libs/postgres/connection.h"
#include "services/pairing/domain/duty_policies.h"
#include "tonghu/pairing/v1/duty_service.pb.h"

namespace tonghu::pairing {

// The versions of the county's policy for a kind, as a caller gave the kind in `field`, with those to come;
// never empty. Errors: DUTY_KIND_MISSING for no kind; the connection's.
absl::StatusOr<std::vector<DutyPolicy>> ReadVersions(postgres::Connection& db, const std::string& county,
                                                     int kind, std::string_view field);

// Sets in `policy`, the version before, what a request's `policy` gives on the day `today`; the rest stays.
// The first day is tomorrow when none is given. Errors: refusals, PAIRING_ROLE_MISSING and as CheckPolicy.
absl::Status Change(const v1::DutyPolicy& given, absl::CivilDay today, DutyPolicy& policy);

}  // namespace tonghu::pairing
