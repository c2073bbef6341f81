// Counties' own escalation policies.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/postgres/connection.h"
#include "services/alerts/domain/policy.h"

namespace tonghu::alerts {

// The policies of some counties, every version. What it gives is valid until the next Put.
class PolicySet {
 public:
  // Over the same version, should there be one.
  void Put(const std::string& county, Policy policy);
  // The county's newest, or the built-in one.
  const Policy& InForce(const std::string& county, Kind kind) const;
  // nullptr when there is no such version; 0 is the built-in one.
  const Policy* Find(const std::string& county, Kind kind, int version) const;
  // What an alert was raised under; the one in force should that version be gone.
  const Policy& Pinned(const std::string& county, Kind kind, int version) const;

 private:
  std::map<std::tuple<std::string, Kind, int>, Policy> policies_;
};

// Errors also: DATA_LOSS for a stored policy that can't be read.
absl::StatusOr<PolicySet> LoadPolicies(postgres::Connection& db, const std::vector<std::string>& counties);

// A version of a county's policy, with its number and time.
struct PolicyRow {
  std::string county;
  Policy policy;
};
// Errors: ALREADY_EXISTS for a version that is there.
absl::Status InsertPolicies(postgres::Connection& db, absl::Span<const PolicyRow> rows);

}  // namespace tonghu::alerts
