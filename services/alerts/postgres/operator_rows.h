// Operator cases: what alerts for the operators are about. Errors of all functions: the connection's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

// The case of one alert.
struct OperatorCase {
  std::string county, alert_id, subject;
  std::string notice;  // the bytes of the first operator_notice, as the service published it
  int64_t notices = 1;
};

// Loads the cases of these subjects (county and subject) whose alerts are not resolved, without `notice` and
// `notices`.
absl::StatusOr<std::vector<OperatorCase>> LoadOpenCases(postgres::Connection& db,
                                                        absl::Span<const Key> subjects);
// Loads the cases of these alerts; other alerts are left out.
absl::StatusOr<std::vector<OperatorCase>> LoadCases(postgres::Connection& db, absl::Span<const Key> alerts);
// Stores new cases. Errors also: ALREADY_EXISTS for an alert that has one.
absl::Status InsertCases(postgres::Connection& db, absl::Span<const OperatorCase> cases);
// Counts one notice more for each mention of an alert.
absl::Status CountAgain(postgres::Connection& db, absl::Span<const Key> alerts);

}  // namespace tonghu::alerts
