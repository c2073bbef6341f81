// What alerts for the operators are about.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/alerts/postgres/keys.h"

namespace tonghu::alerts {

struct OperatorCase {
  std::string county, alert_id, subject;
  std::string notice;  // the bytes of the first operator_notice, as the service said it
  int64_t notices = 1;
};

// The cases of these subjects (county and subject) whose alerts are not resolved; without `notice` and
// `notices`.
absl::StatusOr<std::vector<OperatorCase>> LoadOpenCases(postgres::Connection& db,
                                                        absl::Span<const Key> subjects);
// What these alerts are about; others are left out.
absl::StatusOr<std::vector<OperatorCase>> LoadCases(postgres::Connection& db, absl::Span<const Key> alerts);
// Stores new ones. Errors: ALREADY_EXISTS for an alert that has one.
absl::Status InsertCases(postgres::Connection& db, absl::Span<const OperatorCase> cases);
// One notice more for each mention of an alert.
absl::Status CountAgain(postgres::Connection& db, absl::Span<const Key> alerts);

}  // namespace tonghu::alerts
