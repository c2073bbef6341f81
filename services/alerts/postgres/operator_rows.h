// What alerts for the operators are about.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/postgres/connection.h"
#include "services/alerts/postgres/keys.h"
#include "tonghu/journal/v1/operator_notice.pb.h"

namespace tonghu::alerts {

struct OperatorCase {
  std::string county, alert_id, subject;
  tonghu::journal::v1::OperatorNotice notice;
  int64_t notices = 1;
};

// The alerts of these subjects (county and subject) that are not resolved: their ids.
absl::StatusOr<ByKey<std::string>> LoadOpenCases(postgres::Connection& db, const KeyColumns& subjects);
// What these alerts are about; others are left out.
absl::StatusOr<std::vector<OperatorCase>> LoadCases(postgres::Connection& db, const KeyColumns& alerts);
absl::Status InsertCases(postgres::Connection& db, const std::vector<OperatorCase>& cases);
// One notice more for each mention of an alert.
absl::Status CountAgain(postgres::Connection& db, const KeyColumns& alerts);

}  // namespace tonghu::alerts
